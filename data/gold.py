"""Gold mentions: stretches of texts that people tied to the concepts they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..errors import CorpusError
from .rows import shown

_NO_ID: Final = frozenset(("", "-", "-1", "_", "NIL", "CUI-less"))
_JOINT: Final = re.compile(r"[+;,]")


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A stretch of a text with the concepts that people say it names.

    Attributes:
        start: First code point in the text.
        end: One past the last code point; ``text`` is that stretch of the document.
        text: The mention as the document writes it.
        ids: Identifiers of what it names, as the file writes them; one of them is enough to get
            it right. Empty where the annotators found none.
        composite: Whether the ids are of several concepts that it names at once, as "breast and
            ovarian cancer" does.
        type: The type that the file gives, such as ``Disease``; empty where it gives none.
        fragments: Start and end of the pieces of an interrupted mention; empty for one piece.
    """

    start: int
    end: int
    text: str
    ids: frozenset[str]
    composite: bool = False
    type: str = ""
    fragments: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A text with all its gold mentions, in the order of the file.

    Attributes:
        id: As in the file, or its number from 1 where the file has no ids.
        text: The text that the offsets count in, by code points.
        mentions: What is mentioned; mentions may overlap.
    """

    id: str
    text: str
    mentions: tuple[GoldMention, ...]


def parse_ids(cell: str) -> tuple[frozenset[str], bool]:
    """Return the identifiers of a cell, and whether they are of several concepts.

    ``A|B`` names two concepts; ``A+B`` (also ``A;B`` and ``A,B``) is one that takes two
    identifiers to describe. In a cell with IRIs only ``|`` separates. Nothing, ``-``, ``-1``,
    ``_`` and ``NIL`` stand for no identifier.
    """
    parts = cell.split("|")
    ids = [one for part in parts for one in ([part] if "://" in part else _JOINT.split(part))]
    return known_ids(ids), len(parts) > 1


def known_ids(ids: Iterable[str]) -> frozenset[str]:
    """Return identifiers without those that say that there is none."""
    return frozenset(one.strip() for one in ids) - _NO_ID


def check_span(text: str, start: int, end: int, *, where: str, stated: str | None = None) -> None:
    """Refuse a mention that does not lie in its text or differs from what stands there.

    White space may differ.

    Args:
        text: the text of the document.
        start: first code point of the mention.
        end: one past its last.
        where: file and line, for the message.
        stated: the mention as the file writes it; None where it does not.

    Raises:
        CorpusError: start and end do not enclose a part of the text, or it is another.
    """
    if not 0 <= start < end <= len(text):
        raise CorpusError(
            f"{where}: mention from {start} to {end} in a text of {len(text)} characters; expected "
            "0 <= start < end <= length, in Unicode code points from the start of the text"
        )
    found = text[start:end]
    # Corpora differ from their own texts in white space; more than that is a wrong offset.
    if stated is not None and found != stated and found.split() != stated.split():
        raise CorpusError(
            f"{where}: the text from {start} to {end} is {shown(found)}, but the mention is "
            f"{shown(stated)}; expected them to be equal; offsets count Unicode code points (not "
            "bytes) from the start of the text"
        )


def check_fragments(
    fragments: tuple[tuple[int, int], ...], start: int, end: int, *, where: str
) -> None:
    """Refuse pieces of a mention that overlap, are out of order or do not reach to its ends.

    Raises:
        CorpusError: so it is.
    """
    flat = [place for piece in fragments for place in piece]
    if not fragments:
        return
    in_order = all(one < other for one, other in fragments) and flat == sorted(flat)
    if not in_order or flat[0] != start or flat[-1] != end:
        raise CorpusError(
            f"{where}: the fragments are {[list(piece) for piece in fragments]}; expected pieces "
            f"in order that do not overlap, from {start} to {end} as the mention"
        )
