from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.data import CorpusColumns, Document, ReadReport, Rejected, read_corpus, scan_corpus
from ontograft.data.corpus import MAX_REASONS
from ontograft.errors import CorpusError

ROWS = [{"text": "t", "label": "x"}, {"text": "", "label": "y"}]


def test_ids_are_row_numbers_where_there_are_none() -> None:
    documents = list(read_corpus(ROWS, columns=CorpusColumns(label="label")))
    assert [(d.id, d.row, d.label) for d in documents] == [("1", 1, "x"), ("2", 2, "y")]


def test_labels_are_not_read_where_no_column_is_named() -> None:
    assert [d.label for d in read_corpus(ROWS, columns=CorpusColumns())] == [None, None]


def test_other_columns_are_kept_as_text() -> None:
    rows: list[dict[str, object]] = [
        {"text": "t", "year": 1991, "journal": None, "tags": ["a", "é"], "unused": object()}
    ]
    columns = CorpusColumns(meta=("year", "journal", "tags"))
    (document,) = read_corpus(rows, columns=columns)
    assert document.meta == {"year": "1991", "tags": '["a", "é"]'}


def test_all_other_columns_are_kept_where_they_are_there() -> None:
    rows: list[dict[str, object]] = [
        {"id": 1, "text": "t", "year": 1991, "journal": None, "label": ["x", "y"]},
        {"id": 2, "text": "u", "bytes": b"\xff", "nul": "\0", "half\ud800": 1, "place": "Bonn"},
    ]
    columns = CorpusColumns(id="id", others=True)
    documents = list(read_corpus(rows, columns=columns))
    assert [d.meta for d in documents] == [
        {"year": "1991", "label": '["x", "y"]'},
        {"place": "Bonn"},  # the others cannot be written as text
    ]


def test_every_row_is_yielded_as_a_document_or_as_rejected() -> None:
    rows: list[dict[str, object]] = [{"text": "t"}, {"text": None}]
    document, rejected = scan_corpus(rows, columns=CorpusColumns())
    assert isinstance(document, Document)
    assert rejected == Rejected(
        "the list given",
        2,
        0,
        "missing text",
        "column 'text' has no text; expected one; fill it in or take the row out",
    )
    assert str(rejected).startswith("the list given, row 2: column 'text' has no text")


def test_empty_texts_are_read_and_counted() -> None:
    report = ReadReport()
    rows = [*ROWS, {"text": " \n", "label": "z"}]
    assert len(list(read_corpus(rows, columns=CorpusColumns(), report=report))) == 3
    assert report.empty_texts == 2
    assert report.summary() == "3 rows: 3 read, 0 rejected; 2 texts are empty"


def test_documents_can_be_pickled() -> None:
    document = Document("a", "t", ("x",))
    assert pickle.loads(pickle.dumps(document)) == document


def test_bad_rows_can_be_skipped_and_are_counted() -> None:
    rows: list[dict[str, object]] = [{"text": "t"}, {"text": None}, {"other": 1}, {"text": 3}]
    report = ReadReport()
    documents = read_corpus(rows, columns=CorpusColumns(), on_bad_row="skip", report=report)
    assert [d.id for d in documents] == ["1"]
    assert (report.rows, report.read, report.rejected) == (4, 1, 3)
    assert report.kinds == {"missing text": 1, "missing column": 1, "type": 1}
    assert [row for row, _ in report.reasons] == [2, 3, 4]
    assert report.summary() == (
        "4 rows: 1 read, 3 rejected (1 missing column, 1 missing text, 1 type)"
    )


def test_a_rejected_row_does_not_take_its_id() -> None:
    rows: list[dict[str, object]] = [{"id": "a", "text": None}, {"id": "a", "text": "t"}]
    columns = CorpusColumns(id="id")
    (document,) = read_corpus(rows, columns=columns, on_bad_row="skip")
    assert document.row == 2


