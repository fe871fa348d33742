"""The tables of a run in DuckDB: limits, errors, odd names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ontograft.errors import QueryLimitError, SettingsError
from ontograft.pipeline import Results
from ontograft.pipeline.database import Database, SqlLimits, quoted
from ontograft.pipeline.filters import Filters
from ontograft.pipeline.query import query

from .results import make_results


def test_a_query_that_takes_too_long_is_stopped(results: Results) -> None:
    with (
        Database(results, limits=SqlLimits(timeout_s=0.2)) as database,
        pytest.raises(QueryLimitError, match=r"took longer than 0.2 s and was stopped; ask for"),
    ):
        database.table("SELECT max(a.range * b.range) FROM range(1000000) a, range(1000000) b")


def test_a_query_that_needs_too_much_memory_is_stopped(results: Results) -> None:
    with (
        Database(results, limits=SqlLimits(memory_mb=50)) as database,
        pytest.raises(QueryLimitError, match="needs more than 50 MiB of memory; ask for less"),
    ):
        database.table("SELECT list(range) FROM range(100000000)")


def test_an_error_of_the_consumer_stays_what_it_is(results: Results) -> None:
    with (
        Database(results) as database,
        pytest.raises(OSError, match="the disk is full"),
        database.reader("SELECT 1"),
    ):
        raise OSError("the disk is full")


def test_without_duckdb_one_is_told_what_to_install(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(SettingsError, match=r"DuckDB, which is not installed: pip install '"):
        Database(results)


@pytest.mark.parametrize("name", ["timeout_s", "memory_mb", "rows"])
def test_limits_are_above_nothing(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be above 0 and finite, got -1"):
        SqlLimits(**{name: -1})


def test_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    made = make_results(tmp_path / "it's [a] *folder*?")
    assert len(query(made, Filters())) == 5
    assert quoted("it's") == "'it''s'"


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_a_time_that_never_ends_is_refused(time: float) -> None:
    with pytest.raises(SettingsError, match="timeout_s must be above 0 and finite, got"):
        SqlLimits(timeout_s=time)
