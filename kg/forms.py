"""The forms of a name: all the ways in which a text may write it.

A lexicon does not keep its forms, of which a name has a dozen. It keeps how the words of a name may
be ordered, and makes the forms of a name again when a text seems to have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from .guards import Guard, guard_of
from .numerals import in_other_numerals
from .variants import LanguageRules, Way, has_coded_word, rules_for, surfaces, variants

_ANY: Final = "#"  # a word that no rule changes
_LIGHT: Final = frozenset(("normalised", "inflected", "spelling"))
_AS_WRITTEN: Final = frozenset((Guard.CASED, Guard.NOUN, Guard.STOP))


@dataclass(frozen=True, slots=True)
class Forms:
    """Makes the forms of the names of one ontology in one language.

    Args:
        language: a BCP 47 tag.
        vary: whether names may be inflected, respelt and reordered.
        stop: the folded stop words of the language.
        shouting: whether the ontology writes its labels in capitals.
        known: folded words that may end a compound.
    """

    language: str
    vary: bool
    stop: frozenset[str]
    shouting: bool
    known: frozenset[str] = frozenset()
    rules: LanguageRules = field(init=False)
    _orders: LanguageRules = field(init=False)

    def __post_init__(self) -> None:
        rules = rules_for(self.language)
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "_orders", replace(rules, inflect=None, spellings=()))

    def fold(self, text: str) -> str:
        """Return a text folded as the names of the language are."""
        return self.rules.fold(text).text.strip()

    def guard(self, text: str, name: str) -> tuple[Guard, str]:
        """Return how a label is guarded, and why it should be looked at; see ``guard_of``."""
        return guard_of(
            text,
            name,
            self.stop,
            shouting=self.shouting,
            capital_nouns=self.rules.capital_nouns,
        )

    def of(self, text: str, name: str, guard: Guard) -> Iterator[tuple[str, Way]]:
        """Yield the forms of a label, each with the way that it was varied; the first one counts.

        Args:
            text: the label as the ontology writes it.
            name: the label, folded.
            guard: how the label is guarded.
        """
        return self._made(text, name, guard, self.rules)

    def orders(self, text: str, name: str, guard: Guard) -> set[str]:
        """Return the forms of a label that do not differ just in related words.

        Each form is one of these, with some of its words exchanged for ``related`` ones.
        """
        return {form for form, _ in self._made(text, name, guard, self._orders)}

    def of_short(self, short: str) -> Iterator[str]:
        """Yield the forms of a folded name from which something was left out."""
        return (form for form, way in variants(short, self.rules) if way in _LIGHT)

    def short_orders(self, short: str) -> set[str]:
        """Return the forms of such a name that do not differ just in related words."""
        return {form for form, way in variants(short, self._orders) if way in _LIGHT}

    def _made(
        self, text: str, name: str, guard: Guard, rules: LanguageRules
    ) -> Iterator[tuple[str, Way]]:
        yield name, "normalised"
        if guard is Guard.CASED and name.isalpha():
            yield name + "s", "inflected"
        if guard in _AS_WRITTEN:
            yield " ".join(name.split()), "normalised"
            return
        if not self.vary:
            return
        others = tuple(surfaces(text))
        if any(way == "unqualified" for _, way in others):
            yield " ".join(name.split()), "normalised"
        else:
            yield from variants(name, rules, self.known)
        for surface, surface_way in others:
            alternative = self.fold(surface)
            # What is left of "COLD (chronic obstructive lung disease)" is not safe to look for.
            if self.guard(surface, alternative)[0] is Guard.FREE:
                unqualified = surface_way == "unqualified"
                thorough = unqualified or has_coded_word(text)
                for form, way in variants(alternative, rules, thorough=thorough):
                    yield form, surface_way if unqualified else way

    def related(self, word: str) -> set[str]:
        """Return the words that a variation puts in the place of a word, and the word itself.

        They are the word in other spellings, inflected as a head and as a modifier, a numeral in
        the other numerals, and what means the same.
        """
        if not self.vary or not word:
            return {word}
        rules = self.rules
        found = {word, *(spelling(word) for spelling in rules.spellings)}
        found.update(other[1] for other in in_other_numerals((_ANY, word)))
        if rules.inflect is not None:
            for base in tuple(found):
                found.update(rules.inflect([base]))
                # As a head, and before heads in all their forms.
                for form in (*rules.inflect([base, base]), *rules.inflect([base, _ANY])):
                    first, _, last = form.partition(" ")
                    found |= {first, last}
        if rules.derive is not None:
            for pair in (*rules.derive([word, _ANY]), *rules.derive([_ANY, word])):
                if len(pair) == 2:
                    found.update(pair)
        return {other for other in found if " " not in other and other != _ANY}
