"""Texts as strings of codes, one code a word; words that may stand for each other share theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# A code is two characters, the first from one range and the second from another: so a match never
# starts in the middle of a word, and the automaton has few different characters, which it needs to
# stay small. The ranges end before U+0830; there are no surrogates among them.
_BITS: Final = 10
_SIZE: Final = 1 << _BITS
_FIRST: Final = 0x21
_SECOND: Final = _FIRST + _SIZE
WIDTH: Final = 2
"""How many characters a code has."""

_UNKNOWN: Final = "\0\0"
NEW: Final = "\1"
"""Stands in the codes of words that were not met before and that no name has."""

_NEW_WORD: Final = re.compile(NEW * WIDTH)

_MOST_MET: Final = 60_000
_LONGEST_MET: Final = 64


class WordCodes(Collection[str]):
    """Writes folded words as codes.

    Args:
        words: the words that have a code.
        groups: the group of each; words of one group have the same code. Beyond 2 ** 20 groups
            some share their code: whoever decodes must look at the words again.
    """

    def __init__(self, words: Sequence[str], groups: NDArray[np.int32]) -> None:
        codes = _text(np.arange(groups.max(initial=-1) + 1))
        each = [codes[place : place + WIDTH] for place in range(0, len(codes), WIDTH)]
        # After these come words that were met, without a code: so one look-up does for both.
        self._codes = dict(zip(words, map(each.__getitem__, groups.tolist()), strict=True))
        self._count = len(self._codes)

    def __len__(self) -> int:
        """Return the number of words."""
        return self._count

    def __iter__(self) -> Iterator[str]:
        """Yield the words."""
        return iter(list(islice(self._codes, self._count)))

    def __contains__(self, word: object) -> bool:
        """Return whether a word has a code."""
        return self._codes.get(word, _UNKNOWN) != _UNKNOWN  # type: ignore[call-overload, no-any-return]

    def encode(self, words: Iterable[str]) -> str:
        """Return the codes of some words as one string, ``WIDTH`` characters a word."""
        return "".join(map(self._codes.get, words, repeat(NEW * WIDTH)))

    def new(self, words: Sequence[str], codes: str) -> list[str]:
        """Return which of some words have no code and were not met before, in their order.

        Args:
            words: the words.
            codes: what ``encode`` returned for them.
        """
        if NEW not in codes:
            return []
        return [words[match.start() // WIDTH] for match in _NEW_WORD.finditer(codes)]

    def unmet(self, words: Iterable[str]) -> list[str]:
        """Return which of some words have no code and were not met up to now."""
        return [word for word in words if word not in self._codes]

    def meet(self, words: Iterable[str]) -> None:
        """Remember some of the words that have no code; the oldest are forgotten by and by."""
        short = [word for word in words if len(word) <= _LONGEST_MET and word not in self._codes]
        if len(self._codes) + len(short) > self._count + _MOST_MET:
            for word in list(islice(self._codes, self._count, None)):
                del self._codes[word]
        self._codes.update(zip(short[:_MOST_MET], repeat(_UNKNOWN)))


def is_known(codes: str) -> bool:
    """Return whether all words that were encoded as these codes have a code of their own."""
    return _UNKNOWN not in codes and NEW not in codes


def encoded(groups: NDArray[np.int32], lengths: NDArray[np.int64]) -> list[str]:
    """Return many sequences of words as codes.

    Args:
        groups: the groups of the words of all sequences; shape (word,).
        lengths: the number of words of each sequence; shape (sequence,).
    """
    text = _text(groups)
    ends = (WIDTH * np.cumsum(lengths)).tolist()
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _text(groups: NDArray[np.integer]) -> str:
    wrapped = groups % (_SIZE * _SIZE)
    codes = np.stack([_FIRST + (wrapped >> _BITS), _SECOND + (wrapped & (_SIZE - 1))], axis=1)
    return codes.astype("<u2").tobytes().decode("utf-16-le")


def group_words(
    words: Iterable[str], related: Iterable[Iterable[str]]
) -> tuple[list[str], NDArray[np.int32]]:
    """Group words that may stand for each other, and those that may stand for the same word.

    Args:
        words: the words to start from, all different.
        related: for each of them the words that may stand for it, itself included.

    Returns:
        all words, those given first and in their order, and the group of each; shape (word,).
    """
    numbers = {word: number for number, word in enumerate(words)}
    given, other = [], []
    for number, relatives in enumerate(related):
        for relative in relatives:
            given.append(number)
            other.append(numbers.setdefault(relative, len(numbers)))
    size = len(numbers)
    pairs = coo_array((np.ones(len(given), dtype=np.int8), (given, other)), shape=(size, size))
    _, groups = connected_components(pairs, directed=False)
    return list(numbers), groups.astype(np.int32)
