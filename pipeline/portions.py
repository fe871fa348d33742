"""A stream in portions that are bounded by number and by size, so that memory is, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")

CHARACTERS: Final = 4_000_000
"""How many characters of text are worked on at a time, or one text if that is longer."""


def portions(
    items: Iterable[Item], *, most: int, size: Callable[[Item], int], limit: int
) -> Iterator[list[Item]]:
    """Yield lists of at most ``most`` items; a list that has grown to ``limit`` ends there.

    Where a portion ends depends on the items alone, and no item is asked for before it is needed.

    Args:
        items: the stream.
        most: the most items in a portion.
        size: how large an item is.
        limit: the size at which a portion is full.
    """
    portion: list[Item] = []
    total = 0
    for item in items:
        portion.append(item)
        total += size(item)
        if len(portion) >= most or total >= limit:
            yield portion
            portion, total = [], 0
    if portion:
        yield portion


def text_portions(texts: Iterable[str], *, most: int) -> Iterator[list[str]]:
    """Yield lists of at most ``most`` texts and about ``CHARACTERS`` characters."""
    return portions(texts, most=most, size=len, limit=CHARACTERS)
