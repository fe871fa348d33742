"""``ontograft link`` with a corpus; with gold mentions see test_link_command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import rows, run, write_jsonl


def test_link_writes_mentions(folder: Path) -> None:
    out = folder / "mentions.jsonl"
    assert run("link", folder / "fruit.ttl", folder / "test.jsonl", "--id", "id", "--out", out) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 8
    texts = {row["id"]: row["text"] for row in rows()}
    for line in lines:
        assert texts[line["id"]][line["start"] : line["end"]] == line["text"]
        assert line["candidates"][0]["iri"] == line["iri"]


@pytest.mark.parametrize("name", ["id", "key"])
def test_the_column_id_is_taken_where_there_is_one(folder: Path, name: str) -> None:
    corpus = write_jsonl(folder / "texts.jsonl", [{name: "first", "text": "a ripe plum"}])
    out = folder / "mentions.jsonl"
    assert run("link", folder / "fruit.ttl", corpus, "--out", out) == 0
    (line,) = (json.loads(line) for line in out.read_text().splitlines())
    assert line["id"] == ("first" if name == "id" else "1")
