"""Candidates for phrases that are no name of the ontology, but like one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from .concepts import LabelKind
from .guards import stop_words
from .mentions import NIL, Candidate, Mention
from .similarity import LetterSimilarity, MeaningSimilarity, best
from .trust import KIND_TRUST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .ranking import Ranker

SIMILAR: Final = "similar"
"""The way of a candidate whose name is like the phrase in its letters."""

DENSE: Final = "dense"
"""The way of a candidate that is like the phrase in its meaning, by the encoder's vectors."""

_HEAD_LEAST: Final = 5
_MOST_WORDS: Final = 6
_LEAST_LETTERS: Final = 7
_ROUNDING: Final = 1e-3
_REMEMBERED: Final = 1 << 15
_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")
_DIGITS: Final = re.compile(r"\d+")


class Proposer:
    """Ranks concepts for a phrase by how like their names it is.

    The likeness is that of letters, or, with an encoder, the mean of that and of the likeness in
    meaning between the phrase and the concept. Numbers must agree: "factor V" is not "factor X".

    Args:
        ranker: knows the names and how far to trust them.
    """

    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker
        self.lexicon = ranker.lexicon
        self.meaning: MeaningSimilarity | None = None
        self._met: dict[int, tuple[str, str, LabelKind, set[str]]] = {}  # filled as names are met

    @cached_property
    def _names(self) -> tuple[list[str], list[int], NDArray[np.int64]]:
        folded, numbers = self.lexicon.named()
        concepts = np.array([self.lexicon.label(number)[0] for number in numbers], dtype=np.int64)
        return folded, numbers, concepts

    @property
    def folded_names(self) -> list[str]:
        """The names that may link, folded."""
        return self._names[0]

    @cached_property
    def _letters(self) -> LetterSimilarity:
        return LetterSimilarity(self._names[0])

    def candidates(
        self, phrases: Sequence[str], count: int, *, by_meaning: bool = True, least: float = 0.0
    ) -> list[tuple[Candidate, ...]]:
        """Return the most likely concepts of each phrase, best first.

        Args:
            phrases: the phrases, as texts write them.
            count: how many concepts for each.
            by_meaning: whether the encoder counts, where there is one.
            least: a phrase whose best concept surely scores less has none; it is not encoded.
        """
        folded = [" ".join(self.lexicon.rules.fold(phrase).text.split()) for phrase in phrases]
        if not folded or not self._names[0]:
            return [()] * len(folded)
        letters = self._letters(folded)  # (phrase, name)
        encode = self.meaning if by_meaning else None
        most = letters.max(axis=1) if encode is None else (letters.max(axis=1) + 1) / 2
        trust = max(self.ranker.trust[SIMILAR], self.ranker.trust[DENSE])
        rows = np.flatnonzero(most * trust >= least - _ROUNDING).tolist()
        found: list[tuple[Candidate, ...]] = [()] * len(folded)
        if rows and encode is not None:
            meaning = encode([phrases[row] for row in rows])[:, self._names[2]]
            scores: NDArray[np.float32] = (letters[rows] + meaning) / np.float32(2)
        else:
            scores = letters[rows]
        for row, own in zip(rows, scores, strict=True):
            found[row] = self._ranked(folded[row], own, letters[row], count)
        return found

    def _ranked(
        self,
        phrase: str,
        scores: NDArray[np.float32],
        letters: NDArray[np.float32],
        count: int,
    ) -> tuple[Candidate, ...]:
        digits = _digits(phrase)
        chosen: dict[str, tuple[float, str, str, LabelKind, str]] = {}
        for place, score in best(scores, 10 * count):
            if score <= 0:
                break
            iri, label, kind, own_digits = self._described(place)
            if iri in chosen:
                continue
            way = SIMILAR if letters[place] >= score else DENSE
            share = self.ranker.trust[way] * KIND_TRUST[kind]
            if own_digits != digits:
                share /= 2
            chosen[iri] = -round(min(1.0, score) * share, 4), iri, label, kind, way
        return tuple(
            Candidate(iri, label, kind, -turned, way)
            for turned, iri, label, kind, way in sorted(chosen.values())[:count]
        )

    def _described(self, place: int) -> tuple[str, str, LabelKind, set[str]]:
        """Return the concept of a name, its label and kind, and the numbers it holds."""
        known = self._met.get(place)
        if known is None:
            folded, numbers, _ = self._names
            concept, label, kind = self.lexicon.label(numbers[place])
            known = self.lexicon.iris[concept], label, kind, _digits(folded[place])
            if len(self._met) >= _REMEMBERED:
                self._met.clear()  # an ontology may have a million names
            self._met[place] = known
        return known

    @cached_property
    def heads(self) -> frozenset[str]:
        """The words that end the names of several concepts, and seldom stand elsewhere in one."""
        folded, _, concepts = self._names
        ends = Counter(
            word
            for word, _ in {
                (name.split(" ")[-1], concept)
                for name, concept in zip(folded, concepts.tolist(), strict=True)
            }
        )
        inside = Counter(word for name in set(folded) for word in set(name.split(" ")[:-1]))
        return frozenset(
            word
            for word, count in ends.items()
            if count >= _HEAD_LEAST
            and len(word) > 3
            and word.isalpha()
            and count > inside[word] / 2
        )

    @cached_property
    def _stop(self) -> frozenset[str]:
        return stop_words(self.lexicon.language)

    def phrases(self, text: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
        """Yield the noun phrases of a text that may be of a concept and hold no linked mention.

        They end in a word that ends the names of several concepts, in the singular or the plural,
        and reach back to the next stop word or mark of punctuation.
        """
        taken = [(item.start, item.end) for item in mentions if item.iri != NIL]
        words = list(_WORD.finditer(text))
        for place, word in enumerate(words):
            if not self._is_head(word.group()):
                continue
            first = place
            while first > 0 and place - first < _MOST_WORDS - 1:
                before = words[first - 1]
                gap = text[before.end() : words[first].start()]
                if gap != " " or before.group().lower() in self._stop or before.group().isdigit():
                    break
                first -= 1
            start, end = words[first].start(), word.end()
            if end - start >= _LEAST_LETTERS and not any(
                begin < end and start < stop for begin, stop in taken
            ):
                yield start, end

    def _is_head(self, word: str) -> bool:
        if word.isascii() and word.isalpha():
            last = word.lower()  # as folding would, in a tenth of the time
        else:
            folded = self.lexicon.rules.fold(word).text.split()
            last = folded[-1] if folded else ""
        return last in self.heads or last.removesuffix("s") in self.heads


def _digits(text: str) -> set[str]:
    return set(_DIGITS.findall(text))
