"""What linking yields: mentions of concepts in a text, each with its candidates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from .concepts import LabelKind

NIL: Final = "NIL"
"""Stands where a concept's IRI would: the mention is of no concept of the ontology, as in spaCy."""

Polarity = Literal["affirmed", "negated"]
"""Whether a text says of a mention that it is so, or that it is not."""

Sense = Literal["historical", "hypothetical", "family"]
"""A mention of the past, of what may be, of somebody's family: not of here and now."""


class Candidate(NamedTuple):
    """One concept that a mention may be of.

    Args:
        iri: the concept.
        label: the label of the ontology that matched, as the ontology writes it.
        kind: the kind of that label.
        score: between 0 and 1; the candidates of a mention are sorted by it, best first.
        way: how the candidate was found, such as ``exact`` or ``normalised``.
    """

    iri: str
    label: str
    kind: LabelKind
    score: float
    way: str


class Mention(NamedTuple):
    """A stretch of a text that names a concept, or NIL.

    Args:
        start: first code point in the original text.
        end: one past the last code point; ``text[start:end]`` is the mention.
        text: the mention as the document writes it.
        iri: the linked concept, or ``NIL``.
        label: the preferred label of the linked concept; empty for NIL.
        score: the score of the linked concept between 0 and 1; 0 for NIL.
        candidates: all candidates, best first.
        nested: whether the mention lies inside a longer one.
        fragments: the pieces of a mention that is interrupted, as "breast ... cancer" in "breast
            and ovarian cancer": start and end of each, in order; ``start`` and ``end`` then cover
            all of them. Empty for a mention in one piece.
        polarity: whether the text affirms or denies what it mentions.
        senses: in which other senses it is mentioned, in the order of ``Sense``.
        section: the section of the document that it stands in; empty where none is known.
    """

    start: int
    end: int
    text: str
    iri: str
    label: str
    score: float
    candidates: tuple[Candidate, ...]
    nested: bool = False
    fragments: tuple[tuple[int, int], ...] = ()
    polarity: Polarity = "affirmed"
    senses: tuple[Sense, ...] = ()
    section: str = ""

    def shifted(self, by: int) -> Mention:
        """Return the mention in a text that has so many more characters before it."""
        pieces = tuple((start + by, end + by) for start, end in self.fragments)
        return self._replace(start=self.start + by, end=self.end + by, fragments=pieces)


def nest(mentions: Iterable[Mention], *, keep_nested: bool = True) -> list[Mention]:
    """Sort mentions by start, the longer first, and mark those that lie inside a longer one.

    A mention that crosses the end of the one before it is left out, and of two at the same place
    the second.

    Args:
        mentions: the mentions.
        keep_nested: whether those inside a longer one are kept.
    """
    kept: list[Mention] = []
    outer_end, last = 0, (-1, -1)
    for mention in sorted(mentions, key=lambda item: (item.start, -item.end)):
        nested = mention.start < outer_end
        span = mention.start, mention.end
        if span == last or (nested and (mention.end > outer_end or not keep_nested)):
            continue
        kept.append(mention if nested == mention.nested else mention._replace(nested=nested))
        last = span
        if not nested:
            outer_end = mention.end
    return kept
