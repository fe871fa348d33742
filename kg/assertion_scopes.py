"""How far a trigger reaches: from the phrase to the mentions that it marks, in one text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from .assertion_rules import NUMBER, AssertionRules, Mark, Scope, Trigger
from .sentences import first_break

_FARTHEST: Final = 160
_LOOK_BACK: Final = 80
_GOES_ON: Final = frozenset(" -\n\t\r\xa0")
_LONGEST_WORD: Final = 32
_ENDS_SENTENCE: Final = re.compile(r"[.!?\n\u2026\u3002\uff01\uff1f]")
_ENDS_CLAUSE: Final = re.compile(r"[;:()\[\]{}<>|=]")
_CLAUSE_BREAK: Final = re.compile(r"[.,;:()\[\]!?\n]")
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)")
_COLON: Final = re.compile(r"\s*:\s*")
_WORD: Final = re.compile(r"\w+")
_NEXT_WORD: Final = re.compile(r"(\s*)(-?)\s*(\w+)")

Match = Callable[[str], re.Match[str] | None]


class Armed(NamedTuple):
    """A trigger with what is known of it before any text is seen.

    Args:
        mark: what it says of mentions.
        before: whether it stands before them.
        scope: how far it reaches.
        farthest: the most characters from it to the first of them.
        written: how it must stand in the text; empty where any form will do.
    """

    mark: Mark
    before: bool
    scope: Scope
    farthest: int
    written: str

    @classmethod
    def of(cls, trigger: Trigger) -> Armed:
        """Arm a trigger that is not a mere look-alike."""
        assert trigger.mark is not None
        before, phrase = trigger.side == "before", trigger.phrase
        # After a mention there may be its short form in brackets.
        farthest = 11 * trigger.scope.most_words + (12 if before else 32)
        written = phrase if "/" in phrase or not phrase.islower() else ""
        return cls(trigger.mark, before, trigger.scope, min(farthest, _FARTHEST), written)


class Words(NamedTuple):
    """The words of a language that shape a scope, and the patterns made of them.

    Args:
        rules: where they are from.
        continues: matches what a list goes on with after a mention.
        joins: matches what stands between the last two of a list.
        ends_list: finds the comma and the "and" before the last of a list.
    """

    rules: AssertionRules
    continues: Match
    joins: Match
    ends_list: Match

    @classmethod
    def of(cls, rules: AssertionRules) -> Words:
        """Compile the patterns of a language."""
        ands = "|".join(map(re.escape, rules.conjunctions))
        joined = "|".join(map(re.escape, (*rules.conjunctions, *rules.alternatives)))
        ignore = re.IGNORECASE
        return cls(
            rules,
            re.compile(rf"\s*\)?\s*(?:\(|/|,?\s*(?:{joined})\b|,)", ignore).match,
            re.compile(rf"\s*,?\s*(?:{joined})\s+|\s*/\s*", ignore).fullmatch,
            re.compile(rf",\s*(?:{ands})\b", ignore).search,
        )


class Reading:
    """One text as its triggers are read: its mentions, and the marks that they have so far.

    Args:
        words: the words of its language.
        text: the text.
        starts: where its mentions start, in order; of those that start together the longest first.
        ends: where they end.
    """

    __slots__ = ("_reach", "_starts", "_text", "_words", "marks")

    def __init__(self, words: Words, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.marks: dict[int, set[Mark]] = {}
        """The marks of each mention that has any, by its number."""
        self._words = words
        self._text = text
        self._starts = starts
        # How far the mentions up to each one reach: where a group of nested ones ends.
        self._reach = list(accumulate(ends, max))

    def read(self, hits: list[tuple[int, int, int]], armed: list[list[Armed]], shift: int) -> None:
        """Mark what is in the scope of each trigger.

        Args:
            hits: where the triggers stand, as start, end and number, by end; the spaces on either
                side are part of a hit.
            armed: the triggers by number.
            shift: where in the text the stretch begins that was searched, with a space before it.
        """
        starts, reach = self._starts, self._reach
        leftmost = hits[-1][1]
        for begin, stop, number in reversed(hits):
            if begin >= leftmost:
                continue  # part of a longer trigger
            leftmost = begin
            start, end = shift + begin, shift + stop - 2
            for mark, before, scope, farthest, written in armed[number]:
                if written and not self._is_written(written, start):
                    continue
                if not before:
                    near = bisect_left(starts, start)
                    if near and 0 <= start - reach[near - 1] <= farthest:
                        self._mark_preceding(mark, scope, near, start)
                    continue
                near = bisect_left(starts, end)
                if near == len(starts) or starts[near] - end > farthest:
                    continue
                if scope.prefix:
                    self._mark_prefixed(mark, near, end)
                elif not near or reach[near - 1] <= start:  # or else it is part of a mention
                    self._mark_following(mark, scope, near, end)

    def _is_written(self, phrase: str, start: int) -> bool:
        found = self._text[start : start + len(phrase)]
        return phrase == (found.lower() if phrase.islower() else found)

    def _mark_following(self, mark: Mark, scope: Scope, first: int, end: int) -> None:
        """Mark the mentions after a trigger, as far as its scope reaches."""
        starts, reach = self._starts, self._reach
        position, listed = end, False
        while first < len(starts) and starts[first] - end <= _FARTHEST:
            if not self._crosses(scope, position, starts[first], listed=listed):
                return
            last = first + 1
            while last < len(starts) and starts[last] < reach[last - 1]:
                last += 1
            if scope.whole and not self._is_whole(reach[last - 1]):
                return
            self._mark(mark, first, last)
            if not scope.spreads:
                return
            position, first, listed = reach[last - 1], last, True

    def _mark_prefixed(self, mark: Mark, first: int, end: int) -> None:
        """Mark the mentions that start right after a prefix, but not those inside them."""
        starts = self._starts
        if self._text[end : starts[first]] in ("-", " "):
            last = first
            while last < len(starts) and starts[last] == starts[first]:
                last += 1
            self._mark(mark, first, last)

    def _mark_preceding(self, mark: Mark, scope: Scope, last: int, begin: int) -> None:
        """Mark the mention right before a trigger, and the list that it ends."""
        starts, reach = self._starts, self._reach
        if not self._leads_to(scope, reach[last - 1], begin):
            return
        joined = False
        while True:
            first = last - 1
            while first and reach[first - 1] > starts[first]:
                first -= 1
            if scope.subject and not joined and not self._is_subject(starts[first]):
                return
            self._mark(mark, first, last)
            if not first or not scope.spreads or begin - reach[first - 1] > _FARTHEST:
                return
            gap = self._text[reach[first - 1] : starts[first]]
            # The commas of "X, Y and Z were absent" are known by the "and" that comes later.
            if self._words.joins(gap):
                joined = True
            elif not (joined and gap.strip() == ","):
                return
            last = first

    def _mark(self, mark: Mark, first: int, last: int) -> None:
        marks = self.marks
        for number in range(first, last):
            if number in marks:
                marks[number].add(mark)
            else:
                marks[number] = {mark}

    def _crosses(self, scope: Scope, start: int, stop: int, *, listed: bool) -> bool:
        """Return whether a scope reaches from a trigger, or the mention before, to the next."""
        gap = self._text[start:stop]
        if listed or scope.colon:
            found = self._words.continues(gap) if listed else _COLON.match(gap)
            if found is None:
                return False
            gap = gap[found.end() :]
        return self._is_open(scope, gap, start, stop, listed=listed)

    def _leads_to(self, scope: Scope, start: int, stop: int) -> bool:
        """Return whether a scope reaches from a trigger back to the mention before it."""
        gap = self._text[start:stop]
        if "(" in gap:
            gap = _IN_BRACKETS.sub(" ", gap)
        if scope.colon:
            gap = gap.replace(":", " ")
        return self._is_open(scope, gap, start, stop, listed=False)

    def _is_open(self, scope: Scope, gap: str, start: int, stop: int, *, listed: bool) -> bool:
        """Return whether nothing in a gap, or what is left of it, ends a scope."""
        if stop - start == 1 and gap == " ":  # as it mostly is
            return not scope.needs
        if gap.count(" ") > scope.most_words + 4 or _ENDS_CLAUSE.search(gap):
            return False
        between = _WORD.findall(gap.lower())
        if len(between) > scope.most_words or not self._allows(scope, between, listed=listed):
            return False
        if "," in self._text[start:stop] and not self._may_be_listed(scope, start, stop):
            return False
        return not (_ENDS_SENTENCE.search(gap) and first_break(self._text, start, stop) >= 0)

    def _allows(self, scope: Scope, between: list[str], *, listed: bool) -> bool:
        """Return whether these words may stand in a scope."""
        if scope.needs and not listed and scope.needs.isdisjoint(between):
            return False
        if scope.only is not None:
            return all((NUMBER if word.isdigit() else word) in scope.only for word in between)
        if scope.stops.isdisjoint(between):
            return True
        # Each word that would stop it must be the "of" of "evidence of".
        rules = self._words.rules
        return all(
            word not in scope.stops or (word in rules.joints and before in rules.joined_heads)
            for before, word in zip(["", *between], between, strict=False)
        )

    def _may_be_listed(self, scope: Scope, start: int, stop: int) -> bool:
        """Return whether a scope goes on across the commas that stand here."""
        if scope.commas != "or":
            return scope.commas == "any"
        if self._words.ends_list(self._text[start:stop]):
            return False
        for word in _WORD.findall(self._text[start : stop + _FARTHEST].lower()):
            if word in self._words.rules.alternatives:
                return True
            if word in scope.stops:
                return False
        return False

    def _is_subject(self, start: int) -> bool:
        """Return whether what starts here may be the subject of its clause."""
        rules = self._words.rules
        clause = _CLAUSE_BREAK.split(self._text[max(0, start - _LOOK_BACK) : start])[-1]
        before = _WORD.findall(clause.lower())
        for number in range(len(before) - 1, -1, -1):
            word = before[number]
            if word in rules.prepositions:
                return word in rules.joints and before[max(0, number - 1)] in rules.joined_heads
            if word in rules.verbs:
                return True
        return True

    def _is_whole(self, end: int) -> bool:
        """Return whether a noun ends with the mention that ends here."""
        if self._text[end : end + 1] not in _GOES_ON:
            return True
        found = _NEXT_WORD.match(self._text, end, end + _LONGEST_WORD)
        if found is None:
            return True
        space, hyphen, word = found.groups()
        rules = self._words.rules
        if "\n" in space and first_break(self._text, end, found.start(3)) >= 0:
            return True
        if hyphen or rules.followers is None:
            return not hyphen or bool(space)
        word = word.lower()
        return word in rules.followers or word.isdigit() or word.endswith(rules.endings)
