"""Roman and Arabic numerals in names: "type II" and "type 2"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_ONES: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_TENS: Final = ("", "x", "xx", "xxx")
_ROMAN: Final = {str(n): _TENS[n // 10] + _ONES[n % 10] for n in range(1, 40)}
_ARABIC: Final = {roman: arabic for arabic, roman in _ROMAN.items()}
# A number, and the letter that may follow it: "type IIA". A numeral of one letter is none with
# a letter after it, but for the words below: "grade 1c", not "cell ic".
_NUMERAL: Final = re.compile(r"([1-9][0-9]?|[xvi]+)([a-h]?)")

_NUMERALS: Final = frozenset(
    number + letter for number in (*_ROMAN, *_ARABIC) for letter in ("", *"abcdefgh")
)
"""All that may be written in other numerals."""

COUNTED: Final = frozenset(
    (
        *("type", "subtype", "grade", "stage", "class", "subclass", "factor", "group", "subgroup"),
        *("phase", "complex", "nerve", "level", "category", "degree", "form", "variant", "bipolar"),
        *("typ", "grad", "stadium", "klasse", "faktor", "gruppe", "stufe", "angiotensin"),
    )
)
"""Words after which a letter such as "I" or "X" is a number."""

_LAST: Final = frozenset(_ARABIC) - {"x"}  # "trisomy X" is not the tenth


def in_other_numerals(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a folded name with its Arabic numerals in Roman ones, and the reverse.

    A numeral stands after one of the ``COUNTED`` words, or ends a name of several words.
    """
    if _NUMERALS.isdisjoint(words):
        return
    for table in (_ROMAN, _ARABIC):
        changed = [
            _converted(words[number - 1], word, table, is_last=number == len(words) - 1)
            if number
            else word
            for number, word in enumerate(words)
        ]
        if changed != list(words):
            yield tuple(changed)


def is_number(word: str) -> bool:
    """Return whether a folded word is a number, Roman ones among them but for single letters."""
    return word[0].isdigit() or (len(word) > 1 and word in _ARABIC)


def _converted(before: str, word: str, table: dict[str, str], *, is_last: bool) -> str:
    if before in COUNTED:
        numeral = _NUMERAL.fullmatch(word)
        if numeral is None:
            return word
        if word in table:
            return table[word]
        return table[numeral[1]] + numeral[2] if numeral[1] in table else word
    if is_last and (word in _LAST or word.isdigit()):
        return table.get(word, word)
    return word
