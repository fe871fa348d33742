"""Whether a text affirms what it mentions, and whether of here and now.

``assert_mentions`` marks each mention that a text denies ("no evidence of asthma"), dates back
("history of asthma"), supposes ("risk of asthma") or says of the family ("his father had asthma").
Which phrases do so is in ``assertion_rules`` and the table of each language, how they reach their
mentions in ``assertion_scopes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, get_args

import daachorse

from .assertion_english import ENGLISH
from .assertion_german import GERMAN
from .assertion_rules import AssertionRules, Mark
from .assertion_scopes import Armed, Reading, Words
from .mentions import Mention, Sense

_RULES: Final = {"en": ENGLISH, "de": GERMAN}

# Latin-1 with one byte for each character keeps the offsets; what it lacks becomes a space.
_LETTERS: Final = b"".join(
    (lower if lower.isalnum() else " ").encode("latin-1")
    for lower in (chr(code).lower() for code in range(256))
)
_SENSES: Final[tuple[Sense, ...]] = get_args(Sense)


class Assertion:
    """Marks mentions as negated, historical, hypothetical or of the family.

    One automaton finds the triggers, whatever their case. A trigger marks the mentions on its side
    that stand in its scope and in the same sentence; a mention inside another one is marked with
    it. A trigger that is part of a mention marks nothing, but for the "non" of "non-Hodgkin
    lymphoma", which denies the Hodgkin lymphoma inside. The time is linear in any text.

    Args:
        rules: the rules of a language; ``for_language`` knows those there are.
    """

    def __init__(self, rules: AssertionRules) -> None:
        self.rules = rules
        self._words = Words.of(rules)
        armed: dict[bytes, list[Armed]] = {}
        for trigger in rules.triggers:
            for form in _forms(trigger.phrase):
                own = armed.setdefault(form, [])
                if trigger.mark is not None:
                    own.append(Armed.of(trigger))
        self._armed = list(armed.values())
        self._automaton = daachorse.DoubleArrayAhoCorasick(list(armed))
        # How far before and after a mention the triggers that mark it may stand, with their length.
        reaches = [
            (own.before, own.farthest + len(form)) for form, found in armed.items() for own in found
        ]
        self._ahead = max((reach for before, reach in reaches if before), default=0)
        self._behind = max((reach for before, reach in reaches if not before), default=0)

    @staticmethod
    def for_language(language: str) -> Assertion | None:
        """Return the rules at work for a language, given as a BCP 47 tag; None if it has none."""
        return _for_language(language.split("-")[0].lower())

    def __call__(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the mentions of a text with ``polarity`` and ``senses`` set.

        Args:
            text: the document.
            mentions: its mentions, by start, the longer first.
        """
        if not mentions:
            return []
        ends = [mention.end for mention in mentions]
        begin = max(0, mentions[0].start - self._ahead)
        near = _folded(text[begin : max(ends) + self._behind])
        hits = self._automaton.find_overlapping_no_suffix(near)
        marked = list(mentions)
        if hits:
            reading = Reading(self._words, text, [mention.start for mention in mentions], ends)
            reading.read(hits, self._armed, begin)
            for number, marks in reading.marks.items():
                marked[number] = _marked(mentions[number], marks)
        return marked


@lru_cache(maxsize=64)
def _for_language(language: str) -> Assertion | None:
    rules = _RULES.get(language)
    return None if rules is None else Assertion(rules)


def assert_mentions(text: str, mentions: Sequence[Mention], language: str) -> list[Mention]:
    """Return the mentions of a text with ``polarity`` and ``senses`` set.

    In a language without rules they stay as they are: affirmed.

    Args:
        text: the document.
        mentions: its mentions, by start, the longer first, as the linker returns them.
        language: the language of the text as a BCP 47 tag.
    """
    assertion = Assertion.for_language(language)
    return list(mentions) if assertion is None else assertion(text, mentions)


def _folded(text: str) -> bytes:
    """Return a text in small letters and spaces, one byte for each character, padded by spaces."""
    return f" {text} ".encode("latin-1", "replace").translate(_LETTERS)


def _forms(phrase: str) -> Iterator[bytes]:
    """Yield a phrase as it stands in folded text, also with a line break of two characters."""
    parts = _folded(phrase).split()
    form = b" " + b" ".join(parts) + b" "
    yield form
    gaps = [number for number in range(1, len(form) - 1) if form[number : number + 1] == b" "]
    for gap in gaps:
        yield form[:gap] + b" " + form[gap:]


def _marked(mention: Mention, marks: set[Mark]) -> Mention:
    senses = mention.senses
    if len(marks) > ("negated" in marks):
        senses = tuple(sense for sense in _SENSES if sense in marks or sense in senses)
    polarity = "negated" if "negated" in marks else mention.polarity
    return mention._replace(polarity=polarity, senses=senses)
