"""Words found by what is left of them when one letter is deleted, held in two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .strings import Strings

# A word is hashed as a polynomial of its letters in an odd number, modulo 2 ** 64: so the hashes of
# all that is left of it when a letter is deleted are one product of matrices.
_BASE: Final = 0x9E3779B97F4A7C15
_CHUNK: Final = 1 << 14
_LONGEST: Final = 64


class NearWords:
    """Finds the words that are the same as another after one letter of either is deleted, or both.

    That is how SymSpell looks words up (Garbe, 2012). The first letter is never deleted.

    Args:
        words: the words to find; those of more than 64 letters are left out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = Strings.pack(word for word in words if len(word) <= _LONGEST)
        self._longest = max(map(len, self._words), default=0)
        self._factors = _factors(self._longest + 1)
        hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for start in range(0, len(self._words), _CHUNK):
            chunk = self._words[start : start + _CHUNK]
            lengths = np.fromiter(map(len, chunk), np.int64, len(chunk))
            rests = _rests(chunk, self._factors)
            # Beyond the end of a word nothing is deleted.
            word, place = np.nonzero(np.arange(rests.shape[1]) < lengths[:, None])
            hashes.append(rests[word, place])
            owners.append((word + start).astype(np.int32))
        hashed = np.concatenate(hashes)
        order = np.argsort(hashed, kind="stable")
        self._hashes, self._owners = hashed[order], np.concatenate(owners)[order]

    def __call__(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield pairs of a given word and a known one; those of equal hash come along.

        A pair may come more than once.
        """
        given = [word for word in words if word and len(word) <= self._longest + 1]
        if not given or not len(self._hashes):
            return
        rests = _rests(given, self._factors)
        wanted = rests.ravel()
        first = self._hashes.searchsorted(wanted)
        found = self._hashes.take(first, mode="clip") == wanted
        for place in found.nonzero()[0].tolist():
            word, start = given[place // rests.shape[1]], first[place]
            stop = self._hashes.searchsorted(wanted[place], side="right")
            for known in self._owners[start:stop].tolist():
                yield word, self._words[known]


def _factors(width: int) -> NDArray[np.uint64]:
    """Return by what each letter of a word is multiplied in each of its hashes, see ``_rests``.

    Returns:
        in the first column the powers of the base; in each other one the same without the letter
        of that place, those after it moved up; shape (letter, hash), both of the width.
    """
    powers = np.full(width, _BASE, dtype=np.uint64)
    powers[0] = 1
    powers = np.cumprod(powers)
    letter, deleted = np.indices((width, width))
    factors = np.where(letter < deleted, powers[letter], powers[letter - 1])
    factors[letter == deleted] = 0
    factors[:, 0] = powers
    return factors


def _rests(words: Sequence[str], factors: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hashes of some words, and of each without any one of its letters but the first.

    Returns:
        the hash of each word, then those of what is left without its second letter, its third and
        so on; beyond its end that of the word again; shape (word, letter of the longest).
    """
    width = max(map(len, words))
    letters = np.array(words, dtype=f"U{width}").view(np.uint32).reshape(len(words), width)
    rests: NDArray[np.uint64] = letters @ factors[:width, :width]
    return rests
