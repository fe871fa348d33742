"""Names that say the same in other English words: "renal disease" and "kidney disease".

These are guesses, if good ones: a form made here is dropped where a concept has it as a name of its
own, or where it would name two concepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .body import BODY
from .numerals import COUNTED

_INBORN: Final = ("hereditary", "familial", "inherited")
_HEADS: Final = {
    singular + ending: tuple(other + ending for other in heads if other != singular)
    for heads in (("disease", "disorder"),)
    for singular in heads
    for ending in ("", "s")
}
_LEAST_COUNTED: Final = 5


def derived(words: list[str]) -> Iterator[list[str]]:
    """Yield a folded name with one of its words exchanged, or with "type" before its number.

    The part of the body that modifies a head is named by its noun or its adjective; what runs in a
    family is hereditary, familial or inherited; a disease is a disorder; and "neurofibromatosis 1"
    is "neurofibromatosis type 1".
    """
    if len(words) < 2:
        return
    for number, word in enumerate(words[:-1]):
        for other in BODY.get(word, ()):
            yield [*words[:number], *other.split(), *words[number + 1 :]]
    if words[0] in _INBORN:
        for other in _INBORN:
            if other != words[0]:
                yield [other, *words[1:]]
    for other in _HEADS.get(words[-1], ()):
        yield [*words[:-1], other]
    yield from _around_number(words)


def _around_number(words: list[str]) -> Iterator[list[str]]:
    last, before = words[-1], words[-2]
    if not (last.isdigit() or not last.strip("ivx")):
        return
    if before == "type":
        if len(words) > 2:
            yield [*words[:-2], last]
    elif before not in COUNTED and before.isalpha() and len(before) >= _LEAST_COUNTED:
        yield [*words[:-1], "type", last]
