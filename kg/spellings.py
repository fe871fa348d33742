"""National and older spellings of words, as rules on folded names.

A rule may make more spellings than anyone writes: a form that no text holds links nothing. So the
rules are loose where a stricter one would miss words, and strict only where a common word would
multiply for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """One way to spell a language, as replacements that are made one after the other.

    Args:
        pairs: letters that a word must hold, the pattern of what other spellings write, and what
            this one writes.
    """

    pairs: tuple[tuple[str, re.Pattern[str], str], ...]

    @classmethod
    def of(cls, *pairs: tuple[str, str]) -> Spelling:
        """Make a spelling from patterns as text."""
        return cls(tuple((_letters(pattern), re.compile(pattern), text) for pattern, text in pairs))

    def __call__(self, word: str) -> str:
        """Return a folded word in this spelling."""
        for letters, pattern, replacement in self.pairs:
            if letters in word:
                word = pattern.sub(replacement, word)
        return word


def _letters(pattern: str) -> str:
    """Return the longest run of letters outside of groups: every match holds them.

    Patterns must not make a letter outside of groups optional.
    """
    done = ""
    while done != pattern:
        done, pattern = pattern, re.sub(r"\\.|\([^()]*\)|\[[^]]*\]", " ", pattern)
    runs: list[str] = re.findall("[a-z]*", pattern)
    return max(runs, key=len)


@lru_cache(maxsize=65536)  # the same words make up thousands of names
def _respelt(word: str, spellings: tuple[Spelling, ...]) -> tuple[str, ...]:
    """Return a word in each spelling; nothing where all spell it the same."""
    found = tuple(spelling(word) for spelling in spellings)
    return () if all(other == word for other in found) else found


def respell(words: list[str], spellings: tuple[Spelling, ...]) -> Iterator[str]:
    """Yield a name in each spelling that changes it.

    Args:
        words: the words of the folded name.
        spellings: the spellings of its language.
    """
    found = [_respelt(word, spellings) for word in words] if spellings else []
    if not any(found):
        return
    for number in range(len(spellings)):
        spelt = [other[number] if other else word for word, other in zip(words, found, strict=True)]
        if spelt != words:
            yield " ".join(spelt)


# Whole stems and their British spelling; where they may stand inside a word, no boundary is asked.
_STEMS: Final = (
    # ae, oe
    (r"(?<![adlt])emi(?=as?\b|c\b)", "aemi", r"aemi(?=as?\b|c\b)", "emi"),
    (r"\bhem(?=[ao])", "haem", r"haem(?=[ao])", "hem"),
    (r"(?<=o)hem(?=o[gl]|at)", "haem", "", ""),
    (r"(?<!o)edema", "oedema", r"oedema", "edema"),
    (r"(?<!oo)(?<!\bo)esoph", "oesoph", r"(?:\b|(?<=o))oesoph", "esoph"),
    (r"\bpedi(?=at)", "paedi", r"paedi(?=at)", "pedi"),
    (r"(?<=orthop)ed", "aed", r"(?<=orthop)aed", "ed"),
    (r"(?<=lop)ed(?=i)", "aed", r"(?<=lop)aed(?=i)", "ed"),
    (r"\bpedo(?=ph|do)", "paedo", r"\bpaedo(?=ph|do)", "pedo"),
    (r"(?:\b|(?<=o))fet(?=us|al\b|o)", "foet", r"foet(?=us|al\b|o)", "fet"),
    (r"rrhe(?=a|ic)", "rrhoe", r"rrhoe(?=a|ic)", "rrhe"),
    (r"(?<=p)ne(?=as?\b|ic\b)", "noe", r"(?<=p)noe(?=as?\b|ic\b)", "ne"),
    (r"\bgynec", "gynaec", r"\bgynaec", "gynec"),
    (r"(?<![ao])esthe(?=s|t)", "aesthe", r"aesthe(?=s|t)", "esthe"),
    (r"\bestr(?=og|ad|io|us)", "oestr", r"oestr(?=og|ad|io|us)", "estr"),
    (r"\betiol", "aetiol", r"\baetiol", "etiol"),
    (r"\bceliac", "coeliac", r"\bcoeliac", "celiac"),
    (r"\bcesarean", "caesarean", r"\bcaesarean", "cesarean"),
    (r"\bcesium", "caesium", r"\bcaesium", "cesium"),
    (r"(?:\b|(?<=o))cec(?=um|al\b|it)", "caec", r"caec(?=um|al\b|it)", "cec"),
    (r"\bfec(?=es\b|al\b)", "faec", r"\bfaec(?=es\b|al\b)", "fec"),
    (r"\bameb", "amoeb", r"amoeb", "ameb"),
    (r"\bhomeo(?=p|s)", "homoeo", r"\bhomoeo", "homeo"),
    (r"\bmaneuver", "manoeuvre", r"\bmanoeuvre", "maneuver"),
    (r"\bpaleo", "palaeo", r"\bpalaeo", "paleo"),
    (r"\barcheo", "archaeo", r"\barchaeo", "archeo"),
    (r"\bmedieval", "mediaeval", r"\bmediaeval", "medieval"),
    # -our, -re, -ce, -ogue
    (r"(?<=tum)or(?=s?\b)", "our", r"(?<=tum)our(?=s?\b)", "or"),
    (
        r"\b(col|behavi|lab|fav|flav|hon|harb|neighb|vap|od|rum|endeav|arm|parl|splend)or"
        r"(?!i[sz]|at|ou)",
        r"\1our",
        r"\b(col|behavi|lab|fav|flav|hon|harb|neighb|vap|od|rum|endeav|arm|parl|splend)our",
        r"\1or",
    ),
    (r"\bhumor(?=s?\b)", "humour", r"\bhumour", "humor"),
    (
        r"\b(fib|cent|lit|theat|cali?b|lust|goit|tit|meag|somb|spect)er(?=s?\b)",
        r"\1re",
        r"\b(fib|cent|lit|theat|cali?b|lust|goit|tit|meag|somb|spect)re(?=s?\b)",
        r"\1er",
    ),
    (
        r"\b((?:kilo|centi|milli|micro|nano)?met)er(?=s?\b)",
        r"\1re",
        r"\b((?:kilo|centi|milli|micro|nano)?met)re(?=s?\b)",
        r"\1er",
    ),
    (r"\b(def|off|lic|pret)ense", r"\1ence", r"\b(def|off|lic|pret)ence", r"\1ense"),
    (r"(?<=[ao]l)og(?=s?\b)", "ogue", r"(?<=[ao]l)ogue(?=s?\b)", "og"),
    # -ise, -yse
    (r"(?<=[a-z]{3})iz(?=ation|e[drs]?\b|ing\b)", "is", "", ""),
    ("", "", r"(?<=[a-z]{3})is(?=ation|ed\b|ing\b)", "iz"),
    (r"lyz(?=e[drs]?\b|ing\b)", "lys", r"lys(?=e[dr]?\b|ing\b)", "lyz"),
    # l and ll
    (
        r"\b(label|travel|model|counsel|signal|channel|cancel|fuel|tunnel|level|panel)"
        r"(?=ed\b|ing\b|[eo]r)",
        r"\1l",
        r"\b(label|travel|model|counsel|signal|channel|cancel|fuel|tunnel|level|panel)l"
        r"(?=ed\b|ing\b|[eo]r)",
        r"\1",
    ),
    (
        r"\b(enrol|instal|fulfil)l(?=ment)",
        r"\1",
        r"\b(enrol|instal|fulfil)(?=ment)",
        r"\1l",
    ),
    # single words
    (r"sulf", "sulph", r"sulph", "sulf"),
    (r"\baluminum", "aluminium", r"\baluminium", "aluminum"),
    (r"\bdisk(?=s?\b)", "disc", r"\bdisc(?=s?\b)", "disk"),
    (r"\bprogram(?=s?\b)", "programme", r"\bprogramme(?=s?\b)", "program"),
    (r"\bmold", "mould", r"\bmould", "mold"),
    (r"\bgr[ae]y\b", "grey", r"\bgrey\b", "gray"),
    (r"\bplow", "plough", r"\bplough", "plow"),
    (r"\baging\b", "ageing", r"\bageing\b", "aging"),
    (r"\bartifact", "artefact", r"\bartefact", "artifact"),
    (r"\bjewelry\b", "jewellery", r"\bjewellery\b", "jewelry"),
    (r"\bskeptic", "sceptic", r"\bsceptic", "skeptic"),
    (r"\bjudgment", "judgement", r"\bjudgement", "judgment"),
)


def _table(stems: Iterable[tuple[str, str]]) -> Spelling:
    return Spelling.of(*((pattern, text) for pattern, text in stems if pattern))


_BRITISH: Final = _table((american, british) for american, british, _, _ in _STEMS)
_AMERICAN: Final = _table((british, american) for _, _, british, american in _STEMS)

# What both nations write in two ways, and the Germanic umlauts in names of people.
_LATIN: Final = Spelling.of(
    (r"leuko(?=cyt|pen|d|plak|mal|enc)", "leuco"),
    (r"leuk(?:a|)emi", "leucaemi"),
    (r"\blacrim", "lachrym"),
    (r"schon(?=lein)", "schoen"),
    (r"\bsjog(?=ren)", "sjoeg"),
    (r"\bloff(?=ler)", "loeff"),
    (r"\bmull(?=er)", "muell"),
    (r"\bmob(?=ius)", "moeb"),
)
_MODERN: Final = Spelling.of(
    (r"leuco(?=cyt|pen|d|plak|mal|enc)", "leuko"),
    (r"leuc(?:a|)emi", "leukaemi"),
    (r"\blachrym", "lacrim"),
    (r"schoen(?=lein)", "schon"),
    (r"\bsjoeg(?=ren)", "sjog"),
    (r"\bloeff(?=ler)", "loff"),
    (r"\bmuell(?=er)", "mull"),
    (r"\bmoeb(?=ius)", "mob"),
)
ENGLISH: Final = (_BRITISH, _AMERICAN, _LATIN, _MODERN)
"""British, American, older and newer English spelling."""
