"""The concept that a label's name comes nearest to, by an encoder's vectors and by its letters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from ..kg.similarity import best

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Linker
    from ..kg.folding import Folded
    from ..kg.similarity import Encode
    from .cache import Vectors

MEANING: Final = 0.6
"""How much it counts that name and concept are alike in meaning."""

LETTERS: Final = 0.15
"""How much it counts that they share letters."""

BREADTH: Final = 0.25
"""How much it counts that a concept is broad, as most labels are."""

THRESHOLD: Final = 0.6
"""A name stands for no concept that it is less like than this.

Weights and threshold were chosen on 71 names of disease categories, such as those of MeSH and the
ICD, and the Disease Ontology: 66 came out right, or rightly without a concept.
"""

_SHORTLIST: Final = 30
_BROADEST: Final = 8.0  # e to the power of it, 3,000 concepts, is as broad as any label
_TOO_BROAD: Final = 0.5
_FEW_CONCEPTS: Final = 100
_TIE: Final = 1e-3
_CHUNK: Final = 256  # phrases that are compared with all concepts at once


class Near(NamedTuple):
    """A concept that a name is like.

    Args:
        concept: its number.
        score: how like; from ``THRESHOLD`` to 1.
    """

    concept: int
    score: float


class NearestConcepts:
    """Finds the concept that a phrase is most like.

    The likeness of a phrase p to a concept c with the names n_1, n_2, ... is

        0.6 * (max_i cos(p, n_i) - b) / (1 - b) + 0.15 * l + 0.25 * min(1, ln w / 8)

    with b the mean cosine of p and all concepts, since the cosines of some encoders are all high;
    l the share of the phrase's runs of three and four letters that the names hold, rare ones
    weighing more; and w the number of concepts below c, itself included.

    Args:
        graph: the ontology.
        linker: the linker for it, whose names come to the shortlist by their letters.
        encode: returns one vector of length 1 for each phrase; (phrase, width).
        vectors: returns the vectors of the concepts' descriptions; (concept, width).
        language: the language of the names.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        linker: Linker,
        *,
        encode: Encode,
        vectors: Callable[[], Vectors],
        language: str = "en",
    ) -> None:
        self.graph = graph
        self.linker = linker
        self.language = language
        self._encode = encode
        self._get_vectors = vectors

    def __call__(self, phrases: Sequence[str]) -> list[Near | None]:
        """Return the concept that each phrase is like; None if none, or if two are equally like."""
        if not phrases:
            return []
        asked = self._encode(phrases)  # (phrase, width)
        lists: list[list[int]] = []
        background: list[float] = []
        for start in range(0, len(phrases), _CHUNK):
            by_meaning = asked[start : start + _CHUNK] @ self._vectors.T  # (phrase, concept)
            background += by_meaning.mean(axis=1).tolist()
            some = phrases[start : start + _CHUNK]
            lists += [self._shortlist(*pair) for pair in zip(some, by_meaning, strict=True)]
        names = {number: self._names(number) for number in set().union(*lists)}
        place = {name: n for n, name in enumerate(dict.fromkeys(itertools.chain(*names.values())))}
        if not place:
            return [None] * len(phrases)
        encoded = self._encode(list(place))  # (name, width)
        rows = {number: [place[name] for name in own] for number, own in names.items()}
        return [
            self._nearest(
                phrase,
                {number: float((encoded[rows[number]] @ vector).max()) for number in found},
                background=level,
            )
            for phrase, vector, found, level in zip(phrases, asked, lists, background, strict=True)
        ]

    def _nearest(self, phrase: str, cosines: dict[int, float], *, background: float) -> Near | None:
        runs = self._letters.runs(phrase)
        scored = []
        for number, cosine in cosines.items():
            meaning = (cosine - background) / max(1 - background, 1e-6)
            letters = self._letters.share(runs, self._names(number))
            breadth = min(1.0, math.log(self.widths[number]) / _BROADEST)
            score = MEANING * meaning + LETTERS * letters + BREADTH * breadth
            scored.append((-score, number))
        scored.sort()
        if not scored or -scored[0][0] < THRESHOLD:
            return None
        if len(scored) > 1 and scored[1][0] - scored[0][0] < _TIE:
            return None
        return Near(scored[0][1], round(-scored[0][0], 4))

    @cached_property
    def widths(self) -> NDArray[np.int64]:
        """The number of concepts at or below each; (concept,)."""
        return concept_widths(self.graph)

    @cached_property
    def _vectors(self) -> Vectors:
        return self._get_vectors()

    @cached_property
    def _letters(self) -> _Letters:
        return _Letters(self.linker.proposer.folded_names, self.linker.lexicon.rules.fold)

    def _shortlist(self, phrase: str, by_meaning: Vectors) -> list[int]:
        """Return the concepts that a phrase may be like, without those that are no label's."""
        similar = self.linker.proposer.candidates([phrase], _SHORTLIST, by_meaning=False)[0]
        numbers = {self.graph.index(candidate.iri) for candidate in similar}
        numbers |= {number for number, _ in best(by_meaning, _SHORTLIST)}
        return [
            number
            for number in sorted(numbers)
            if not is_too_broad(int(self.widths[number]), len(self.graph)) and self._names(number)
        ]

    def _names(self, number: int) -> list[str]:
        return [label.text for label in self.graph.names(number, self.language)]


class _Letters:
    """Tells how many of a phrase's runs of three and four letters some names hold.

    Args:
        names: the names of the ontology, folded: they say which runs are rare.
        fold: folds a phrase.
    """

    def __init__(self, names: Sequence[str], fold: Callable[[str], Folded]) -> None:
        self._fold = fold
        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4)).fit(names or ["none"])
        self._analyse = vectorizer.build_analyzer()
        self._rarity = dict(
            zip(vectorizer.get_feature_names_out(), vectorizer.idf_.tolist(), strict=True)
        )
        self._rarest = float(vectorizer.idf_.max())

    def runs(self, text: str) -> frozenset[str]:
        """Return the runs of letters of a text."""
        return frozenset(self._analyse(" ".join(self._fold(text).text.split())))

    def share(self, runs: frozenset[str], names: Sequence[str]) -> float:
        """Return the share of some runs that any of the names holds, by how rare they are."""
        held = runs & frozenset().union(*map(self.runs, names))
        return self._weight(held) / max(self._weight(runs), 1e-6)

    def _weight(self, runs: frozenset[str]) -> float:
        return math.fsum(self._rarity.get(run, self._rarest) for run in runs)


def concept_widths(graph: KnowledgeGraph) -> NDArray[np.int64]:
    """Return the number of concepts at or below each; shape (concept,)."""
    _, ancestors, _ = graph.closure_csr
    return np.bincount(ancestors, minlength=len(graph))


def is_too_broad(width: int, total: int) -> bool:
    """Return whether a concept has so many others below it that no label stands for it.

    That is more than half of all; in an ontology of fewer than 100 concepts none is.
    """
    return total >= _FEW_CONCEPTS and width > _TOO_BROAD * total
