"""Words found by what is left of them when one letter is deleted, held in two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .strings import Strings

# A word is hashed as a polynomial of its letters in an odd number, modulo 2 ** 64: so what is left
# when a letter is deleted has its hash from those of what stands before and after the letter.
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = np.uint64(pow(_BASE, -1, 1 << 64))
_CHUNK: Final = 1 << 14


class NearWords:
    """Finds the words that are the same as another after one letter of either is deleted, or both.

    That is how SymSpell looks words up (Garbe, 2012). The first letter is never deleted.

    Args:
        words: the words to find.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = Strings.pack(words)
        self._longest = max(map(len, self._words), default=0)
        hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for start in range(0, len(self._words), _CHUNK):
            hashed, owner = _rests(self._words[start : start + _CHUNK])
            hashes.append(hashed)
            owners.append((owner + start).astype(np.int32))
        hashed = np.concatenate(hashes)
        order = np.argsort(hashed, kind="stable")
        self._hashes, self._owners = hashed[order], np.concatenate(owners)[order]

    def __call__(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield pairs of a given word and a known one; those of equal hash come along."""
        given = [word for word in words if word and len(word) <= self._longest + 1]
        if not given:
            return
        hashes, owners = _rests(given)
        first = self._hashes.searchsorted(hashes, side="left")
        last = self._hashes.searchsorted(hashes, side="right")
        for place in np.flatnonzero(last > first).tolist():
            word = given[owners[place]]
            for known in self._owners[first[place] : last[place]].tolist():
                yield word, self._words[known]


def _rests(words: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hashes of some words, and of each without any one of its letters but the first.

    Returns:
        the hashes and the number of the word that each is of; both have shape (rest,).
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    width = int(lengths.max())
    letters = np.array(words, dtype=f"U{width}").view(np.uint32).reshape(len(words), width)
    powers = np.full(width, _BASE, dtype=np.uint64)
    powers[0] = 1
    terms = letters * np.cumprod(powers)  # (word, place)
    before = np.cumsum(terms, axis=1) - terms
    whole = before[:, -1] + terms[:, -1]
    rests = before + (whole[:, None] - before - terms) * _INVERSE
    places = np.arange(width)
    word, place = np.nonzero((places > 0) & (places < lengths[:, None]))
    return (
        np.concatenate([whole, rests[word, place]]),
        np.concatenate([np.arange(len(words)), word]),
    )
