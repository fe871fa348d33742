from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import QueryError, QueryLimitError, SettingsError
from ontograft.pipeline import Results
from ontograft.pipeline.database import TABLES, SqlLimits
from ontograft.pipeline.files import file_sha256
from ontograft.pipeline.sql import sql
from ontograft.pipeline.sql_worker import answer

from .results import BASE


def request(results: Results, text: str) -> dict[str, Any]:
    """Return what the process that runs queries is asked."""
    files = {table: [str(path) for path in results.files(table)] for table in TABLES}
    return {"sql": text, "files": files, "timeout_s": 20, "memory_mb": 256, "rows": 100}


def test_the_tables_are_views_and_closure_is_one_of_them(results: Results) -> None:
    found = sql(
        results,
        f"""SELECT d.id, m.text FROM mentions m JOIN documents d USING (document)
        JOIN closure c USING (concept) JOIN concepts k ON k.concept = m.concept
        WHERE c.ancestor = '{BASE}kidney' AND m.polarity = 'affirmed' AND fields['year'] = '2001'
        AND EXISTS (FROM labels l WHERE l.document = d.document AND l.score > 0.9)""",
    )
    assert found.to_pylist() == [{"id": "d0", "text": "Nephritis"}]


def test_nothing_but_the_tables_can_be_read_or_written(results: Results, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    part = next((results.folder / "labels").iterdir())
    before = {path: file_sha256(path) for path in results.folder.rglob("*.parquet")}
    for text in (
        f"SELECT * FROM '{secret}'",
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM read_blob('{results.folder}/manifest.json')",
        f"SELECT * FROM read_text('{results.folder}/labels/../manifest.json')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/a.parquet')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"COPY (SELECT 1 AS a) TO '{part}' (FORMAT parquet)",
        f"EXPORT DATABASE '{tmp_path}/out'",
        f"ATTACH '{tmp_path}/out.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "RESET enable_external_access",
        "PRAGMA database_list",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO documents VALUES (1)",
        "DELETE FROM documents",
        "DROP VIEW documents",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW documents",
        "SELECT * FROM query('COPY (SELECT 1) TO ''x''')",
        "SELECT * FROM secret",
        "SELECT * FROM results",
        "EXPLAIN ANALYZE SELECT 1",
        "",
        "--",
    ):
        header, content = answer(request(results, text))
        assert header["kind"] in ("QueryError", "QueryLimitError"), text
        assert not content
    assert {path: file_sha256(path) for path in results.folder.rglob("*.parquet")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_what_is_no_select_is_told_so(results: Results) -> None:
    with pytest.raises(QueryError, match="expected one SELECT, got DROP: results are read-only"):
        sql(results, "DROP VIEW documents")
    with pytest.raises(QueryError, match="expected one SELECT, got nothing"):
        sql(results, "-- nothing")
    with pytest.raises(QueryError, match="Parser Error"):
        sql(results, "SELEC 1")


def test_limits_of_rows_time_and_memory(results: Results) -> None:
    with pytest.raises(QueryError, match="the answer has more than 10 rows; add LIMIT, or allow"):
        sql(results, "SELECT * FROM range(11)", limits=SqlLimits(rows=10))
    with pytest.raises(QueryLimitError, match="took longer than 0.3 s and was stopped"):
        sql(
            results,
            "SELECT max(a.range * b.range) FROM range(1000000) a, range(1000000) b",
            limits=SqlLimits(timeout_s=0.3),
        )
    with pytest.raises(QueryLimitError, match="needs more than 64 MiB of memory"):
        sql(results, "SELECT list(range) FROM range(100000000)", limits=SqlLimits(memory_mb=64))


def test_what_duckdb_does_not_stop_is_killed(results: Results) -> None:
    begin = time.monotonic()
    with pytest.raises(QueryLimitError):
        sql(
            results,
            "SELECT repeat('a', 1000000000) || repeat('b', 1000000000) || range FROM range(50)",
            limits=SqlLimits(timeout_s=1, memory_mb=64),
        )
    assert time.monotonic() - begin < 30


def test_without_duckdb_one_is_told_what_to_install(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(SettingsError, match=r"DuckDB, which is not installed: pip install '"):
        sql(results, "SELECT 1")