def test_a_corpus_without_a_usable_row_is_refused_when_skipping() -> None:
    rows = [{"txt": "t"}, {"txt": "u"}]
    message = "none of its rows can be used; the first reason, row 1: there is no column 'text'"
    with pytest.raises(CorpusError, match=message):
        list(read_corpus(rows, columns=CorpusColumns(), on_bad_row="skip"))


def test_reasons_are_bounded_and_counts_are_not() -> None:
    rows: list[dict[str, object]] = [{"text": "t"}]
    rows += [{"text": None}] * (MAX_REASONS + 5)
    report = ReadReport()
    list(read_corpus(rows, columns=CorpusColumns(), on_bad_row="skip", report=report))
    assert len(report.reasons) == MAX_REASONS
    assert report.kinds.total() == report.rejected == MAX_REASONS + 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "ranking"}, "unknown task 'ranking'; choose one of: single-label, multi-label"),
        ({"on_bad_row": "warn"}, "unknown on_bad_row 'warn'; choose one of: error, skip"),
    ],
)
def test_unknown_options_are_refused_before_reading(options: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_corpus(ROWS, columns=CorpusColumns(), **options)


LINES = st.sampled_from(
    [
        b'{"text": "t", "label": "x"}',
        b'{"text": "", "label": 1}',
        b'{"text": null, "label": "x"}',
        b'{"text": "t"}',
        b'{"text": "t", "text": "t"}',
        b'{"text": "\\ud800", "label": "x"}',
        b'{"text": "caf\xe9", "label": "x"}',
        b'{"text": "t", "label": ["x"]}',
        b"not JSON",
        b"\x00",
        b"  ",
        b"",
    ]
)


@given(lines=st.lists(LINES, max_size=30))
def test_read_and_rejected_add_up(
    lines: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "c.jsonl"
    path.write_bytes(b'{"text": "t", "label": "x"}\n' + b"\n".join(lines))
    report = ReadReport()
    columns = CorpusColumns(label="label")
    read = 0
    for _ in read_corpus(path, columns=columns, on_bad_row="skip", report=report):
        read += 1
        assert report.read + report.rejected == report.rows
    assert report.rows == 1 + sum(bool(line.strip()) for line in lines)
    assert (report.read, report.read + report.rejected) == (read, report.rows)
    assert report.kinds.total() == len(report.reasons) == report.rejected
    assert all(reason for _, reason in report.reasons)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(cells=st.lists(st.tuples(CELLS, CELLS.filter(str.strip)), min_size=1, max_size=10))
def test_any_table_comes_back_from_csv_and_json(
    cells: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    quoted = ['"' + '","'.join(c.replace('"', '""') for c in row) + '"' for row in cells]
    (folder / "c.csv").write_bytes("\n".join(["text,label", *quoted]).encode())
    lines = [json.dumps({"text": text, "label": label}) for text, label in cells]
    (folder / "c.jsonl").write_bytes("\n".join(lines).encode())
    expected = [(text, label.strip()) for text, label in cells]
    for name in ("c.csv", "c.jsonl"):
        documents = read_corpus(folder / name, columns=CorpusColumns(label="label"))
        assert [(d.text, d.label) for d in documents] == expected


def test_bad_csv_rows_are_skipped_without_a_shift(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(b'text,label\na,1\nb,2,3\n"c" c,3\nd\n"e\xff\ne",5\n"f\nf",6\ng\x00,7\nh,8\n')
    report = ReadReport()
    columns = CorpusColumns(label="label")
    documents = list(read_corpus(path, columns=columns, on_bad_row="skip", report=report))
    assert [(d.row, d.text, d.label) for d in documents] == [
        (1, "a", "1"),
        (6, "f\nf", "6"),
        (8, "h", "8"),
    ]
    assert report.kinds == {"columns": 2, "quotes": 1, "encoding": 1, "NUL": 1}
