"""The inflected forms of German nouns and names, and compounds taken apart, by rule.

Words come folded, with umlauts written out: "maerkte" for "Märkte". As in English, the rules make
more forms than the language has rather than miss some.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

# The last vowel of a stem, where it may take an umlaut, and where it has one.
_PLAIN: Final = re.compile(r"(?<![aeiou])(au|[aou])(?=[^aeiou]+$)")
_UMLAUT: Final = re.compile(r"(?<![aeiouq])(aeu|[aou]e)(?=[^aeiou]+$)")
_WITH: Final = {"au": "aeu", "a": "ae", "o": "oe", "u": "ue"}
_WITHOUT: Final = {umlaut: plain for plain, umlaut in _WITH.items()}

# What ends as a word with an ending of its own does, and is inflected like any other.
_NO_ENDINGS: Final = ("aus", "aum", "tum", "eik", "ein")
_ADDS_EN: Final = ("ung", "heit", "keit", "schaft", "ion", "taet", "ik", "ur", "enz", "anz", "ei")
# Nouns in -er, -el, -en that take an umlaut in the plural, and nouns with a plural in -er.
_CHANGES: Final = (
    *("mangel", "vater", "mutter", "bruder", "tochter", "hafen", "garten", "laden", "boden"),
    *("schaden", "graben", "nagel", "vogel", "apfel", "acker", "ofen", "faden", "kasten"),
)
_ADDS_ER: Final = (
    *("haus", "land", "buch", "gut", "wald", "mann", "kind", "bild", "geld", "feld", "amt"),
    *("rad", "bad", "blatt", "dach", "dorf", "fach", "glas", "grab", "huhn", "korn", "kraut"),
    *("lamm", "loch", "nest", "rind", "schild", "schloss", "tal", "tuch", "volk", "wort", "tum"),
    *("lied", "licht", "glied", "kleid", "brett", "gesicht", "geist", "rand", "strauch"),
    *("haupt", "holz", "band", "pfand"),
)
# What a name's head stands before: "Theorie der Spiele".
_BEHIND_HEAD: Final = frozenset(
    (
        *("der", "des", "den", "dem", "die", "das", "einer", "eines", "von", "vom", "fuer", "in"),
        *("im", "ins", "zu", "zur", "zum", "mit", "ohne", "auf", "bei", "beim", "an", "am", "aus"),
        *("nach", "ueber", "unter", "durch", "gegen", "zwischen", "vor", "als", "und", "oder"),
        "um",
    )
)
# The endings of an adjective in all cases, by the ending that the name gives it.
_CASES: Final = {"es": ("es", "e", "en", "em"), "er": ("er", "e", "en", "em"), "e": ("en", "er")}
_LEAST_PART: Final = 4


def german_name(words: Sequence[str]) -> Iterator[str]:
    """Yield the other cases and numbers of a German name: its head with the adjectives before it.

    The head is the word before the first article, preposition or conjunction, else the last one.
    """
    behind = (number for number, word in enumerate(words) if number and word in _BEHIND_HEAD)
    head = next(behind, len(words)) - 1
    before, noun, after = list(words[:head]), words[head], words[head + 1 :]
    stems = [_adjective(word) for word in before]
    endings = [word[len(stem) :] for word, stem in zip(before, stems, strict=True) if stem]
    for form in (noun, *german(noun)):
        if not endings:
            cases: tuple[str, ...] = ("",)
        elif form is noun:
            cases = (endings[-1], *_CASES[endings[-1]])
        elif form == noun + "es":
            cases = ("en",)  # the genitive
        else:
            cases = ("e", "en", "er")
        for ending in cases:
            declined = [
                stem + ending if stem else word for word, stem in zip(before, stems, strict=True)
            ]
            found = " ".join((*declined, form, *after))
            if form is not noun or declined != before:
                yield found


def _adjective(word: str) -> str:
    """Return the stem of an adjective in the nominative; empty for any other word."""
    for ending in _CASES:
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            return word[: -len(ending)]
    return ""


def german(word: str) -> tuple[str, ...]:
    """Return the other cases and numbers that a German noun may have."""
    if len(word) < 3 or not word.isalpha():
        return ()
    return tuple(dict.fromkeys((*_endings(word), *_singulars(word))))


def _endings(word: str) -> tuple[str, ...]:
    for endings, forms in _BY_ENDING:
        if word.endswith(endings) and not word.endswith(_NO_ENDINGS):
            return tuple(word[: len(word) - cut] + add for cut, add in forms)
    if word[-1] == "e":
        return (word + "n", word + "s") if _NEUTER.search(word) else (word + "n",)
    if _UNSTRESSED.search(word):
        changed = _with_umlaut(word) if word.endswith(_CHANGES) else ""
        plurals = (changed, changed + "n") if changed else ()
        return (*((word + "n",) if word[-1] != "n" else ()), word + "s", *plurals)
    umlaut = _with_umlaut(word)
    plural = umlaut or word
    return (
        *(word + ending for ending in (("e", "es", "en") if word[-1] in "sxz" else _REGULAR)),
        *((umlaut + "e", umlaut + "en") if umlaut else ()),
        *((plural + "er", plural + "ern") if word.endswith(_ADDS_ER) else ()),
    )


_UNSTRESSED: Final = re.compile(r"[^eio]e[rln]$")  # "Arbeiter", not "Papier"
_NEUTER: Final = re.compile(r"ge[a-z]{2,}e$")  # "Gebäude", "Gewerbe"
_REGULAR: Final = ("e", "en", "s", "es")
# How many letters go and what comes instead, by the end of the word; the first that fits.
_BY_ENDING: Final = (
    (_ADDS_EN, ((0, "en"),)),
    (("ismus",), ((2, "en"),)),
    (("nis",), ((0, "se"), (0, "sen"), (0, "ses"))),
    (("us",), ((0, "se"), (0, "ses"), (2, "en"), (2, "i"))),
    (("um",), ((2, "en"), (0, "s"), (2, "a"))),
    (("ma",), ((1, "en"), (0, "s"))),
    (("chen", "lein"), ((0, "s"),)),
    (("ing",), ((0, "s"), (0, "es"), (0, "e"))),
    (("ist", "loge"), ((0, "en"), (0, "n"))),
    (("or",), ((0, "en"), (0, "s"))),
    (("eur", "ment"), ((0, "e"), (0, "en"), (0, "s"), (0, "es"))),
    (("ial", "ital", "eral"), ((0, "e"), (0, "en"), (0, "s"), (0, "ien"))),
    (("in",), ((0, "nen"), (0, "s"), (0, "e"))),
    (("ende", "auge", "erbe", "esse", "ware", "ice", "creme"), ((0, "n"), (0, "s"))),
    (("index",), ((2, "izes"), (2, "ices"), (2, "izen"), (0, "e"), (0, "en"), (0, "es"))),
    (("xis",), ((2, "en"),)),
    (("name",), ((0, "n"), (0, "ns"))),
    (("prinzip",), ((0, "ien"), (0, "s"), (0, "e"))),
    (("konto", "risiko"), ((1, "en"), (0, "s"))),
    (("a", "i", "o", "u", "y"), ((0, "s"), (0, "ten"))),
)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 6:
        return ()
    if word.endswith("innen"):
        return (word[:-3],)
    if word.endswith(("nisse", "ien")):
        return (word[:-2],) if word[-1] == "e" else (word[:-2], word[:-2] + "um", word[:-1])
    if word.endswith(tuple(ending + "en" for ending in _ADDS_EN)):
        return (word[:-2],)
    if word.endswith("en"):
        return word[:-1], word[:-2]
    if word.endswith("er"):
        stem = _without_umlaut(word[:-2]) or word[:-2]
        return (stem,) if stem.endswith(_ADDS_ER) else ()
    if word.endswith("e"):
        return tuple(stem for stem in (word[:-1], _without_umlaut(word[:-1])) if stem)
    if word.endswith(("as", "os", "ys", "ps", "eis")):
        return (word[:-1],)
    return ()


def _with_umlaut(word: str) -> str:
    """Return a word with an umlaut in its last syllable; empty where it takes none."""
    stem, rest = (word[:-2], word[-2:]) if word.endswith(_CHANGES) else (word, "")
    changed, count = _PLAIN.subn(lambda found: _WITH[found[1]], stem)
    return changed + rest if count else ""


def _without_umlaut(word: str) -> str:
    changed, count = _UMLAUT.subn(lambda found: _WITHOUT[found[1]], word)
    return changed if count else ""


def split_compound(word: str, known: Collection[str]) -> Iterator[str]:
    """Yield a compound in two words, as some write it with a hyphen: "arbeits marktpolitik".

    It is cut where both parts are known, else before the last known part, or behind the first. The
    first part may have a letter that links it to the second.

    Args:
        word: the folded compound.
        known: folded words that may be parts of a compound.
    """
    cuts = range(len(word) - _LEAST_PART, _LEAST_PART - 1, -1)
    tails = [cut for cut in cuts if word[cut:] in known]
    both = [cut for cut in tails if _is_head(word[:cut], known)]
    if both:
        chosen = {both[0], both[-1]}
    elif tails:
        chosen = {tails[0], tails[-1]}
    else:
        chosen = set(next(([cut] for cut in cuts if _is_head(word[:cut], known)), []))
    for cut in sorted(chosen):
        yield f"{word[:cut]} {word[cut:]}"


def parts_of(words: Collection[str]) -> frozenset[str]:
    """Return words with the parts that end several of them, behind another of them.

    "Bericht" ends "Umweltbericht" and "Marktbericht" where "Umwelt" and "Markt" are words. Where
    the cut could as well be a letter further on, the part that more words have is taken.

    Args:
        words: folded words.
    """
    found: Counter[str] = Counter()
    longer: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            if _is_head(word[:cut], words):
                found[word[cut:]] += 1
                longer[word[cut:]].add(word[cut - 1 :])
    parts = {
        part
        for part, count in found.items()
        if count > 1
        and found[part[1:]] <= count
        and not any(found[other] >= count or other in words for other in longer[part])
    }
    return frozenset(words) | parts


def _is_head(part: str, words: Collection[str]) -> bool:
    """Return whether a part is a word, but for what may link it to the next."""
    if part in words:
        return True
    return part[-1] in "snre" and any(
        part[: -len(link)] in words for link in _LINKS if part.endswith(link)
    )


_LINKS: Final = ("s", "es", "n", "en", "er", "e")
