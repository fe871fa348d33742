"""Cells into the fields of a document: id, text, label and the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import numpy as np

Task = Literal["single-label", "multi-label", "regression"]
Label = str | tuple[str, ...] | float

#: Between the labels of one cell, where the task is multi-label.
LABEL_SEPARATOR = "|"

_WAY_OUT = "fill it in or take the row out"


class RowError(Exception):
    """A cell cannot be used: ``kind`` is a short stable name, ``str()`` the whole message."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def to_text(value: object, column: str) -> str:
    """Return the text of a document. An empty text is one; a missing text is not."""
    if isinstance(value, str):
        return checked(value, column)
    if _is_missing(value):
        raise RowError("missing text", f"column {column!r} has no text; expected one; {_WAY_OUT}")
    raise RowError(
        "type",
        f"column {column!r} holds {_kind(value)} ({value!r:.40}); expected text; "
        "name the column that holds the text, or put the value in quotes",
    )


def to_id(value: object, column: str) -> str:
    """Return the id of a document as a string."""
    if not _is_missing(value):
        text = _scalar(value, column)
        if text:
            return text
    raise RowError("missing id", f"column {column!r} is empty; expected an id; {_WAY_OUT}")


def to_meta(value: object, column: str) -> str | None:
    """Return another cell as a string, or None where there is no value.

    Dates and times are written as ISO 8601 has them, lists and objects as JSON.
    """
    if _is_missing(value):
        return None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Decimal | UUID):
        return str(value)
    if isinstance(value, dict | list):
        try:
            text = json.dumps(value, ensure_ascii=False, default=str)
        except RecursionError:
            raise RowError(
                "type", f"column {column!r} is nested too deep; expected a flat value; {_WAY_OUT}"
            ) from None
        return checked(text, column)
    return _scalar(value, column)


def others_to_meta(values: Mapping[str, object], known: Collection[str]) -> dict[str, str | None]:
    """Return the cells of all columns but the known ones, without those that cannot be text."""
    others: dict[str, str | None] = {}
    for name, value in values.items():
        if name in known:
            continue
        with suppress(RowError):
            others[checked(name, name)] = to_meta(value, name)
    return others


def to_label(value: object, column: str, task: Task) -> Label:
    """Return the label of a document, as the task needs it.

    Single-label: a string; white space around it is no part of it, and 1, 1.0 and "1" are one
    label. Multi-label: a tuple in the order given, without repetitions, from a list, a cell that
    is a JSON list, or a cell with ``|`` between the labels; it may be empty. Regression: a finite
    number.
    """
    if task == "multi-label":
        return _labels(value, column)
    if _is_missing(value) or (isinstance(value, str) and not value.strip()):
        raise RowError(
            "missing label",
            f"column {column!r} has no label; expected one; {_WAY_OUT}, or read the corpus "
            "without labels",
        )
    return _number(value, column) if task == "regression" else _name(value, column)


def label_or_none(cell: str | None, column: str, task: Task) -> Label | None:
    """Return the label that a cell holds; None where it holds none that the task could have."""
    try:
        return to_label(cell, column, task)
    except RowError:
        return None


def checked(text: str, column: str) -> str:
    """Return the text, or refuse characters that cannot be encoded or shown."""
    if "\0" in text:
        raise RowError("NUL", f"column {column!r} holds a NUL character; expected text; remove it")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise RowError(
                "surrogate",
                f"column {column!r} holds half a character (U+{ord(text[error.start]):04X}) at "
                f"position {error.start}; expected whole ones; write the file again as UTF-8",
            ) from error
    return text


def _labels(value: object, column: str) -> tuple[str, ...]:
    if isinstance(value, str):
        stripped = value.strip()
        parts = _listed(stripped, column) if stripped[:1] == "[" else stripped.split("|")
        parts = [part for part in parts if part != ""]
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        parts = list(value)
    elif _is_missing(value):
        raise RowError(
            "missing label",
            f"column {column!r} has no labels (null); expected a list, [] for none; {_WAY_OUT}",
        )
    else:
        parts = [value]
    names = [_name(part, column) for part in parts]
    if "" in names:
        raise RowError(
            "missing label", f"column {column!r} holds an empty label; expected names; {_WAY_OUT}"
        )
    return tuple(dict.fromkeys(names))


def _listed(cell: str, column: str) -> list[object]:
    try:
        parts = json.loads(cell)
    except (ValueError, RecursionError):
        parts = None
    if isinstance(parts, list):
        return parts
    raise RowError(
        "label",
        f"column {column!r} holds {cell!r:.60}; expected a JSON list such as "
        f'["a", "b"], or names with {LABEL_SEPARATOR!r} between them',
    )


def _number(value: object, column: str) -> float:
    try:
        if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
            raise ValueError
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        comma = "; write it with a decimal point" if "," in str(value) else f"; {_WAY_OUT}"
        raise RowError(
            "label", f"column {column!r} holds {value!r:.40}; expected a number{comma}"
        ) from None
    if not math.isfinite(number):
        raise RowError(
            "label", f"column {column!r} holds {value!r:.40}; expected a finite number; {_WAY_OUT}"
        )
    return number


def _name(value: object, column: str) -> str:
    if _is_missing(value):
        raise RowError("missing label", f"column {column!r} has no label; {_WAY_OUT}")
    if isinstance(value, dict | list | tuple):
        raise RowError(
            "label",
            f"column {column!r} holds {_kind(value)} ({value!r:.40}); expected one label; "
            "for several labels a text set the task to multi-label",
        )
    return _scalar(value, column).strip()


def _scalar(value: object, column: str) -> str:
    """Return a string, number or boolean as a string; 1.0 becomes "1", as a table means it."""
    if isinstance(value, str):
        return checked(value, column)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool | int | float):
        return str(value)
    raise RowError(
        "type",
        f"column {column!r} holds {_kind(value)} ({value!r:.40}); expected text, a number or a "
        "boolean; convert it",
    )


def _is_missing(value: object) -> bool:
    """Return whether a cell has no value: None, or what NumPy and pandas have in its place."""
    if value is None or isinstance(value, str):
        return value is None
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return type(value).__name__ in ("NAType", "NaTType")


def _kind(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return "bytes"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a value of type {type(value).__name__}"
