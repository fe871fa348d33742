"""The patterns of a lexicon: the sequences of words that its names have."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain, compress
from operator import ne
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .word_codes import encoded

Numbers = NDArray[np.int32]


class Patterns(NamedTuple):
    """Patterns with the rows that have them.

    Args:
        codes: the patterns, as codes, sorted.
        pointer: where the rows of each begin, as CSR; (pattern + 1,).
        rows: the rows, in their order; (entry,).
    """

    codes: list[str]
    pointer: Numbers
    rows: Numbers

    def with_rows(self, kept: NDArray[np.bool_]) -> Patterns:
        """Return the patterns with some of their rows only.

        Args:
            kept: which; (entry,).
        """
        ends = np.concatenate([[0], np.cumsum(kept)])
        return Patterns(self.codes, ends[self.pointer].astype(np.int32), self.rows[kept])


class PatternBuilder:
    """Gathers the orders of words that rows have, a row being a name."""

    def __init__(self) -> None:
        self.words = _Numbering()
        self._word = array("i")
        self._length = array("i")
        self._row = array("i")

    def add(self, row: int, orders: Iterable[str]) -> None:
        """Add the orders of one row; two spaces stand for an empty word between two others."""
        for order in orders:
            words = order.split(" ")
            self._word.extend(map(self.words.__getitem__, words))
            self._length.append(len(words))
            self._row.append(row)

    def extend(self, other: PatternBuilder) -> None:
        """Add the rows of another builder."""
        numbers = np.array(list(map(self.words.__getitem__, other.words)), dtype=np.intc)
        self._word.frombytes(numbers[np.array(other._word, dtype=np.intc)].tobytes())
        self._length.extend(other._length)
        self._row.extend(other._row)

    def finish(self, groups: Numbers) -> Patterns:
        """Return the patterns, in which words of one group are the same.

        Args:
            groups: the group of each word, the words in the order of ``words``; (word,) or longer.
        """
        lengths = np.array(self._length, dtype=np.int64)
        codes = encoded(groups[np.array(self._word, dtype=np.int32)], lengths)
        # Of sorted codes the automaton is built in half the time.
        order = sorted(range(len(codes)), key=codes.__getitem__)
        in_order = list(map(codes.__getitem__, order))
        is_new = np.fromiter(map(ne, in_order, chain([None], in_order)), np.bool_, len(codes))
        pattern = np.empty(len(codes), dtype=np.int64)
        pattern[order] = np.cumsum(is_new) - 1
        pairs = np.sort((pattern << 32) | np.array(self._row, dtype=np.int64))
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # np.unique takes seventy times as long
        pointer = np.searchsorted(pairs >> 32, np.arange(is_new.sum() + 1))
        rows = (pairs & 0xFFFFFFFF).astype(np.int32)
        return Patterns(list(compress(in_order, is_new)), pointer.astype(np.int32), rows)


class _Numbering(dict[str, int]):
    """Numbers strings in the order in which they are first asked for."""

    def __missing__(self, string: str) -> int:
        self[string] = number = len(self)
        return number
