"""Names that are like a phrase: in their letters, or in what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Returns one vector for each phrase, of length 1; shape (phrase, width)."""

_GRAMS: Final = (3, 4)
_COLUMN: Final = 16


class LetterSimilarity:
    """Compares phrases with names by the runs of three and four letters that they share.

    The similarity is the cosine of TF-IDF vectors of the runs inside words, between 0 and 1. The
    index is built when first asked for, in about half a second for 20,000 names.

    Args:
        names: the names, folded.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    @cached_property
    def _index(self) -> tuple[Any, Any]:
        # Imported here: few who link texts ever need it, and it takes a second.
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=_GRAMS, sublinear_tf=True, dtype=np.float32
        )
        by_name = vectorizer.fit_transform(self.names)  # (name, run)
        return vectorizer, by_name.T.tocsr()

    def __call__(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each phrase each name is; shape (phrase, name)."""
        vectorizer, by_run = self._index
        scores: NDArray[np.float32] = (vectorizer.transform(phrases) @ by_run).toarray()
        return scores


class MeaningSimilarity:
    """Compares phrases with concepts by the vectors that a text encoder gives them.

    Args:
        encode: the encoder.
        vectors: one vector for each concept, of length 1; shape (concept, width).
    """

    def __init__(self, encode: Encode, vectors: NDArray[np.float32]) -> None:
        self.encode = encode
        self.vectors = vectors

    def __call__(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each phrase each concept is; shape (phrase, concept)."""
        return self.encode(phrases) @ self.vectors.T


def best(scores: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
    """Return the numbers of the highest scores, the highest first, with the scores.

    Of equal scores the one with the lower number comes first.

    Args:
        scores: shape (number,).
        count: how many, at most.
    """
    count = min(count, len(scores))
    if count < len(scores):
        numbers = _high(scores, count)
        high = scores[numbers]
        numbers = numbers[high >= np.partition(high, len(high) - count)[len(high) - count]]
    else:
        numbers = np.arange(len(scores))
    chosen = numbers[np.lexsort((numbers, -scores[numbers]))[:count]]
    return list(zip(chosen.tolist(), scores[chosen].tolist(), strict=True))


def _high(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return numbers in their order, few but for the highest scores, which are all among them.

    The scores are parted into columns. As many columns as are wanted have a score of at least the
    last of their greatest ones; so no lower score is among the wanted ones.
    """
    width = len(scores) // _COLUMN
    if width <= count:
        return np.arange(len(scores))
    most = scores[: width * _COLUMN].reshape(_COLUMN, width).max(axis=0)
    least = np.partition(most, width - count)[width - count]
    return np.flatnonzero(scores >= least)
