"""What keeps careless names from flooding a text with links: "IT", "WAS", "all", "A", "2"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

import spacy.util

_SHORT: Final = 4
_ABBREVIATION: Final = 8
_SURROUNDINGS: Final = 40
_SENTENCE_END: Final = frozenset(("", *".!?:"))
_LIST_MARKS: Final = frozenset(("", *".;:|/()[]\n\r\t\u2022"))


class Guard(IntEnum):
    """What a text must do to link a name; the higher, the harder."""

    FREE = 0
    """Any case will do."""
    SHORT = 1
    """A short word: small letters, or with a capital first, or as the ontology writes it."""
    CASED = 2
    """An abbreviation: letters in the case that the ontology gives them; a plural s may follow."""
    NOUN = 3
    """A noun that is a stop word but for its capital: so written, and inside a sentence."""
    STOP = 4
    """A stop word of the language: as the ontology writes it, in capitals among small letters."""
    ALONE = 5
    """A name as an index has it, "cancer, breast": between punctuation or the ends of a line."""
    NEVER = 6
    """One letter, or digits only: never linked."""
    BARRED = 7
    """A synonym that would flood a text, or that an expert forbids: as if it were not there."""


def guard_of(
    label: str,
    name: str,
    stop: frozenset[str],
    *,
    shouting: bool = False,
    capital_nouns: bool = False,
) -> tuple[Guard, str]:
    """Return how a label is guarded, and why it should be looked at (empty if it need not be).

    Args:
        label: the label as the ontology writes it.
        name: the label, folded.
        stop: the folded stop words of the language.
        shouting: whether the ontology writes its labels in capitals, which then mean nothing.
        capital_nouns: whether the language writes nouns with a capital, as German does.
    """
    solid = name.replace(" ", "")
    if solid.isdigit():
        return Guard.NEVER, "is only a number: it is not linked"
    if len(solid) == 1 and not _is_word_of_one(solid):
        return Guard.NEVER, "is a single letter: it is not linked"
    if stop.issuperset(name.split()):
        if capital_nouns and len(solid) > 2 and label.istitle() and name.isalpha():
            return Guard.NOUN, "is a stop word: it links only with its capital inside a sentence"
        return Guard.STOP, "is made of stop words: it links only in capitals amid small letters"
    if len(solid) > _ABBREVIATION:
        return Guard.FREE, ""
    letters = "".join(filter(str.isalpha, label))
    has_capitals = any(map(str.isupper, letters[1:]))
    if has_capitals and not shouting and _is_abbreviation(label):
        return Guard.CASED, ""
    if len(solid) <= _SHORT and " " not in name and letters.lower() != letters.upper():
        return Guard.SHORT, ""
    return Guard.FREE, ""


def _is_word_of_one(char: str) -> bool:
    """Return whether one character is a word, as in Chinese."""
    return char.lower() == char.upper() and ord(char) > 0x2E80


def _is_abbreviation(label: str) -> bool:
    """Return whether a short label with capitals is no word: "ALS", "vCJD", but not "McArdle"."""
    small = "".join("x" if char.islower() else " " for char in label)
    return "xxx" not in small and not label.istitle()


def passes(guard: Guard, label: str, text: str, start: int, end: int) -> bool:
    """Return whether a name at this place of the text may be linked.

    Args:
        guard: the guard of the label.
        label: the label as the ontology writes it.
        text: the original text.
        start: where the name starts.
        end: where it ends.
    """
    if guard is Guard.FREE:
        return True
    raw = text[start:end]
    if guard is Guard.SHORT:
        return raw == label or raw == raw.lower() or raw == raw.capitalize()
    if guard is Guard.CASED:
        wanted, found = _letters(label), _letters(raw)
        return found in (wanted, wanted + "s")
    if guard is Guard.NOUN:
        return (
            raw == label
            and text[max(0, start - _SURROUNDINGS) : start].rstrip()[-1:] not in _SENTENCE_END
        )
    if guard is Guard.STOP:
        around = text[max(0, start - _SURROUNDINGS) : start] + text[end : end + _SURROUNDINGS]
        small = sum(map(str.islower, around))
        return raw == label and raw.isupper() and small > sum(map(str.isupper, around))
    if guard is Guard.ALONE:
        before = text[max(0, start - _SURROUNDINGS) : start].rstrip(" ")
        after = text[end : end + _SURROUNDINGS].lstrip(" ")
        return before[-1:] in _LIST_MARKS and after[:1] in _LIST_MARKS
    return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def is_shouting(labels: Iterable[str]) -> bool:
    """Return whether most of the longer labels are in capitals throughout."""
    long = [label for label in labels if len(label) > _ABBREVIATION]
    return sum(map(str.isupper, long)) * 2 > len(long) > 0


def stop_words(language: str) -> frozenset[str]:
    """Return spaCy's stop words of a language; none where spaCy does not know it."""
    try:
        defaults = spacy.util.get_lang_class(language.split("-")[0].lower()).Defaults
    except ImportError:
        return frozenset()
    return frozenset(defaults.stop_words)
