from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontograft.errors import SettingsError
from ontograft.pipeline.tables import Format, csv_bytes, harmless, write_table

TABLE = pa.table(
    {
        "text": ['=cmd|"/C calc"!A1', "plain, with comma\nand line", None],
        "number": [-1.5, float("nan"), float("-inf")],
        "many": pa.array([["+a", "b"], [], None], pa.list_(pa.string())),
        "fields": pa.array([[("k", "v")], [], None], pa.map_(pa.string(), pa.string())),
        "=true": [True, False, None],
        "nested": [{"a": 1}, {"a": None}, None],
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
    ],
)
def test_what_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "1=1", "a", " =1", "'=1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_csv_has_no_formula_anywhere() -> None:
    head, *rows = csv.reader(io.StringIO(csv_bytes(TABLE).decode(), newline=""))
    assert head == ["text", "number", "many", "fields", "'=true", "nested"]
    assert rows[0] == ["'" + '=cmd|"/C calc"!A1', "-1.5", "'+a; b", "k=v", "true", "{'a': 1}"]
    assert rows[1][0] == "plain, with comma\nand line"
    assert rows[2] == ["", "-inf", "", "", "", ""]


def test_jsonl_is_exact(tmp_path: Path) -> None:
    assert write_table(TABLE, "jsonl", tmp_path / "a.jsonl") == 3
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")
    first, second, third = map(json.loads, lines[:3])
    assert first == {
        "text": '=cmd|"/C calc"!A1',
        "number": -1.5,
        "many": ["+a", "b"],
        "fields": {"k": "v"},
        "=true": True,
        "nested": {"a": 1},
    }
    assert second["number"] == "NaN"
    assert third == {
        "text": None,
        "number": "-INF",
        "many": None,
        "fields": None,
        "=true": None,
        "nested": None,
    }


def test_parquet_keeps_the_table(tmp_path: Path) -> None:
    assert write_table(TABLE, "parquet", tmp_path / "a.parquet") == 3
    assert pq.read_table(tmp_path / "a.parquet").equals(TABLE.cast(TABLE.schema)) or (
        pq.read_table(tmp_path / "a.parquet").schema == TABLE.schema
    )


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "table"])
def test_batches_are_written_like_tables(tmp_path: Path, form: Format) -> None:
    table = pa.table({"a": list(range(10))})
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))
    assert write_table(reader, form, tmp_path / "a") == 10
    assert write_table(table, form, tmp_path / "b") == 10
    if form != "parquet":
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    table = pa.table(
        {"a": ["\x1b[31mred", "x" * 400], "b": [0.12345, 1.0], "c": [["p", "q"], None]}
    )
    assert write_table(table, "table") == 2
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "0.123" in shown
    assert "p; q" in shown
    assert "x" * 301 not in shown.replace("\n", "")
    assert "…" in shown


def test_an_output_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before")

    def broken() -> pa.RecordBatch:
        raise RuntimeError("gone")
        yield

    reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), broken())
    with pytest.raises(RuntimeError, match="gone"):
        write_table(reader, "csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_formats_are_checked() -> None:
    with pytest.raises(SettingsError, match="unknown format 'xlsx'; choose one of: table, csv, js"):
        write_table(TABLE, "xlsx")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="Parquet is not for the terminal; name a file"):
        write_table(TABLE, "parquet")
