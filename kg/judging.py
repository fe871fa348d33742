"""Judge links by what was learnt from gold mentions: which stretches, which concepts, or none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import exp
from typing import TYPE_CHECKING, Final, NamedTuple

from .link_features import LinkFeatures
from .link_spans import LinkSpan, SpanFinder, flagged
from .link_weights import LinkWeights
from .mentions import NIL, Candidate, Mention, nest

if TYPE_CHECKING:
    from .proposing import Proposer

_LEAST_NIL: Final = 0.5
_LEAST_GAIN: Final = 1e-9
# Of the score of the best: from a tenth to two fifths leave as many links right on held-out parts
# of NCBI-disease's training set.
_LEAST_SHARE: Final = 0.25


class Judged(NamedTuple):
    """A stretch with its candidates, best first, each scored by how likely it is right."""

    span: LinkSpan
    candidates: tuple[Candidate, ...]


class Judge:
    """Decides on links by weights that were learnt from gold mentions.

    To the names that were found come the stretches that a tagger holds for mentions. Each concept
    that one may be of is scored by how likely the link is right,

        p = 1 / (1 + exp(-sum over features f of w[f] * value of f))

    and of stretches that overlap, those with the greatest sum of p - threshold are linked.

    Args:
        weights: what was learnt.
        proposer: knows the names.
    """

    def __init__(self, weights: LinkWeights, proposer: Proposer) -> None:
        self.weights = weights
        self.finder = SpanFinder(proposer, weights.instead)
        self._features = LinkFeatures(self.finder)
        self._tagger = weights.tagger

    def __call__(
        self, text: str, mentions: Sequence[Mention], *, threshold: float, most: int
    ) -> list[Mention]:
        """Return the mentions of a text as judged.

        Found names that are not linked stay as NIL, unless a link takes a part of them; those
        inside a linked stretch stay nested, as they were.

        Args:
            text: the text.
            mentions: the names found in it.
            threshold: how likely a link must be right.
            most: how many candidates a mention keeps.
        """
        judged = self.judged(text, mentions)
        places = [
            (span.start, span.end, candidates[0].score if candidates else 0.0)
            for span, candidates in judged
        ]
        linked = [self._linked(text, judged[number], most) for number in choose(places, threshold)]
        starts, ends = [item.start for item in linked], [item.end for item in linked]
        links = {(item.start, item.end): item for item in mentions if item.iri != NIL}
        found = list(linked)
        for mention in [*flagged(mentions), *_unlinked(text, judged, most)]:
            start, end = mention.start, mention.end
            near = bisect_right(ends, start)
            if near == len(linked) or end <= starts[near]:
                found.append(mention)
            elif starts[near] <= start and end <= ends[near] and (start, end) in links:
                found.append(links[start, end])  # after the link itself, if it has this place
        return nest(found)

    def judged(
        self, text: str, mentions: Sequence[Mention], extra: tuple[int, int] | None = None
    ) -> list[Judged]:
        """Return what may be linked in a text, by start, with the candidates scored."""
        tokens, rows = self.finder.tokens(text, mentions)
        if not tokens:
            return []
        spans = self.finder(text, mentions, tokens, self._tagger(rows), extra=extra)
        return [Judged(span, self._scored(span)) for span in spans]

    def candidates(
        self, text: str, mentions: Sequence[Mention], start: int, end: int, *, most: int
    ) -> tuple[Candidate, ...]:
        """Return what a stretch of a text may be a mention of, best first."""
        for span, candidates in self.judged(text, mentions, (start, end)):
            if (span.start, span.end) == (start, end):
                return candidates[:most]
        return ()

    def _scored(self, span: LinkSpan) -> tuple[Candidate, ...]:
        get = self.weights.links.get
        scored = []
        for proposal, features in self._features(span, self.weights):
            total = sum(get(name, 0.0) * value for name, value in features.items())
            score = 1 / (1 + exp(-max(-30.0, min(30.0, total))))
            scored.append(proposal.candidate._replace(score=round(score, 4)))
        return tuple(sorted(scored, key=lambda item: (-item.score, item.iri)))

    def _linked(self, text: str, item: Judged, most: int) -> Mention:
        span, candidates = item[0], _of_coordination(*item)
        best, found = candidates[0], span.mention
        return Mention(
            span.start,
            span.end,
            text[span.start : span.end],
            best.iri,
            self.finder.lexicon.name(best.iri),
            best.score,
            candidates[:most],
            fragments=found.fragments if found is not None and found.iri == best.iri else (),
        )


def _of_coordination(span: LinkSpan, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the candidates of a stretch, first what it names as a coordination if that may be.

    "Breast and ovarian cancer" as a whole may be linked to what it says of both, or to the breast
    cancer in it, beside the ovarian cancer inside. Only so is each concept found that it names.
    """
    found = span.mention
    if found is None or not found.fragments:
        return candidates
    least = _LEAST_SHARE * candidates[0].score
    own = [item for item in candidates if item.iri == found.iri and item.score >= least]
    return (*own, *(item for item in candidates if item not in own))


def choose(places: Sequence[tuple[int, int, float]], threshold: float) -> list[int]:
    """Return the numbers of the stretches to link: apart, with the greatest sum of gains.

    The gain of a stretch is its score above the threshold: weighted interval scheduling. Of sums
    that are equal the one without the later stretch is taken.

    Args:
        places: start, end and score of each stretch.
        threshold: the least score.
    """
    able = [number for number, place in enumerate(places) if place[2] >= threshold]
    able.sort(key=lambda number: (places[number][1], places[number][0]))
    ends = [places[number][1] for number in able]
    best, before = [0.0], list[int]()
    for rank, number in enumerate(able):
        start, _, score = places[number]
        before.append(bisect_right(ends, start, 0, rank))
        best.append(max(best[-1], best[before[-1]] + score - threshold + _LEAST_GAIN))
    chosen = []
    rank = len(able)
    while rank:
        if best[rank] > best[rank - 1]:
            chosen.append(able[rank - 1])
            rank = before[rank - 1]
        else:
            rank -= 1
    return chosen[::-1]


def _unlinked(text: str, judged: Sequence[Judged], most: int) -> Iterator[Mention]:
    """Yield the stretches that are names or likely mentions, as NIL with their candidates."""
    for span, candidates in judged:
        found = span.mention
        if candidates and (found is not None or span.chance >= _LEAST_NIL):
            raw = text[span.start : span.end]
            pieces = found.fragments if found is not None else ()
            yield Mention(
                span.start, span.end, raw, NIL, "", 0.0, candidates[:most], fragments=pieces
            )
