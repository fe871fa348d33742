"""The stretches of a text that may be linked, each with the concepts that it may be of."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .abbreviations import Definition, definitions, edits
from .concepts import LabelKind
from .link_weights import LinkWeights
from .mentions import Candidate, Mention
from .ranking import CONFUSABLE
from .rewriting import Edit, Rewritten
from .tagging import Chances
from .token_features import Token, covered, stem, token_features, tokens_of

if TYPE_CHECKING:
    from .proposing import Proposer

LEAST_CHANCE: Final = 0.03
"""How likely a stretch must be a mention to be looked at where no name was found."""

LIKE: Final = "like"
NAMED: Final = "named"
ABOVE: Final = "above"
LEARNT: Final = "learnt"
"""Whence a proposal comes: a name like the phrase, a name in the text, a concept above one of the
first proposals, the gold mentions with one of its words."""

_UNLIKELY: Final = 1e-4
_MOST_ALIKE: Final = 10
_CHUNK: Final = 64
_REMEMBERED: Final = 1 << 15
_FROM_ABOVE: Final = 2
_FROM_WORDS: Final = 3
_LEAST_SHARE: Final = 0.1


@dataclass(slots=True)
class Proposal:
    """A concept that a stretch may be of.

    Args:
        candidate: the concept, with the label that speaks for it.
        origin: where it comes from.
        standing: whether it stands for a concept below it (``in place``), cannot be expressed in
            the wanted vocabularies (``foreign``), or neither (``itself``).
        likeness: of its best name to the phrase in letters, between 0 and 1.
        share: of gold mentions with one of the words, how many are of the concept.
    """

    candidate: Candidate
    origin: str
    standing: str
    likeness: float = 0.0
    share: float = 0.0


@dataclass(slots=True)
class LinkSpan:
    """A stretch of a text that may be linked.

    Args:
        start: where it starts.
        end: where it ends.
        chance: how likely the tagger holds it for a mention.
        mention: what the linker found at this place, if anything.
        form: the stretch, folded.
        phrase: the stretch with its short forms written out.
        is_short: whether it holds short forms.
        words: the stemmed words of the phrase.
        count: how often the document has this phrase, 5 at most.
        around: how likely, at most, a longer, a shorter, and any other overlapping stretch is.
        proposals: the concepts, by IRI.
    """

    start: int
    end: int
    chance: float
    mention: Mention | None
    form: str = ""
    phrase: str = ""
    is_short: bool = False
    words: tuple[str, ...] = ()
    count: int = 1
    around: tuple[float, float, float] = (0.0, 0.0, 0.0)
    proposals: dict[str, Proposal] = field(default_factory=dict)


class SpanFinder:
    """Finds what may be linked: the names found, and what the tagger holds for mentions.

    Args:
        proposer: knows the names.
        instead: for concepts that cannot be expressed, the one to take; see ``nearest_with``.
    """

    def __init__(self, proposer: Proposer, instead: Mapping[str, str]) -> None:
        self.proposer = proposer
        self.lexicon = proposer.lexicon
        self.instead = instead
        self._words = lru_cache(_REMEMBERED)(self._stemmed)
        self._above = lru_cache(_REMEMBERED)(self._nearest_above)
        self._name = lru_cache(_REMEMBERED)(self._name_of)
        self._alike: dict[str, tuple[Candidate, ...]] = {}  # filled as phrases are met

    def __reduce__(self) -> tuple[type[SpanFinder], tuple[Proposer, Mapping[str, str]]]:
        """Pickle without what was remembered."""
        return SpanFinder, (self.proposer, self.instead)

    def tokens(self, text: str, mentions: Sequence[Mention]) -> tuple[list[Token], list[list[str]]]:
        """Return the tokens of a text and their features, for the tagger."""
        tokens = tokens_of(text)
        return tokens, token_features(tokens, mentions, self.proposer.heads)

    def __call__(
        self,
        text: str,
        mentions: Sequence[Mention],
        tokens: Sequence[Token],
        chances: Chances,
        *,
        extra: tuple[int, int] | None = None,
    ) -> list[LinkSpan]:
        """Return the stretches of a text that may be linked, by start.

        Args:
            text: the text.
            mentions: the names found in it.
            tokens: its tokens.
            chances: what the tagger says of them.
            extra: a stretch to add in any case.
        """
        spans = self._places(mentions, tokens, chances, extra)
        barred = [*self.lexicon.rules.fold(text).suspicious]
        barred += ((item.start, item.end) for item in flagged(mentions))
        ordered = [
            spans[place]
            for place in sorted(spans)
            if not any(start < place[1] and place[0] < end for start, end in barred)
        ]
        self._write_out(text, ordered)
        _look_around(ordered)
        for span, alike in zip(ordered, self._like(ordered), strict=True):
            self._propose(text, span, alike)
        return ordered

    def _places(
        self,
        mentions: Sequence[Mention],
        tokens: Sequence[Token],
        chances: Chances,
        extra: tuple[int, int] | None,
    ) -> dict[tuple[int, int], LinkSpan]:
        spans = {}
        for first, last, chance in chances.likely(LEAST_CHANCE):
            start, end = tokens[first].start, tokens[last].end
            spans[start, end] = LinkSpan(start, end, chance, None)
        places: list[tuple[int, int, Mention | None]] = [
            (item.start, item.end, item) for item in mentions if item.candidates
        ]
        if extra is not None:
            places.append((*extra, None))
        for start, end, mention in places:
            if (start, end) in spans:
                spans[start, end].mention = spans[start, end].mention or mention
                continue
            whole = covered(tokens, start, end)
            chance = _UNLIKELY if whole is None else max(_UNLIKELY, chances.of(*whole))
            spans[start, end] = LinkSpan(start, end, chance, mention)
        return spans

    def _write_out(self, text: str, spans: Sequence[LinkSpan]) -> None:
        """Set the phrase of each span, its words, and how often the document has it."""
        found = definitions(text)
        changes = sorted(edits(text, found)) if found else []
        starts = [edit.start for edit in changes]
        shorts = {(item.short_start, item.short_end): item for item in found}
        for span in spans:
            near = changes[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
            span.phrase, span.is_short = _phrase(text, span, near, shorts)
            span.words = self._words(span.phrase)
        counts = Counter(span.words for span in spans)
        for span in spans:
            span.count = min(5, counts[span.words])

    def _like(self, spans: Sequence[LinkSpan]) -> Iterator[tuple[Candidate, ...]]:
        """Yield the candidates for each span that have names like its phrase."""
        phrases = dict.fromkeys(span.phrase for span in spans)
        missing = [phrase for phrase in phrases if phrase not in self._alike]
        if len(self._alike) + len(missing) > _REMEMBERED:
            self._alike.clear()  # a service meets new phrases for ever
            missing = list(phrases)
        for first in range(0, len(missing), _CHUNK):
            part = missing[first : first + _CHUNK]
            found = self.proposer.candidates(part, _MOST_ALIKE, by_meaning=False)
            self._alike.update(zip(part, found, strict=True))
        for span in spans:
            yield self._alike[span.phrase]

    def _propose(self, text: str, span: LinkSpan, alike: Sequence[Candidate]) -> None:
        raw = text[span.start : span.end]
        span.form = form = " ".join(self.lexicon.rules.fold(raw).text.split())
        named = span.mention.candidates if span.mention is not None else ()
        for origin, candidates in ((NAMED, named), (LIKE, alike)):
            for candidate in candidates:
                iri = self.instead.get(candidate.iri)
                standing = "itself" if iri is None else "in place" if iri else "foreign"
                moved = candidate._replace(iri=iri) if iri else candidate
                if self.lexicon.is_forbidden(moved.iri, form):
                    continue
                known = span.proposals.setdefault(moved.iri, Proposal(moved, origin, standing))
                if origin == LIKE:
                    known.likeness = max(known.likeness, candidate.score)
        for first in list(span.proposals.values())[:_FROM_WORDS]:
            for iri in self._above(first.candidate.iri):
                if iri not in span.proposals and not self.lexicon.is_forbidden(iri, form):
                    candidate = first.candidate._replace(iri=iri)
                    likeness = first.likeness
                    span.proposals[iri] = Proposal(candidate, ABOVE, ABOVE, likeness)

    def learn(self, span: LinkSpan, weights: LinkWeights) -> dict[str, Proposal]:
        """Return the proposals of a span with those that gold mentions with its words suggest."""
        shares: dict[str, float] = {}
        for word in dict.fromkeys(span.words):
            for iri, share in weights.words.get(word, {}).items():
                shares[iri] = max(shares.get(iri, 0.0), share)
        known = {
            iri: replace(item, share=shares.get(iri, 0.0)) for iri, item in span.proposals.items()
        }
        likely = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:_FROM_WORDS]
        for iri, share in likely:
            if iri not in known and share > _LEAST_SHARE and self._may_link(span, iri):
                name = self._name(iri)
                candidate = Candidate(iri, name, LabelKind.PREFERRED, 0.0, LEARNT)
                known[iri] = Proposal(candidate, LEARNT, LEARNT, share=share)
        return known

    def _may_link(self, span: LinkSpan, iri: str) -> bool:
        if not self._name(iri):
            return False  # learnt with another ontology
        return not self.lexicon.is_forbidden(iri, span.form)

    def _name_of(self, iri: str) -> str:
        """Return the preferred label of a concept; empty where there is none such."""
        number = bisect_left(self.lexicon.iris, iri)
        known = number < len(self.lexicon.iris) and self.lexicon.iris[number] == iri
        return self.lexicon.name(iri) if known else ""

    def label_words(self, label: str) -> tuple[str, ...]:
        """Return the stemmed words of a label."""
        return self._words(label)

    def _stemmed(self, phrase: str) -> tuple[str, ...]:
        folded = self.lexicon.rules.fold(phrase).text
        return tuple(map(stem, folded.replace("-", " ").split()))

    def _nearest_above(self, iri: str) -> tuple[str, ...]:
        """Return the two most special concepts above one that can be expressed."""
        closure, iris = self.lexicon.closure, self.lexicon.iris
        above = (iris[number] for number in closure(iri))
        known = [other for other in above if other != iri and other not in self.instead]
        known.sort(key=lambda other: (-len(closure(other)), other))
        return tuple(known[:_FROM_ABOVE])


def flagged(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that hold look-alike letters, and those that overlap one."""
    barred = [
        (item.start, item.end)
        for item in mentions
        if item.candidates and item.candidates[0].way == CONFUSABLE
    ]
    if not barred:
        return []
    return [
        item
        for item in mentions
        if any(start < item.end and item.start < end for start, end in barred)
    ]


