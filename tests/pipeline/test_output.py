"""Predictions in one file: JSON Lines or Parquet."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ontograft.errors import CorpusError, SettingsError
from ontograft.pipeline import Classifier, predict

from .conftest import rows


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_a_corpus_is_predicted_into_a_file(
    classifier: Classifier, tmp_path: Path, name: str
) -> None:
    corpus = [{"id": row["id"], "text": row["text"]} for row in rows()]
    report = predict(classifier, corpus, tmp_path / name)
    if name.endswith(".parquet"):
        found = pq.read_table(tmp_path / name).to_pylist()
    else:
        opener: Any = gzip.open if name.endswith(".gz") else open
        with opener(tmp_path / name, "rt", encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
    assert report.read == len(found) == 32
    assert [row["id"] for row in found] == [row["id"] for row in corpus]
    assert found[0]["label"] == "sweet"
    assert set(found[0]["probabilities"]) == {"savoury", "sweet"}
    assert found[0]["concepts"][0]["iri"] == "http://example.org/fruit/apple"


def test_an_error_leaves_the_file_that_was_there(classifier: Classifier, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    corpus = [{"id": "1", "text": "leek"}, {"id": "2", "text": None}]
    with pytest.raises(CorpusError, match="row 2"):
        predict(classifier, corpus, out)
    assert out.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_bad_rows_can_be_left_out_and_are_counted(classifier: Classifier, tmp_path: Path) -> None:
    corpus = [{"id": "1", "text": "leek"}, {"id": "2", "text": None}]
    report = predict(classifier, corpus, tmp_path / "out.jsonl", skip_bad_rows=True)
    assert (report.read, report.rejected) == (1, 1)


def test_an_unknown_ending_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot write \.csv; expected a name that ends in"):
        predict(classifier, [{"id": "1", "text": "x"}], tmp_path / "out.csv")
