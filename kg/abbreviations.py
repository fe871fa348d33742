"""Abbreviations that a text defines itself: "familial adenomatous polyposis (FAP)"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from .mentions import Mention
from .rewriting import Edit

ABBREVIATION: Final = "abbreviation"
"""The way of candidates for a mention by a short form."""

_HELD: Final = r"([A-Za-z\d][^()\[\]]{1,119})[)\]]"
_PARENTHESIS: Final = re.compile(r"\(" + _HELD)  # the engine skips to a sign that is given
_BRACKET: Final = re.compile(r"[(\[]" + _HELD)
_SHORT: Final = re.compile(
    r"([A-Za-z\d][\w/&.+'-]{1,11}(?: [A-Z\d][\w-]{0,5})?)(?=$|[,;]| or | and )"
)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][sS]\b)?")
# One set of characters up front lets the engine skip to them.
_BREAK: Final = re.compile(r"[.;:!?()\[\]{}\n](?:(?<=[()\[\]{};\n])|(?=\s))")
_LOOK_BACK: Final = 160
_LONGEST: Final = 14
_EDGE: Final = frozenset(
    (
        *("a", "an", "the", "and", "or", "of", "in", "on", "for", "with", "by", "to", "der"),
        *("die", "das", "und", "oder", "von"),
    )
)


class Definition(NamedTuple):
    """A short form with the long form that the text gives for it, in code points.

    Args:
        short_start: where the short form starts.
        short_end: one past its end.
        long_start: where the long form starts.
        long_end: one past its end.
        removed: the stretch to leave out for the sentence to read on without the definition:
            the parenthesis with what it holds and the space before it.
    """

    short_start: int
    short_end: int
    long_start: int
    long_end: int
    removed: tuple[int, int]


def definitions(text: str) -> list[Definition]:
    """Return the abbreviations that a text defines, in their order.

    Both orders are found, "long form (SF)" and "SF (long form)". The letters of the short form
    must occur in the long one in their order, the first at its beginning and each digit or capital
    preferably at the start of a word, as Schwartz and Hearst have it (2003, Pacific Symposium on
    Biocomputing, 451-462); where all of them begin words, they may also come in another order, as
    in "myotonic dystrophy (DM)".
    """
    if "(" not in text and "[" not in text:
        return []
    found = []
    for match in (_BRACKET if "[" in text else _PARENTHESIS).finditer(text):
        definition = _long_before(text, match)
        if definition is None and " " in match.group(1):
            definition = _long_inside(text, match)
        if definition is not None:
            found.append(definition)
    return found


def _long_before(text: str, match: re.Match[str]) -> Definition | None:
    """Read "long form (SF)"; what follows a comma or semicolon in the parenthesis is left out."""
    held = match.group(1)
    if held.islower():
        return None  # a short form has a capital
    found = _SHORT.match(held)
    if found is None or not _is_short(found.group(1)):
        return None
    short, short_start = found.group(1), match.start(1)
    end = match.start()
    while end and text[end - 1].isspace():
        end -= 1
    letters = _letters(short)
    start = _align(letters, text, _words_before(text, end, _most_words(letters)), end)
    if start is None or end - start <= len(short):
        return None
    return Definition(short_start, short_start + len(short), start, end, (end, match.end()))


def _long_inside(text: str, match: re.Match[str]) -> Definition | None:
    """Read "SF (long form)"."""
    window = text[max(0, match.start() - _LONGEST) : match.start()].rstrip()
    if window.islower():
        return None
    before = window.rsplit(None, 1)[-1] if window else ""
    if not _is_short(before) or _SHORT.fullmatch(before) is None:
        return None
    letters = _letters(before)
    words = [word.start() for word in _WORD.finditer(text, *match.span(1))]
    start = _align(letters, text, words[-_most_words(letters) :], match.end(1))
    if start is None or start != match.start(1):
        return None
    short_start = text.rindex(before, 0, match.start())
    short_end = short_start + len(before)
    removed = (short_end, match.end())
    return Definition(short_start, short_end, start, match.end(1), removed)


@lru_cache(maxsize=4096)
def _is_short(token: str) -> bool:
    """Return whether a token looks like a short form: 2 to 10 signs, half of them capitals."""
    if token.islower() or token.isdigit():
        return False
    letters = [char for char in token if char.isalnum()]
    capitals = sum(map(str.isupper, letters))
    return 2 <= len(letters) <= 10 and (
        capitals * 2 >= len(letters) or (capitals > 0 and not token[0].isupper()) or capitals > 1
    )


def _letters(short: str) -> str:
    """Return the letters and digits that a long form must hold."""
    letters = "".join(filter(str.isalnum, short)).lower()
    if letters.endswith("s") and short[-1] == "s" and len(letters) > 2:
        letters = letters[:-1]  # "renal cell carcinomas (RCCs)"
    return letters


def _most_words(letters: str) -> int:
    """Return of how many words the long form of a short one has at most."""
    return min(len(letters) + 5, 2 * len(letters))


def _words_before(text: str, end: int, most: int) -> list[int]:
    """Return where the last words start of the clause that ends here."""
    begin = max(0, end - _LOOK_BACK)
    chunks = text[begin:end].rsplit(None, most)
    # The last words are mostly what stands between the last spaces; but a sign is no word.
    near = begin + len(chunks[0]) if len(chunks) > most else begin
    for first in dict.fromkeys((near, begin)):
        start = first
        for stop in _BREAK.finditer(text, first, end):
            start = stop.end()
        words = [word.start() for word in _WORD.finditer(text, start, end)]
        if len(words) >= most or start > first:
            break
    return words[-most:]


def _align(letters: str, text: str, words: list[int], end: int) -> int | None:
    """Return where the long form starts that some letters stand for; None if none does.

    Args:
        letters: the letters.
        text: the text.
        words: where the words start that it may be.
        end: where it ends.
    """
    if not words:
        return None
    in_order = _from_the_right(letters, text, words, end)
    return _any_order(letters, text, words) if in_order is None else in_order


def _from_the_right(letters: str, text: str, words: list[int], end: int) -> int | None:
    """Match the letters from the last one backwards; the first must begin a word."""
    offset = words[0]
    long = text[offset:end].lower()
    place = len(long)
    for letter in reversed(letters[1:]):
        place = long.rfind(letter, 0, place)
        if place < 0:
            return None
    place = long.rfind(letters[0], 0, place)
    while place + offset not in words:
        if place < 0:
            return None
        place = long.rfind(letters[0], 0, place)
    start = place + offset
    first = _WORD.match(text, start, end)
    if first is None:
        return None
    # "von Hippel-Lindau disease (VHL)" may begin so, for its first words have these initials.
    is_named_so = first.group().lower() not in _EDGE or _begin(letters, text, words, start)
    return start if is_named_so else None


def _begin(letters: str, text: str, words: list[int], start: int) -> bool:
    """Return whether the words from a place on begin with some letters, one each."""
    first = words.index(start)
    return letters == "".join(text[word] for word in words[first : first + len(letters)]).lower()


def _any_order(letters: str, text: str, words: list[int]) -> int | None:
    """Match the letters to the first letters of as many words, in any order."""
    last = words[-len(letters) :]
    initials = sorted(text[start].lower() for start in last)
    if len(last) < len(letters) or initials != sorted(letters):
        return None
    return last[0]


def occurrences(text: str, found: list[Definition]) -> Iterator[tuple[int, int, int]]:
    """Yield where the short forms stand in a text: start, end and number of the definition.

    A short form that is defined twice means what the definition before it says. A plural s may
    follow, or be missing.
    """
    by_short: dict[str, list[int]] = {}
    for number, item in enumerate(found):
        by_short.setdefault(_singular(text[item.short_start : item.short_end]), []).append(number)
    for short, numbers in by_short.items():
        start = text.find(short)
        while start >= 0:
            end = start + len(short)
            if text[end : end + 1] == "s":
                end += 1
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                known = numbers[0]
                for number in numbers[1:]:
                    if found[number].short_start <= start:
                        known = number
                yield start, end, known
            start = text.find(short, end)


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short[-1] == "s" and short[-2].isupper() else short


def edits(text: str, found: list[Definition]) -> Iterator[Edit]:
    """Yield what to change for the short forms of a text to be written out.

    The definitions themselves are left out, so that "von Hippel-Lindau (VHL) disease" reads on.
    """
    begins = [item.removed[0] for item in found]  # sorted, for definitions are apart
    for item in found:
        yield Edit(*item.removed, "", ABBREVIATION)
    for start, end, number in occurrences(text, found):
        item = found[number]
        if item.long_start <= start < item.long_end:
            continue
        before = bisect_right(begins, start) - 1
        if before < 0 or end > found[before].removed[1]:
            yield Edit(start, end, text[item.long_start : item.long_end], ABBREVIATION)


def defined(
    text: str, found: Sequence[Definition], mentions: Sequence[Mention]
) -> Iterator[Mention]:
    """Yield the short forms that a text defines, where the long form is a mention.

    The long form may also be the end of a mention: "familial [Mediterranean fever] (MEF)".
    """
    ends: dict[int, Mention] = {}
    for mention in mentions:
        known = ends.get(mention.end)
        if not mention.fragments and (known is None or mention.start < known.start):
            ends[mention.end] = mention
    for item in found:
        long = ends.get(item.long_end)
        if long is not None and long.start <= item.long_start:
            yield long._replace(
                start=item.short_start,
                end=item.short_end,
                text=text[item.short_start : item.short_end],
                nested=False,
            )
