"""Filters that take a text compare it as Python does, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontograft.pipeline.filters import Filters
from ontograft.pipeline.query import ResultQuery

from .results import D, M, make_results

STRINGS = ("", "'", "''", '"', "%", "_", "\\", "$p0", "?", "--", "/*", ";", "\x00", "\n", "é", "ẞ")
ODD = st.sampled_from(
    (*STRINGS, "' OR 1=1 --", "'; DROP TABLE x; --", "NULL", "a", "A", "\U0001f600")
)
# Without characters that a newer Unicode may have given a small letter since.
KNOWN = st.characters(codec="utf-8", exclude_categories=["Cn", "Cs"])
ANY = ODD | st.text(KNOWN, max_size=8) | st.tuples(ODD, ODD).map("".join)


def check_strings(folder: Path, stored: list[str], asked_for: list[str]) -> None:
    """Compare each filter that takes a text with Python's equality."""
    documents = [
        D(
            text,
            text,
            id=text,
            gold=text,
            fields={text or " ": text, "field": text},
            mentions=[M(text[:1], "kidney", section=text)] if text else (),
        )
        for text in stored
    ]
    made = make_results(folder, documents, labels=(), shard_size=1000)
    with ResultQuery(made) as asked:
        for value in asked_for:
            same = sorted(number for number, text in enumerate(stored) if text == value)
            within = [number for number, text in enumerate(stored) if lower(value) in lower(text)]
            sectioned = [number for number in same if stored[number]]
            for filters, expected in (
                (Filters(labels=(value,)), same),
                (Filters(where=(("id", value),)), same),
                (Filters(where=(("gold", value),)), same),
                (Filters(where=(("field", value),)), same),
                (Filters(where=((value or " ", value),)), same),
                (Filters(sections=(value,)), sectioned),
                (Filters(words=(value,)), within),
            ):
                sql_rows = rows(asked, filters)
                assert sql_rows == expected, (filters, stored)


def lower(text: str) -> str:
    """Return the small letters of a text, each for itself, as DuckDB does."""
    return "".join(small if len(small := char.lower()) == 1 else "i" for char in text)


def rows(asked: ResultQuery, filters: Filters) -> list[int]:
    with asked.reader(filters) as reader:
        return sorted(reader.read_all()["document"].to_pylist())


@given(stored=st.lists(ANY, min_size=1, max_size=60), others=st.lists(ANY, max_size=10))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_value_is_compared_as_python_does(
    tmp_path_factory: pytest.TempPathFactory, stored: list[str], others: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("strings") / "r"
    check_strings(folder, stored, [*dict.fromkeys(stored[:3] + others)])


@pytest.mark.slow
@given(stored=st.lists(ANY, min_size=300, max_size=400, unique=True))
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
def test_five_thousand_values_are_compared_as_python_does(
    tmp_path_factory: pytest.TempPathFactory, stored: list[str]
) -> None:
    check_strings(tmp_path_factory.mktemp("strings") / "r", stored, stored[:250])