def _phrase(
    text: str,
    span: LinkSpan,
    changes: Sequence[Edit],
    shorts: Mapping[tuple[int, int], Definition],
) -> tuple[str, bool]:
    defined = shorts.get((span.start, span.end))
    if defined is not None:
        return text[defined.long_start : defined.long_end], True
    inside = [
        edit._replace(start=edit.start - span.start, end=edit.end - span.start)
        for edit in changes
        if edit.end <= span.end
    ]
    raw = text[span.start : span.end]
    return (Rewritten(raw, inside).text, True) if inside else (raw, False)


def _look_around(spans: Sequence[LinkSpan]) -> None:
    """Set how likely the stretches are that overlap each one."""
    starts = [span.start for span in spans]
    longest = max((span.end - span.start for span in spans), default=0)
    for number, span in enumerate(spans):
        longer = shorter = other = 0.0
        first = bisect_left(starts, span.start - longest)
        for place in range(first, bisect_left(starts, span.end)):
            near = spans[place]
            if place == number or near.end <= span.start:
                continue
            other = max(other, near.chance)
            if near.start <= span.start and span.end <= near.end:
                longer = max(longer, near.chance)
            if span.start <= near.start and near.end <= span.end:
                shorter = max(shorter, near.chance)
        span.around = longer, shorter, other
