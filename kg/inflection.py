"""The inflected forms of a noun, by rule: more than the language has, so that few are missed.

A form that no text ever writes costs a few bytes in the lexicon and links nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Inflect = Callable[[str], tuple[str, ...]]
"""Takes a folded word and returns its other forms."""


def english(word: str) -> tuple[str, ...]:
    """Return the plurals of an English noun, and its singular where it may be a plural."""
    if len(word) < 2 or not word[-1].isalpha():
        return ()
    return (*_english_plurals(word), *_english_singulars(word))


def _english_plurals(word: str) -> tuple[str, ...]:
    # Greek and Latin plurals are common in the sciences.
    if word.endswith("oma"):
        return word + "s", word + "ta"
    if word.endswith("itis"):
        return (word[:-2] + "ides",)
    if word.endswith("is"):
        return (word[:-2] + "es",)
    if word.endswith("us") and len(word) > 4:
        return word + "es", word[:-2] + "i"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word + "es",)
    if word.endswith("y") and word[-2] not in "aeiou":
        return (word[:-1] + "ies",)
    return (word + "s",)


def _english_singulars(word: str) -> tuple[str, ...]:
    # Short words in -s are seldom plurals of what one means: piles, hives, yaws, AIDS.
    if len(word) < 7 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith(("sses", "xes", "ches", "shes")):
        return (word[:-2],)
    if word.endswith("ses"):
        return word[:-1], word[:-2] + "is"
    return (word[:-1],)


_UMLAUTS: Final = {"a": "ä", "o": "ö", "u": "ü"}
_GERMAN_EN: Final = ("ung", "heit", "keit", "schaft", "ion", "tät", "ik", "ur", "enz", "anz")


def german(word: str) -> tuple[str, ...]:
    """Return the other cases and numbers that a German noun may have."""
    if len(word) < 4 or not word.isalpha():
        return ()
    return (*_german_endings(word), *_german_stems(word))


def _german_endings(word: str) -> tuple[str, ...]:
    if word.endswith(_GERMAN_EN):
        return (word + "en",)
    if word.endswith("e"):
        return (word + "n",)
    if word.endswith(("er", "el", "en", "chen", "lein")):
        return word + "n", word + "s"
    if word[-1] in "aiouy":
        return (word + "s",)
    if word.endswith("in"):
        return word + "s", word + "nen"
    umlaut = _with_umlaut(word)
    return tuple(
        stem + ending
        for stem, endings in (
            (word, ("e", "en", "er", "s", "es")),
            (umlaut, ("e", "en", "er", "ern")),
        )
        if stem
        for ending in endings
    )


def _german_stems(word: str) -> tuple[str, ...]:
    if len(word) < 6:
        return ()
    if word.endswith(tuple(ending + "en" for ending in _GERMAN_EN)):
        return (word[:-2],)
    if word.endswith("en"):
        return word[:-1], word[:-2]
    if word.endswith("e"):
        return tuple(stem for stem in (word[:-1], _without_umlaut(word[:-1])) if stem)
    return ()


def _with_umlaut(word: str) -> str:
    """Return the word with an umlaut in its last syllable; empty where it takes none."""
    match = re.search(r"[aou](?=u?[^aeiouäöü]+$)", word.replace("au", "a\0"))
    if match is None:
        return ""
    return word[: match.start()] + _UMLAUTS[word[match.start()]] + word[match.end() :]


def _without_umlaut(word: str) -> str:
    match = re.search(r"[äöü](?=u?[^aeiouäöü]+$)", word)
    if match is None:
        return ""
    bare = {umlaut: letter for letter, umlaut in _UMLAUTS.items()}[match.group()]
    return word[: match.start()] + bare + word[match.end() :]


def german_adjective(word: str) -> tuple[str, ...]:
    """Return the cases of a German adjective given as in "öffentliche Ausgaben"."""
    for ending in ("es", "er", "e"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            stem = word[: -len(ending)]
            return tuple(stem + case for case in ("e", "en", "er", "es", "em"))
    return ()
