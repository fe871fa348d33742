"""Words found by what is left of them when one letter is deleted, held in two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

# A word is hashed as a polynomial of its letters in an odd number, modulo 2 ** 64. An odd number
# has an inverse there, so what follows a deleted letter moves up by one product, and the hashes of
# all that is left of many words take time linear in their length.
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_LONGEST: Final = 64
_LEAST_BITS: Final = 10
_CHUNK: Final = 1 << 16


class NearWords:
    """Finds the words that are the same as another after one letter of either is deleted, or both.

    That is how SymSpell looks words up (Garbe, 2012). The first letter and the last are never
    deleted: so words that differ in their endings are not near one another.

    Args:
        words: the words to find; those of more than 64 letters are left out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = [word for word in words if word and len(word) <= _LONGEST]
        hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for start in range(0, len(self._words), _CHUNK):
            rests, word = _rests(self._words[start : start + _CHUNK])
            hashes.append(rests)
            owners.append(word + np.int32(start))
        hashed = np.concatenate(hashes)
        order = np.argsort(hashed)
        self._hashes, self._owners = hashed[order], np.concatenate(owners)[order]
        # What is looked for is mostly in no word; the first bits of its hash tell that sooner than
        # a search does.
        bits = max(_LEAST_BITS, (len(hashed) << 2).bit_length())
        self._shift = np.uint64(64 - bits)
        occurring = np.zeros(1 << bits, dtype=np.bool_)
        occurring[hashed >> self._shift] = True
        self._sieve = np.packbits(occurring, bitorder="little")

    def __call__(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield pairs of a given word and a known one; those of equal hash come along.

        A pair may come more than once.
        """
        given = [word for word in words if word and len(word) <= _LONGEST + 1]
        if not given or not len(self._hashes):
            return
        rests, owners = _rests(given)
        likely = self._sifted(rests)
        wanted = rests[likely]
        first = self._hashes.searchsorted(wanted)
        found = np.flatnonzero(self._hashes.take(first, mode="clip") == wanted)
        last = self._hashes.searchsorted(wanted[found], side="right")
        places = owners[likely[found]].tolist(), first[found].tolist(), last.tolist()
        for word, start, stop in zip(*places, strict=True):
            for known in self._owners[start:stop].tolist():
                yield given[word], self._words[known]

    def _sifted(self, hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the numbers of the hashes that a known word may have, an eighth of the others."""
        bits = hashes >> self._shift
        held = self._sieve[bits >> np.uint64(3)] >> (bits & np.uint64(7)).astype(np.uint8)
        return np.flatnonzero(held & np.uint8(1))


def _rests(words: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the hashes of some words, and of each without one of its inner letters.

    With c the letters of a word of n, b the base and P(i) the sum of c(k) * b ** k for k below i,
    the hash of the word is P(n), and without the letter at i it is

        P(i) + (P(n) - P(i + 1)) / b

    Args:
        words: the words, none of them empty.

    Returns:
        for each word its own hash, then those of what is left without its second letter, its third
        and so on up to the last but one; and the number of its word. Shapes (hash,) and (hash,).
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    owners = np.arange(len(words), dtype=np.int32).repeat(lengths)
    ends = lengths.cumsum()
    starts = ends - lengths
    powers = np.full(lengths.max(), _BASE, dtype=np.uint64)
    powers[0] = 1
    place = np.arange(len(letters)) - starts.repeat(lengths)
    # Sums over all words, one after the other; modulo 2 ** 64, so differences of them are exact.
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(letters * powers.cumprod()[place], out=sums[1:])
    before, whole = sums[starts].repeat(lengths), sums[ends].repeat(lengths)
    rests = sums[:-1] - before + (whole - sums[1:]) * np.uint64(_INVERSE)
    is_first = place == 0
    rests[is_first] = sums[ends] - sums[starts]
    kept = is_first | (place < (lengths - 1).repeat(lengths))
    return rests[kept], owners[kept]
