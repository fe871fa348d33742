"""Where corrected mentions stand in a text, in one piece or several, and which cross each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..kg import NIL
from .correction_checks import LinkCorrection
from .keyed_lines import Row

if TYPE_CHECKING:
    from ..kg import Mention

Places = tuple[tuple[int, int], ...]
"""Start and end of stretches of a text."""


def pieces_of(correction: LinkCorrection, mentions: Sequence[Mention]) -> Places:
    """Return the pieces of a corrected mention that is interrupted; empty for one piece."""
    if correction.fragments is not None:
        return correction.fragments if len(correction.fragments) > 1 else ()
    span = correction.start, correction.end
    return next((one.fragments for one in mentions if (one.start, one.end) == span), ())


def span_of(text: str, start: int, end: int, pieces: Places) -> Row:
    """Return start, end and text of a mention as a row, with its pieces where it has several."""
    row: Row = {"start": start, "end": end, "text": text[start:end]}
    return row | {"fragments": [list(piece) for piece in pieces]} if pieces else row


def places_of(row: Row) -> Places:
    """Return the stretches of the text that a mention in a row consists of."""
    pieces = row.get("fragments") or [(row["start"], row["end"])]
    return tuple((start, end) for start, end in pieces)


def others_than(text: str, mentions: Sequence[Mention], corrected: Sequence[Places]) -> list[Row]:
    """Return the links that nobody corrected: they were shown, and left as they are."""
    rows = [
        span_of(text, mention.start, mention.end, mention.fragments) | {"iri": mention.iri}
        for mention in mentions
        if mention.iri != NIL and not mention.nested
    ]
    return [row for row in rows if not any(in_conflict(places_of(row), one) for one in corrected)]


def in_conflict(one: Places, other: Places) -> bool:
    """Return whether two mentions overlap, and so cannot both be right.

    Those that only share a word can: "breast ... cancer" and "ovarian cancer" in "breast and
    ovarian cancer".
    """
    if not any(a[0] < b[1] and b[0] < a[1] for a in one for b in other):
        return False
    if len(one) == len(other) == 1:
        return True
    return _covers(one, other) or _covers(other, one)


def _covers(outer: Places, inner: Places) -> bool:
    return all(any(a[0] <= b[0] and b[1] <= a[1] for a in outer) for b in inner)
