"""The parts of a label's name: "Skin and Connective Tissue Diseases" are two kinds of disease."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from ..kg.coordination import CONJUNCTIONS

MOST_WORDS: Final = 12
"""A longer name is a description: its parts are not looked at one by one."""


def name_parts(
    name: str, *, language: str, is_head: Callable[[str], bool]
) -> tuple[tuple[str, ...], ...]:
    """Return the parts of a name that conjunctions, commas and slashes join.

    Each part comes as the ways to complete it, the likeliest first. One that ends in a word that
    ends many names is complete. Any other may lack the last words of the next complete part
    ("Skin [Diseases]") or the first words of the first part ("Diseases of [the ear]").

    Args:
        name: the name.
        language: a BCP 47 tag.
        is_head: whether a word ends the names of several concepts.

    Example:
        >>> name_parts("Skin and Eye Diseases", language="en", is_head="Diseases".__eq__)
        (('Skin Diseases', 'Skin'), ('Eye Diseases',))
    """
    items = [item for item in _joints(language).split(name) if item.strip()]
    if len(items) < 2 or len(name.split()) > MOST_WORDS:
        return ((name,),)
    return tuple(_completed(items, number, is_head) for number in range(len(items)))


def _completed(
    items: Sequence[str], number: int, is_head: Callable[[str], bool]
) -> tuple[str, ...]:
    item = items[number]
    if is_head(item.split()[-1]):
        return (item,)
    ways = []
    complete = (later for later in items[number + 1 :] if is_head(later.split()[-1]))
    later_words = next(complete, "").split()
    ways += [f"{item} {' '.join(later_words[start:])}" for start in range(1, len(later_words))]
    if number > 0:
        first_words = items[0].split()
        ways += [
            f"{' '.join(first_words[:end])} {item}" for end in range(len(first_words) - 1, 0, -1)
        ]
    return (*ways, item)


def _joints(language: str) -> re.Pattern[str]:
    words = sorted(CONJUNCTIONS.get(language.split("-")[0].lower(), ()), key=len, reverse=True)
    joined = "|".join(map(re.escape, (*words, "&")))
    return re.compile(rf"\s*,\s*(?:(?:{joined})\s+)?|\s+(?:{joined})\s+|\s*/\s*", re.IGNORECASE)
