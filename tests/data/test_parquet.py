from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontograft.data import CorpusColumns, ReadReport, Task, read_corpus
from ontograft.errors import CorpusError

PARQUET_LABELS: list[tuple[str, pa.Array, Task, list[object]]] = [
    ("text", pa.array(["x", "NA"]), "single-label", ["x", "NA"]),
    ("large text", pa.array(["x", "NA"], pa.large_string()), "single-label", ["x", "NA"]),
    ("integers", pa.array([1, 2]), "single-label", ["1", "2"]),
    ("floats from pandas", pa.array([1.0, 2.0]), "single-label", ["1", "2"]),
    ("booleans", pa.array([True, False]), "single-label", ["True", "False"]),
    ("dictionary", pa.array(["x", "y"]).dictionary_encode(), "single-label", ["x", "y"]),
    ("lists", pa.array([["x", "y"], []]), "multi-label", [("x", "y"), ()]),
    ("joined", pa.array(["x|y", ""]), "multi-label", [("x", "y"), ()]),
    ("numbers", pa.array([1, 2]), "regression", [1.0, 2.0]),
]


@pytest.mark.parametrize(
    ("labels", "task", "expected"),
    [c[1:] for c in PARQUET_LABELS],
    ids=[c[0] for c in PARQUET_LABELS],
)
def test_parquet_labels(
    labels: pa.Array, task: Task, expected: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"id": [7, 8], "text": ["NA", "null"], "label": labels}), path)
    columns = CorpusColumns(id="id", label="label")
    documents = list(read_corpus(path, columns=columns, task=task))
    assert [(d.id, d.text) for d in documents] == [("7", "NA"), ("8", "null")]
    assert [d.label for d in documents] == expected


PARQUET_REFUSED = [
    ("bytes as text", {"text": [b"t"], "label": ["x"]}, "'text' holds binary; expected text"),
    ("numbers as text", {"text": [1], "label": ["x"]}, "'text' holds int64; expected text"),
    ("nested text", {"text": [{"a": "t"}], "label": ["x"]}, "'text' holds struct<.*expected text"),
    ("list as text", {"text": [["t"]], "label": ["x"]}, "'text' holds list<.*expected text"),
    ("bytes as label", {"text": ["t"], "label": [b"x"]}, "'label' holds binary; expected text, n"),
    ("list as label", {"text": ["t"], "label": [["x"]]}, "set the task to multi-label"),
    (
        "missing text",
        {"text": ["t", None], "label": ["x", "x"]},
        "row 2: column 'text' has no text",
    ),
    ("only missing", {"text": [None], "label": ["x"]}, "row 1: column 'text' has no text"),
    ("no column", {"Text": ["t"], "label": ["x"]}, "no column 'text'.*did you mean 'Text'"),
    ("no rows", {"text": pa.array([], pa.string()), "label": pa.array([], pa.string())}, "no rows"),
    ("NUL", {"text": ["\0"], "label": ["x"]}, "row 1: column 'text' holds a NUL"),
]


@pytest.mark.parametrize(
    ("columns", "message"),
    [c[1:] for c in PARQUET_REFUSED],
    ids=[str(c[0]) for c in PARQUET_REFUSED],
)
def test_parquet_is_refused(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(CorpusError, match=message):
        list(read_corpus(path, columns=CorpusColumns(label="label")))


def test_parquet_with_a_column_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    table = pa.Table.from_arrays([pa.array(["t"]), pa.array(["u"])], names=["text", "text"])
    pq.write_table(table, path)
    with pytest.raises(CorpusError, match="names a column twice: 'text'"):
        list(read_corpus(path, columns=CorpusColumns()))


def test_parquet_bytes_that_are_not_text_reject_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    cells = pa.array([b"good", b"caf\xe9", b"fine"]).view(pa.string())
    pq.write_table(pa.table({"text": cells}), path)
    report = ReadReport()
    documents = read_corpus(path, columns=CorpusColumns(), on_bad_row="skip", report=report)
    assert [(document.id, document.text) for document in documents] == [
        ("1", "good"),
        ("3", "fine"),
    ]
    assert report.kinds == {"encoding": 1}
    assert "0xE9" in report.reasons[0][1]


def test_damage_in_a_parquet_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    texts = [f"this is text number {i}" for i in range(100)]
    pq.write_table(
        pa.table({"text": texts}),
        path,
        compression="none",
        use_dictionary=False,
        write_page_checksum=True,
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"number 50")] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="cannot be read as Parquet .*damaged"):
        list(read_corpus(path, columns=CorpusColumns()))


def test_a_damaged_column_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"text": ["t"], "naem": ["u"]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"naem", b"na\xffm"))
    with pytest.raises(CorpusError, match="cannot be read as Parquet"):
        list(read_corpus(path, columns=CorpusColumns()))


def test_the_other_columns_of_parquet_but_bytes(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    nanoseconds = datetime(1991, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
    columns = {
        "text": ["t"],
        "year": [1991],
        "day": [date(1991, 2, 3)],
        "at": pa.array([nanoseconds], pa.timestamp("ns", "UTC")),
        "for": [timedelta(seconds=90)],
        "price": [Decimal("1.50")],
        "tags": [["a", "b"]],
        "who": [{"name": "n"}],
        "scan": [b"\xff"],
        "scans": [[b"\xff"]],
        "empty": pa.array([None], pa.string()),
    }
    pq.write_table(pa.table(columns), path)
    (document,) = read_corpus(path, columns=CorpusColumns(others=True))
    assert document.meta == {
        "year": "1991",
        "day": "1991-02-03",
        "at": "1991-02-03T04:05:06.000007+00:00",
        "for": "0:01:30",
        "price": "1.50",
        "tags": '["a", "b"]',
        "who": '{"name": "n"}',
    }


@pytest.mark.parametrize(
    "others",
    [
        pa.array([None, 10**8], pa.date32()),
        pa.array([None, 2**62], pa.duration("s")),
        pa.array([None, 1], pa.timestamp("us", "Nowhere/Land")),
    ],
    ids=lambda others: str(others.type),
)
def test_a_time_that_nothing_can_hold_is_left_out(others: pa.Array, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"text": ["t", "u"], "when": others}), path)
    documents = list(read_corpus(path, columns=CorpusColumns(others=True)))
    assert [document.text for document in documents] == ["t", "u"]


def test_bytes_in_a_column_that_nobody_asked_for_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    latin = pa.array([b"ok", b"caf\xe9"]).view(pa.string())
    pq.write_table(pa.table({"text": ["t", "u"], "note": latin}), path)
    first, second = read_corpus(path, columns=CorpusColumns(others=True))
    assert (first.meta, second.meta) == ({"note": "ok"}, {})
    with pytest.raises(CorpusError, match="row 2: column 'note' holds the byte 0xE9"):
        list(read_corpus(path, columns=CorpusColumns(meta=("note",))))
