"""How a mention relates to the labels of a concept: same, other form, short, other words."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, Literal

from ..kg import KnowledgeGraph, Lexicon
from ..kg.abbreviations import definitions

Relation = Literal["identical", "normalised", "abbreviation", "paraphrase", "not expressible"]
"""How a gold mention is written, seen from the labels of the concepts that it names."""

RELATIONS: Final[tuple[Relation, ...]] = (
    "identical",
    "normalised",
    "abbreviation",
    "paraphrase",
    "not expressible",
)

_OTHER_WORDS: Final = frozenset(("derived", "shortened", "head"))
"""Ways of forms that do not hold the words of the label."""

_SHORT_FORM: Final = re.compile(r"[A-Z\d][A-Z\d/-]*[A-Z][A-Z\d/-]*s?|[A-Z]{2,}s?")
_LONGEST: Final = 10


class Relations:
    """Tells how mentions relate to the labels of concepts.

    In this order: ``identical``, equal to a label but for case; ``normalised``, a form that the
    lexicon has for the concept and that holds the words of a label; ``abbreviation``, a short form
    that the document defines, or else one word in capitals; ``paraphrase``, anything else; ``not
    expressible`` where the ontology has no concept for what is meant.

    Args:
        graph: the ontology.
        lexicon: its lexicon; the labels of its language count.
    """

    def __init__(self, graph: KnowledgeGraph, lexicon: Lexicon) -> None:
        self._graph = graph
        self._lexicon = lexicon
        self._labels: dict[str, frozenset[str]] = {}

    def of(self, mention: str, concepts: Collection[str], short_forms: Collection[str]) -> Relation:
        """Return how a mention relates to the labels of the concepts that it is of.

        Args:
            mention: as the document writes it.
            concepts: the IRIs of the concepts, any of which is right.
            short_forms: what ``short_forms`` returned for the document.
        """
        if not concepts:
            return "not expressible"
        folded = mention.casefold()
        if any(folded in self._names(iri) for iri in concepts):
            return "identical"
        if not self._forms(mention).isdisjoint(concepts):
            return "normalised"
        if _singular(mention) in short_forms or _is_short_form(mention):
            return "abbreviation"
        return "paraphrase"

    def _names(self, iri: str) -> frozenset[str]:
        """Return the labels of a concept, their case folded."""
        if iri not in self._labels:
            names = self._graph.names(self._graph.index(iri), self._lexicon.language)
            self._labels[iri] = frozenset(label.text.casefold() for label in names)
        return self._labels[iri]

    def _forms(self, mention: str) -> frozenset[str]:
        """Return the concepts that the lexicon has the whole mention as a form of."""
        form = self._lexicon.form(self._lexicon.rules.fold(mention).text.strip())
        if form is None:
            return frozenset()
        return frozenset(
            self._lexicon.iris[entry.concept]
            for entry in self._lexicon.entries(form)
            if entry.way not in _OTHER_WORDS
        )


def short_forms(text: str) -> frozenset[str]:
    """Return the abbreviations that a text defines, without a plural s."""
    return frozenset(
        _singular(text[found.short_start : found.short_end]) for found in definitions(text)
    )


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short.endswith("s") and short[-2].isupper() else short


def _is_short_form(mention: str) -> bool:
    return len(mention) <= _LONGEST and _SHORT_FORM.fullmatch(mention) is not None
