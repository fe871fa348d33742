from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import CorpusColumns, ReadReport, read_corpus


@pytest.mark.parametrize("depth", [*range(900, 1001, 2), 100_000])
def test_a_row_that_is_nested_deep_is_one_bad_row(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    nested = "[" * depth + "]" * depth
    path.write_text(f'{{"text": "t"}}\n{nested}\n{{"text": {nested}}}\n{{"text": "u"}}\n')
    report = ReadReport()
    read = read_corpus(path, columns=CorpusColumns(), on_bad_row="skip", report=report)
    assert [document.text for document in read] == ["t", "u"]
    assert [row for row, _ in report.reasons] == [2, 3]


@pytest.mark.parametrize("depth", [*range(900, 1001, 2), 100_000])
def test_another_column_that_is_nested_deep_spoils_no_other_row(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    nested = "[" * depth + "]" * depth
    path.write_text(f'{{"text": "t", "note": {nested}}}\n{{"text": "u", "note": "n"}}\n')
    columns = CorpusColumns(others=True)
    *_, last = read_corpus(path, columns=columns, on_bad_row="skip")
    assert (last.text, last.meta) == ("u", {"note": "n"})


def test_a_long_key_that_is_there_twice_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    key = "k" * 1000
    path.write_text(f'{{"text": "t"}}\n{{"{key}": 1, "{key}": 2}}\n')
    report = ReadReport()
    list(read_corpus(path, columns=CorpusColumns(), on_bad_row="skip", report=report))
    assert report.reasons[0][1].startswith(f"it names the key '{'k' * 57}...' twice; expected each")
