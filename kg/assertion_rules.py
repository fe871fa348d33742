"""What the words that negate, date back, suppose or turn to the family look like, per language.

A table of triggers in the manner of NegEx (Chapman et al. 2001,
https://doi.org/10.1006/jbin.2001.1029) and ConText (Harkema et al. 2009,
https://doi.org/10.1016/j.jbi.2009.05.002). There a trigger reaches to the end of its sentence; the
sentences of abstracts are long, and most of what stands in them after a "no" is not denied. So
each trigger has a scope here that says which words it reaches across.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Mark = Literal["negated", "historical", "hypothetical", "family"]
"""What a trigger says of a mention."""

Side = Literal["before", "after"]
"""Where a trigger stands, seen from the mention."""

NUMBER: Final = "#"
"""Stands for any number in the words of a scope."""

_CHOICE: Final = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which words may stand between a trigger and a mention that it marks.

    Args:
        only: if given, all of the words must be among these.
        stops: none of them may be among these.
        needs: if given, one of them must be among these, up to the first mention.
        most_words: how many there may be.
        commas: which commas may stand between them: none, those of a list that ends in "or" (one
            that ends in "and" is seldom all denied), or any.
        colon: whether a colon stands between them: it must where the trigger comes first ("family
            history: X"), it may where it comes last ("X: negative").
        spreads: whether the scope goes on in a list: "no X, Y or Z".
        subject: whether the mention must be the subject, as it is not in "the cause of X was not
            found".
        whole: whether the mention must be the whole noun: "no diabetes", not "no diabetes drug".
        prefix: whether the trigger is part of the word, as "non-", and may be part of a mention
            as well; then it marks what starts right after it inside.
    """

    only: frozenset[str] | None = None
    stops: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    most_words: int = 6
    commas: Literal["none", "or", "any"] = "none"
    colon: bool = False
    spreads: bool = False
    subject: bool = False
    whole: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Trigger:
    """A phrase that marks the mentions before or after it.

    Args:
        phrase: as texts write it; if it holds a slash or a capital, it is found only so written.
        mark: what it says of them; None for a phrase that only looks like a trigger.
        side: where it stands, seen from the mention.
        scope: how far it reaches.
    """

    phrase: str
    mark: Mark | None
    side: Side
    scope: Scope


@dataclass(frozen=True, slots=True)
class AssertionRules:
    """The rules of one language.

    Args:
        triggers: the triggers; of those that overlap, only the longest counts.
        joined_heads: words of which "evidence" is one: an "of" after them stops no scope.
        joints: what that "of" may be.
        followers: words that may follow a mention that is the whole noun; None where nouns are
            joined in writing, so that it always is.
        endings: how other words end that may follow it.
        prepositions: words after which no subject stands.
        verbs: words before which another clause ends.
        conjunctions: the words for "and".
        alternatives: the words for "or".
    """

    triggers: tuple[Trigger, ...] = ()
    joined_heads: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()
    followers: frozenset[str] | None = None
    endings: tuple[str, ...] = ()
    prepositions: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    conjunctions: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


def words(*lists: str) -> frozenset[str]:
    """Return the words of some lists, which are written with spaces between."""
    return frozenset(itertools.chain.from_iterable(part.split() for part in lists))


def phrases(pattern: str) -> Iterator[str]:
    """Yield the phrases of a pattern such as "(no|without) (clinical|) evidence"."""
    pieces = _CHOICE.split(pattern)
    choices = [piece.split("|") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    for chosen in itertools.product(*choices):
        yield " ".join("".join(chosen).split())


def triggers(mark: Mark | None, side: Side, scope: Scope, *patterns: str) -> tuple[Trigger, ...]:
    """Return a trigger for each phrase of some patterns."""
    return tuple(
        Trigger(phrase, mark, side, scope) for pattern in patterns for phrase in phrases(pattern)
    )
