"""The other ways in which a text may write a name: inflected, respelt, turned round.

Variants are made once, when the lexicon is built, so that they cost nothing per document. Each
language has its rules in one ``LanguageRules``; a language without rules links the names as they
are written, whatever their case, hyphens and spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .derivation import derived
from .folding import Folded, fold
from .german import german_name, split_compound
from .greek import respaced
from .inflection import Inflect, english_name
from .numerals import in_other_numerals
from .prefixes import rejoined
from .spellings import ENGLISH, Spelling, respell
from .word_order import around_of, around_type, inverted, turned

Way = Literal[
    "exact",
    "normalised",
    "inflected",
    "spelling",
    "reordered",
    "unqualified",
    "numeral",
    "inverted",
    "derived",
    "shortened",
    "head",
]
"""How a name was varied; ``exact`` is the name as the ontology writes it."""

WAYS: Final[tuple[Way, ...]] = (
    "exact",
    "normalised",
    "inflected",
    "spelling",
    "reordered",
    "unqualified",
    "numeral",
    "inverted",
    "derived",
    "shortened",
    "head",
)


Derive = Callable[[list[str]], Iterator[list[str]]]
"""Takes the words of a folded name and yields names with one of them exchanged."""


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """What the names of one language may do.

    Args:
        keep_marks: whether accents and umlauts tell words apart.
        greek_names: whether a lone Greek letter stands for its name.
        spell_umlauts: whether ä, ö, ü may be written ae, oe, ue.
        capital_nouns: whether nouns are written with a capital.
        inflect: the other forms of a name, given up to its head; None where there are none.
        spellings: national spellings.
        of: the word that joins a head to what modifies it, as in "cancer of the breast".
        articles: articles that may follow it.
        derive: the names with one word exchanged for another that means the same.
        rejoin: the name with its prefixes joined to their words, and apart.
        compounds: whether nouns are joined to one word, or with a hyphen as some write.
    """

    keep_marks: bool = True
    greek_names: bool = True
    spell_umlauts: bool = False
    capital_nouns: bool = False
    inflect: Inflect | None = None
    spellings: tuple[Spelling, ...] = ()
    of: str = ""
    articles: tuple[str, ...] = ()
    derive: Derive | None = None
    rejoin: Callable[[str], Iterator[str]] | None = None
    compounds: bool = False

    def fold(self, text: str) -> Folded:
        """Fold a text of the language for matching."""
        return fold(
            text,
            keep_marks=self.keep_marks,
            greek_names=self.greek_names,
            spell_umlauts=self.spell_umlauts,
        )


def variants(
    name: str, rules: LanguageRules, known: Collection[str] = (), *, thorough: bool = True
) -> Iterator[tuple[str, Way]]:
    """Yield the variants of a folded name, each with the way it came about.

    Args:
        name: the name, folded; two spaces stand where it has punctuation.
        rules: the rules of its language.
        known: folded words that may end a compound.
        thorough: whether its words may also change their order, or be exchanged for others.
    """
    yield name, "normalised"
    plain = " ".join(name.split())
    words = plain.split(" ")
    for base in _alike(plain, words, rules, known):
        yield from _written(base, "normalised", rules)
    if not thorough or len(words) == 1:
        return
    if rules.of:
        yield from _reordered(name, plain, words, rules)
    if rules.derive is not None:
        yield from _derived(words, rules, rules.derive)


def _alike(
    plain: str, words: list[str], rules: LanguageRules, known: Collection[str]
) -> Iterator[str]:
    """Yield a name with the spaces that it may or may not have inside a word."""
    yield plain
    if rules.greek_names:
        yield from respaced(plain)
    if rules.rejoin is not None:
        yield from rules.rejoin(plain)
    if rules.compounds and len(words) == 1:
        yield from split_compound(plain, known)


def _reordered(
    name: str, plain: str, words: list[str], rules: LanguageRules
) -> Iterator[tuple[str, Way]]:
    """Yield "breast cancer" for "cancer of the breast" and "cancer, breast", and the reverse."""
    for base in turned(name, plain):
        yield from _written(base, "reordered", rules)
        for other in around_of(base.split(" "), rules.of, rules.articles):
            yield from _written(other, "reordered", rules)
    for other in around_of(words, rules.of, rules.articles):
        yield from _written(other, "reordered", rules)
    for other in around_type(words):
        yield from _written(other, "reordered", rules)
    for other in inverted(words, rules.of):
        yield other, "inverted"


def _derived(words: list[str], rules: LanguageRules, derive: Derive) -> Iterator[tuple[str, Way]]:
    bases = [words]
    if rules.of in words:  # "ovarian cancer" for "cancer of ovary"
        bases += [turn.split(" ") for turn in around_of(words, rules.of, rules.articles)][:1]
    for base in bases:
        for other in derive(base):
            yield from _written(" ".join(other), "derived", rules)
            for turn in around_of(other, rules.of, rules.articles):
                yield turn, "derived"


def _written(base: str, way: Way, rules: LanguageRules) -> Iterator[tuple[str, Way]]:
    """Yield a name in other spellings and numerals, and each of them inflected."""
    words = base.split(" ")
    yield base, way
    if rules.inflect is None and not rules.spellings:  # as when only orders are asked for
        for numbered in in_other_numerals(words):
            yield " ".join(numbered), "numeral" if way == "normalised" else way
        return
    yield from _inflected(words, "inflected" if way == "normalised" else way, rules)
    for spelt in respell(words, rules.spellings):
        yield spelt, "spelling" if way == "normalised" else way
        yield from _inflected(spelt.split(" "), "inflected" if way == "normalised" else way, rules)
    for numbered in in_other_numerals(words):
        other: Way = "numeral" if way == "normalised" else way
        yield " ".join(numbered), other
        yield from _inflected(numbered, other, rules)


def _inflected(words: Sequence[str], way: Way, rules: LanguageRules) -> Iterator[tuple[str, Way]]:
    if rules.inflect is not None:
        for form in rules.inflect(words):
            yield form, way


def surfaces(label: str) -> Iterator[tuple[str, Way]]:
    """Yield other surface forms of a label, not folded: hyphens closed up, qualifier left out."""
    core = unqualified(label)
    if core != label:
        yield core, "unqualified"  # "nephrotic syndrome (disorder)"
    if "-" in core:
        yield _HYPHEN.sub("", core), "normalised"  # "nonsmall", and words cut by a line's end
    if "'" in core or "\u2019" in core:
        yield _POSSESSIVE.sub("s", core), "normalised"  # "Alzheimers disease"
    named = None if core.islower() else _NAMED.search(core)
    if named is not None:
        yield f"{core[: named.end(1)]}s{core[named.end(1) :]}", "normalised"


def has_coded_word(label: str) -> bool:
    """Return whether a label holds a word like "G-6PD", which texts write "G6PD" as often."""
    return "-" in label and _CODED.search(label) is not None


def unqualified(label: str) -> str:
    """Return a label without what only sorts it: "(disorder)", "[ambiguous]", "NOS"."""
    while label.endswith(_ENDINGS) and (core := _QUALIFIER.sub("", label)) != label and core:
        label = core
    return label


_CODED: Final = re.compile(
    r"(?<![\w-])(?=[\d-]*[A-Za-z])(?=[A-Za-z-]*\d)[A-Za-z\d]{1,4}(?:-[A-Za-z\d]{1,4})+(?![\w-])"
)
_HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_QUALIFIER: Final = re.compile(r"\s*(?:\([^()\d]{3,}\)|\[[^][\d]{3,}\]|,?\s+NOS|, unspecified)$")
_ENDINGS: Final = (")", "]", "NOS", "unspecified", "\n")  # of all that it leaves out
# A person's name before what is named after the person.
_NAMED: Final = re.compile(
    r"(?<!\S)(?!\S*(?:[ie]an|al|ic|ous|ary) )([A-Z][\w-]*[b-df-hj-rt-z]) "
    r"(?:disease|syndrome|chorea|sarcoma|lymphoma|tumou?r|anomaly|palsy|law|sign)\b"
)

RULES: Final[dict[str, LanguageRules]] = {
    "en": LanguageRules(
        keep_marks=False,
        inflect=english_name,
        spellings=ENGLISH,
        of="of",
        articles=("the",),
        derive=derived,
        rejoin=rejoined,
    ),
    "de": LanguageRules(
        spell_umlauts=True, capital_nouns=True, inflect=german_name, compounds=True
    ),
    "el": LanguageRules(greek_names=False),
}
"""The languages that have rules of their own."""


def rules_for(language: str) -> LanguageRules:
    """Return the rules of a language, given by its tag; plain ones where it has none."""
    return RULES.get(language.split("-")[0].lower(), LanguageRules())
