from __future__ import annotations

import numpy as np
import pandas  # type: ignore[import-untyped]
import pytest

from ontograft.data import Task, label_or_none
from ontograft.data.fields import RowError, to_id, to_label, to_meta, to_text


@pytest.mark.parametrize(
    ("value", "task", "label"),
    [
        (" Sport ", "single-label", "Sport"),
        ("a|b", "single-label", "a|b"),
        (3, "single-label", "3"),
        (3.0, "single-label", "3"),
        (0.5, "single-label", "0.5"),
        (False, "single-label", "False"),
        (np.int64(3), "single-label", "3"),
        ("a|b", "multi-label", ("a", "b")),
        (" a | b | a", "multi-label", ("a", "b")),
        ("", "multi-label", ()),
        ('["a", 2]', "multi-label", ("a", "2")),
        (["a|b", 2, "a|b"], "multi-label", ("a|b", "2")),
        ([], "multi-label", ()),
        (7, "multi-label", ("7",)),
        ("3.5", "regression", 3.5),
        (" -1e-3 ", "regression", -0.001),
        (2, "regression", 2.0),
    ],
)
def test_labels(value: object, task: Task, label: object) -> None:
    assert to_label(value, "label", task) == label


@pytest.mark.parametrize(
    ("value", "task", "message"),
    [
        ("", "single-label", "has no label; expected one"),
        ({"a": 1}, "single-label", "holds an object"),
        (b"x", "single-label", "holds bytes"),
        (("a",), "single-label", "task to multi-label"),
        (None, "multi-label", "has no labels .null.; expected a list, .. for none"),
        (["a", None], "multi-label", "has no label"),
        (["a", " "], "multi-label", "holds an empty label"),
        (["a", ["b"]], "multi-label", "expected one label"),
        ("['a', 'b']", "multi-label", "expected a JSON list such as"),
        ("nan", "regression", "expected a finite number"),
        ("1e999", "regression", "expected a finite number"),
        (float("inf"), "regression", "expected a finite number"),
        (10**400, "regression", "expected a number"),
        (float("nan"), "regression", "has no label"),
        ("1,5", "regression", "expected a number; write it with a decimal point"),
        ("high", "regression", "'high'; expected a number"),
        ("1_000", "regression", "expected a number"),
        (True, "regression", "expected a number"),
        ([1.0], "regression", "expected a number"),
    ],
)
def test_labels_that_cannot_be_used(value: object, task: Task, message: str) -> None:
    with pytest.raises(RowError, match=message):
        to_label(value, "label", task)


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (1, "1"), (1.0, "1"), ("01", "01")])
def test_ids_become_text(value: object, expected: str) -> None:
    assert to_id(value, "id") == expected


@pytest.mark.parametrize("value", [None, "", float("nan")])
def test_missing_ids_are_refused(value: object) -> None:
    with pytest.raises(RowError, match="column 'id' is empty; expected an id"):
        to_id(value, "id")


def test_half_a_character_is_refused_with_its_place() -> None:
    with pytest.raises(RowError, match=r"half a character \(U\+DC00\) at position 2"):
        to_text("ab\udc00", "text")


@pytest.mark.parametrize(
    ("cell", "task", "label"),
    [
        (" x ", "single-label", "x"),
        ("", "single-label", None),
        (None, "single-label", None),
        ("a|b", "multi-label", ("a", "b")),
        ("1.5", "regression", 1.5),
        ("much", "regression", None),
    ],
)
def test_a_label_or_none(cell: str | None, task: Task, label: object) -> None:
    assert label_or_none(cell, "label", task) == label


@pytest.mark.parametrize(
    "value",
    [np.float32("nan"), np.datetime64("NaT"), np.timedelta64("NaT"), pandas.NA, pandas.NaT],
    ids=repr,
)
def test_what_libraries_have_for_no_value_is_none(value: object) -> None:
    assert to_meta(value, "note") is None
    with pytest.raises(RowError, match="column 'label' has no label"):
        to_label(value, "label", "single-label")
    with pytest.raises(RowError, match="column 'text' has no text"):
        to_text(value, "text")


def test_a_list_in_lists_without_end_is_no_label() -> None:
    with pytest.raises(RowError, match="expected a JSON list such as"):
        to_label("[" * 100_000, "label", "multi-label")


def test_a_value_that_is_nested_too_deep_is_no_text() -> None:
    value: list[object] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(RowError, match="column 'note' is nested too deep; expected a flat value"):
        to_meta(value, "note")
