"""What texts leave out of a name: "Lesch-Nyhan", "myotonic dystrophy", "tumor"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, Literal

from .folded_labels import FoldedLabel

Shortened = Literal["shortened", "head"]
Ancestors = Callable[[int], frozenset[int]]
"""Returns the ancestors of a concept, itself left out."""

_TYPE: Final = re.compile(
    r"(.+\w)  ?(?:type|form|variant) ?(?:\d+|[ivx]+|[a-h])? ?[a-h]?|(.+\w)  ?(?:1|i|a)"
)
_TYPES: Final = ("type", "form", "variant")
_BREAKS: Final = re.compile(r"[\s-]+")
_LEAST_LETTERS: Final = 8
_INHERITED: Final = frozenset(
    (
        *("hereditary", "familial", "inherited", "heritable", "congenital", "idiopathic"),
        *("classic", "classical"),
    )
)
_HEAD_LEAST: Final = 20
_HEAD_SHARE: Final = 0.5
_GENERIC_SHARE: Final = 0.02
_GENERIC_BELOW: Final = 0.2
_PARTICLES: Final = frozenset(("von", "van", "de", "der", "den", "la", "le", "du", "and", "x"))


def shortened(
    names: Sequence[FoldedLabel],
    claimed: Collection[str],
    ancestors: Ancestors,
    *,
    barred: Collection[int] = (),
) -> Iterator[tuple[str, int, Shortened]]:
    """Yield short forms of names that no other name claims.

    - The number of a type is left out: "myotonic dystrophy type 1".
    - The general noun after a proper name is left out: "Lesch-Nyhan syndrome"; the proper name
      must have two parts, since one may be a word of its own ("Down syndrome").
    - That something is inherited, or without known cause, is left out: "hereditary breast ovarian
      cancer".
    - The last word of many names stands for the lowest concept of which most of them are kinds,
      if that concept has a name that ends in it: "tumor" for what is also a "malignant tumor".

    A form is yielded only where it stands for one concept, or for one that is above all the others
    it might stand for.

    Args:
        names: the names.
        claimed: the forms that are names in their own right, or variants of one.
        ancestors: the ancestors of each concept, itself left out.
        barred: concepts that must not be linked by such a form.
    """
    short: dict[str, list[FoldedLabel]] = defaultdict(list)
    last = _last_words(names)
    common = {word for name in names for word in name.text.split() if word.islower()}
    nouns = {word for word, count in last.items() if count >= _HEAD_LEAST}
    for name in names:
        for form in _short_forms(name, nouns, common):
            if form not in claimed and len(form) >= _LEAST_LETTERS:
                short[form].append(name)
    for form in sorted(short):
        best = _only(short[form], ancestors)
        if best is not None and best.concept not in barred:
            yield form, best.number, "shortened"
    yield from _heads(names, nouns.difference(claimed), ancestors, barred)


def generic(names: Sequence[FoldedLabel], ancestors: Ancestors) -> Iterator[FoldedLabel]:
    """Yield the names of one word that end the names of very many concepts, most of other kinds.

    "Syndrome" may be a concept of its own, but in a text it is a part of hundreds of names that
    are not below it, and of names that the ontology does not know. Very many are a fiftieth of all
    concepts, and twenty at least.
    """
    last = _last_words(names)
    least = max(_HEAD_LEAST, _GENERIC_SHARE * len({name.concept for name in names}))
    short = [name for name in names if last[name.folded] >= least]
    named: dict[str, set[int]] = {name.folded: set() for name in short}
    for other in names:
        before, _, head = other.folded.rpartition(" ")
        if before and head in named:
            named[head].add(other.concept)
    for name in short:
        concepts = named[name.folded]
        below = sum(name.concept in ancestors(concept) for concept in concepts)
        if below < _GENERIC_BELOW * len(concepts):
            yield name


def _short_forms(
    name: FoldedLabel, nouns: Collection[str], common: Collection[str]
) -> Iterator[str]:
    typed = _TYPE.fullmatch(name.folded) if _may_be_typed(name.folded) else None
    if typed is not None:
        stem = typed.group(1) or typed.group(2)
        if " " in stem:
            yield stem
    words = name.folded.split(" ")
    if len(words) > 2 and words[0] in _INHERITED:
        yield " ".join(words[1:])
    if len(words) > 2 and words[-1] in nouns and _is_proper(name.text, common):
        yield " ".join(words[:-1])


def _may_be_typed(folded: str) -> bool:
    """Return whether the search for a type is worth its time."""
    return folded.endswith((" 1", " i", " a")) or any(map(folded.__contains__, _TYPES))


def _is_proper(label: str, common: Collection[str]) -> bool:
    """Return whether all of a label but its last word is a proper name: "von Hippel-Lindau".

    Some ontologies write each word of a label with a capital; a word that stands in small letters
    elsewhere is no proper name.
    """
    if label.islower():
        return False
    words = _BREAKS.split(label.strip())[:-1]
    capitals = [word for word in words if word[:1].isupper() and word[1:2].islower()]
    rest = [word for word in words if word not in capitals]
    return (
        len(capitals) >= 2
        and all(word.lower() in _PARTICLES for word in rest)
        and not any(word.lower() in common for word in capitals)
    )


def _only(names: Iterable[FoldedLabel], ancestors: Ancestors) -> FoldedLabel | None:
    """Return the name to take; None if there is no telling.

    It is that of the only concept, of the concept above all the others, or of the concept that is
    called so most often.
    """
    found: dict[int, FoldedLabel] = {}
    counts: Counter[int] = Counter()
    for name in names:
        found.setdefault(name.concept, name)
        counts[name.concept] += 1
    for concept, name in found.items():
        if all(other == concept or concept in ancestors(other) for other in found):
            return name
    (concept, most), (_, second) = counts.most_common(2)
    return found[concept] if most > second else None


def _last_words(names: Sequence[FoldedLabel]) -> Counter[str]:
    found = {
        (name.folded.rsplit(" ", 1)[-1], name.concept)
        for name in names
        if " of " not in name.folded
    }
    return Counter(word for word, _ in found if len(word) > 3 and word.isalpha())


def _heads(
    names: Sequence[FoldedLabel],
    heads: Collection[str],
    ancestors: Ancestors,
    barred: Collection[int],
) -> Iterator[tuple[str, int, Shortened]]:
    by_head: dict[str, list[FoldedLabel]] = defaultdict(list)
    for name in names:
        head = name.folded.rsplit(" ", 1)[-1]
        if head in heads and " of " not in name.folded:
            by_head[head].append(name)
    for head in sorted(by_head):
        concepts = {name.concept for name in by_head[head]}
        above = Counter(parent for concept in concepts for parent in (concept, *ancestors(concept)))
        covering = [
            (above[name.concept], name.number, name)
            for name in by_head[head]
            if above[name.concept] >= _HEAD_SHARE * len(concepts) and name.concept not in barred
        ]
        if covering:
            yield head, min(covering)[2].number, "head"
