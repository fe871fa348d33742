"""General words that stand before others in names, such as "acute" and "chronic"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

_SHARE: Final = 0.003
_LEAST: Final = 10


class ModifierCounts:
    """Counts in how many concepts' names a word is the last one, or stands before that.

    Args:
        stop: words that are not counted.
    """

    def __init__(self, stop: Collection[str]) -> None:
        self._stop = stop
        self._before: Counter[str] = Counter()
        self._last: Counter[str] = Counter()

    def add(self, names: Iterable[str]) -> None:
        """Count the words in the names of one concept, each once."""
        modifiers: set[str] = set()
        heads: set[str] = set()
        for name in names:
            *before, head = name.split()
            modifiers.update(before)
            heads.add(head)
        self._before.update(modifiers.difference(self._stop))
        self._last.update(heads)

    def general(self, num_concepts: int) -> frozenset[str]:
        """Return the words that stand before the last one in the names of many concepts."""
        least = max(_LEAST, _SHARE * num_concepts)
        return frozenset(
            word
            for word, count in self._before.items()
            if count >= least and count > self._last[word] and not word.isdigit()
        )
