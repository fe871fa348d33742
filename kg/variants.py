"""The other ways in which a text may write a name: inflected, respelt, turned round.

Variants are made once, when the lexicon is built, so that they cost nothing per document. Each
language has its rules in one ``LanguageRules``; a language without rules links the names as they
are written, whatever their case, hyphens and spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from .inflection import Inflect, english, german, german_adjective

Way = Literal["exact", "normalised", "inflected", "spelling", "reordered", "unqualified"]
"""How a name was varied; ``exact`` is the name as the ontology writes it."""

WAYS: Final[tuple[Way, ...]] = (
    "exact",
    "normalised",
    "inflected",
    "spelling",
    "reordered",
    "unqualified",
)

Spelling = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """What the names of one language may do.

    Args:
        keep_marks: whether accents and umlauts tell words apart.
        greek_names: whether a lone Greek letter stands for its name.
        capital_nouns: whether nouns are written with a capital.
        inflect: the other forms of a noun in folded text; empty where there are none.
        adjective: the other forms of an adjective before a noun.
        spellings: national spellings, each as pairs of pattern and replacement for one word.
        of: words that join a head to what modifies it, as in "cancer of the breast".
        articles: articles that may follow them.
    """

    keep_marks: bool = True
    greek_names: bool = True
    capital_nouns: bool = False
    inflect: Inflect | None = None
    adjective: Inflect | None = None
    spellings: tuple[Spelling, ...] = ()
    of: str = ""
    articles: tuple[str, ...] = ()


def variants(name: str, rules: LanguageRules) -> Iterator[tuple[str, Way]]:
    """Yield the variants of a folded name, each with the way it came about.

    Args:
        name: the name, folded; two spaces stand where it has punctuation.
        rules: the rules of its language.
    """
    yield name, "normalised"
    plain = " ".join(name.split())
    bases: list[tuple[str, Way]] = [(plain, "normalised")]
    if plain != name:
        yield plain, "normalised"
    bases.extend((turned, "reordered") for turned in _reordered(name, plain, rules))
    for base, way in bases:
        if base is not plain:
            yield base, way
        for spelt in _spellings(base, rules):
            yield spelt, "spelling"
            for form in _inflected(spelt, rules):
                yield form, "inflected"
        for form in _inflected(base, rules):
            yield form, "inflected" if way == "normalised" else way


def surfaces(label: str) -> Iterator[tuple[str, Way]]:
    """Yield other surface forms of a label, not folded: hyphens closed up, qualifier left out."""
    if "-" in label:
        yield _HYPHEN.sub("", label), "normalised"  # "nonsmall", and words cut by a line's end
    if "'" in label or "\u2019" in label:
        yield _POSSESSIVE.sub("s", label), "normalised"  # "Alzheimers disease"
    qualified = _QUALIFIED.fullmatch(label)
    if qualified is not None:
        yield qualified.group(1), "unqualified"  # "nephrotic syndrome (disorder)"


_HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_QUALIFIED: Final = re.compile(r"(.*\S)\s*\([^()\d]{3,}\)")


def _reordered(name: str, plain: str, rules: LanguageRules) -> Iterator[str]:
    """Yield "breast cancer" for "cancer of the breast" and "cancer, breast", and the reverse."""
    if not rules.of:
        return
    parts = name.split("  ")
    if len(parts) == 2 and all(parts):
        yield f"{parts[1]} {parts[0]}"
    words = plain.split(" ")
    if rules.of in words[1:-1]:
        at = words.index(rules.of, 1)
        head, modifier = words[:at], words[at + 1 :]
        bare = modifier[1:] if modifier[0] in rules.articles else modifier
        if not bare or rules.of in bare:
            return
        yield " ".join((*bare, *head))
        for article in ("", *rules.articles):
            yield " ".join((*head, rules.of, *([article] if article else []), *bare))
    elif 2 <= len(words) <= 3 and plain.replace(" ", "").isalpha() and len(words[-2]) > 3:
        if words[-2].endswith(_ADJECTIVES):
            return
        modifier_text = " ".join(words[:-1])
        yield f"{words[-1]} {rules.of} {modifier_text}"
        for article in rules.articles:
            yield f"{words[-1]} {rules.of} {article} {modifier_text}"


# "Renal disease" has no "disease of the renal" beside it.
_ADJECTIVES: Final = (
    "al",
    "ic",
    "ous",
    "ary",
    "ive",
    "ed",
    "ing",
    "ar",
    "ory",
    "ile",
    "oid",
    "ent",
)


def _inflected(name: str, rules: LanguageRules) -> Iterator[str]:
    """Yield the name with its head inflected: its last word, or the one before "of"."""
    if rules.inflect is None:
        return
    words = name.split(" ")
    head = len(words) - 1
    if rules.of and rules.of in words[1:]:
        head = words.index(rules.of, 1) - 1
    before, after = words[:head], words[head + 1 :]
    for form in rules.inflect(words[head]):
        yield " ".join((*before, form, *after))
    if rules.adjective is None or not before:
        return
    declined = [rules.adjective(word) for word in before]
    for case in range(max(map(len, declined))):
        chosen = [
            forms[case] if forms else word for word, forms in zip(before, declined, strict=True)
        ]
        for form in (words[head], *rules.inflect(words[head])):
            yield " ".join((*chosen, form, *after))


def _spellings(name: str, rules: LanguageRules) -> Iterator[str]:
    words = name.split(" ")
    for spelling in rules.spellings:
        spelt = [_respell(word, spelling) for word in words]
        if spelt != words:
            yield " ".join(spelt)


@lru_cache(maxsize=65536)  # the same words make up thousands of names
def _respell(word: str, spelling: Spelling) -> str:
    for pattern, replacement in spelling:
        word = pattern.sub(replacement, word)
    return word


def _spelling(*pairs: tuple[str, str]) -> Spelling:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


_BRITISH: Final = _spelling(
    (r"(?<!a)emi(?=[ac])", "aemi"),
    (r"\bhem(?=[ao])", "haem"),
    (r"tumor\b", "tumour"),
    (r"\bedema", "oedema"),
    (r"\besoph", "oesoph"),
    (r"\bpedi", "paedi"),
    (r"\bfet(?=[aou])", "foet"),
    (r"rrhea\b", "rrhoea"),
    (r"color", "colour"),
    (r"\bgyneco", "gynaeco"),
    (r"\banesth", "anaesth"),
    (r"\borthoped", "orthopaed"),
    (r"behavior", "behaviour"),
    (r"\blabor\b", "labour"),
    (r"fiber\b", "fibre"),
    (r"iz(?=ation|ed\b|ing\b)", "is"),
)
_AMERICAN: Final = _spelling(
    (r"aemi(?=[ac])", "emi"),
    (r"\bhaem(?=[ao])", "hem"),
    (r"tumour\b", "tumor"),
    (r"\boedema", "edema"),
    (r"\boesoph", "esoph"),
    (r"\bpaedi", "pedi"),
    (r"\bfoet(?=[aou])", "fet"),
    (r"rrhoea\b", "rrhea"),
    (r"colour", "color"),
    (r"\bgynaeco", "gyneco"),
    (r"\banaesth", "anesth"),
    (r"\borthopaed", "orthoped"),
    (r"behaviour", "behavior"),
    (r"\blabour\b", "labor"),
    (r"fibre\b", "fiber"),
    (r"is(?=ation\b)", "iz"),
)

RULES: Final[dict[str, LanguageRules]] = {
    "en": LanguageRules(
        keep_marks=False,
        inflect=english,
        spellings=(_BRITISH, _AMERICAN),
        of="of",
        articles=("the",),
    ),
    "de": LanguageRules(capital_nouns=True, inflect=german, adjective=german_adjective),
    "el": LanguageRules(greek_names=False),
}
"""The languages that have rules of their own."""


def rules_for(language: str) -> LanguageRules:
    """Return the rules of a language, given by its tag; plain ones where it has none."""
    return RULES.get(language.split("-")[0].lower(), LanguageRules())
