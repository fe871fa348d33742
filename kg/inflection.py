"""The inflected forms of English nouns and names, by rule.

A form that no text ever writes costs a few bytes in the lexicon and links nothing; so the rules
make more than the language has rather than miss some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from .numerals import COUNTED, is_number

Inflect = Callable[[Sequence[str]], Iterable[str]]
"""Takes the words of a folded name up to its head, and returns their other forms, joined."""

_LATIN: Final = {
    **{word + "um": word + "a" for word in ("bacteri", "ov", "sept", "atri", "diverticul")},
    **{word + "on": word + "a" for word in ("gangli", "criteri", "phenomen", "mitochondri")},
    **{
        word: word + "e"
        for word in (
            *("vertebra", "larva", "bulla", "bursa", "fistula", "macula", "formula", "alga"),
            *("antenna", "papilla", "maxilla", "scapula", "ampulla", "fossa", "hernia", "pupa"),
        )
    },
    **{"index": "indices", "appendix": "appendices", "matrix": "matrices", "cortex": "cortices"},
    **{"vertex": "vertices", "cervix": "cervices", "phalanx": "phalanges", "stigma": "stigmata"},
}
_IRREGULAR: Final = {
    **{"foot": "feet", "tooth": "teeth", "goose": "geese", "child": "children", "man": "men"},
    **{"woman": "women", "mouse": "mice", "louse": "lice", "ox": "oxen", "person": "people"},
    **{"leaf": "leaves", "life": "lives", "knife": "knives", "wolf": "wolves", "calf": "calves"},
    **{"shelf": "shelves", "half": "halves", "wife": "wives", "loaf": "loaves", "self": "selves"},
    **_LATIN,
}
_REGULAR: Final = {plural: singular for singular, plural in _IRREGULAR.items()}


# What a name's head stands before: "cancer of the breast".
_BEHIND_HEAD: Final = frozenset(
    (
        *("of", "in", "with", "without", "due", "from", "for", "to", "by", "during", "after"),
        *("caused", "associated"),
    )
)


def english_name(words: Sequence[str]) -> Iterator[str]:
    """Yield the other forms of an English name: its head in the plural or the singular.

    The head is the word before the first preposition or a number with its noun, else the last one.
    """
    end = len(words)
    if not _BEHIND_HEAD.isdisjoint(words):
        end = next((n for n, word in enumerate(words) if n and word in _BEHIND_HEAD), end)
    if end > 1 and is_number(words[end - 1]):  # "diabetes type 2"
        end -= 2 if end > 2 and words[end - 2] in COUNTED else 1
    before, after = words[: end - 1], words[end:]
    for form in english(words[end - 1], alone=len(words) == 1):
        yield " ".join((*before, form, *after))


@lru_cache(maxsize=65536)  # the same words end thousands of names
def english(word: str, *, alone: bool = True) -> tuple[str, ...]:
    """Return the plurals of an English noun, and its singular where it may be a plural.

    Args:
        word: the folded noun.
        alone: whether the word is the whole name. Short words in -s are then seldom plurals of
            what one means: piles, hives, yaws, AIDS.
    """
    if len(word) < 2 or not word[-1].isalpha():
        return ()
    if word in _REGULAR:
        return (_REGULAR[word],)
    singulars = _singulars(word, 7 if alone else 5)
    return singulars or (*_plurals(word), *_of_latin(word))


def _of_latin(word: str) -> tuple[str, ...]:
    return (_LATIN[word],) if word in _LATIN else ()


def _plurals(word: str) -> tuple[str, ...]:
    if word in _IRREGULAR and word not in _LATIN:
        return (_IRREGULAR[word],)
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


def _singulars(word: str, least: int) -> tuple[str, ...]:
    if word.endswith("omata"):
        return (word[:-2],)
    if len(word) < least or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith(("sses", "xes", "ches", "shes")):
        return (word[:-2],)
    if word.endswith("itides"):
        return (word[:-4] + "is",)
    if word.endswith("ses"):
        return word[:-1], word[:-2] + "is"
    return (word[:-1],)
