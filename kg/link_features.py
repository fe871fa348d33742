"""What speaks for a link and what against it: the features that a linear model weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

from .link_spans import NAMED, LinkSpan, Proposal, SpanFinder
from .mentions import NIL

if TYPE_CHECKING:
    from .link_weights import LinkWeights

_MOST_PAIRED: Final = 2
_ABOVE: Final = 0.3
_REMEMBERED: Final = 1 << 15

Features = dict[str, float]


class _Match(NamedTuple):
    """How the words of a phrase match those of a label, by how rare they are in names."""

    proposal: Proposal
    words: tuple[str, ...]
    of_phrase: float
    of_label: float


class LinkFeatures:
    """Describes each link that a stretch of text may have.

    Args:
        finder: finds the stretches and their concepts.
    """

    def __init__(self, finder: SpanFinder) -> None:
        self.finder = finder
        self.lexicon = finder.lexicon
        self._placed = lru_cache(_REMEMBERED)(self._place)

    def __reduce__(self) -> tuple[type[LinkFeatures], tuple[SpanFinder]]:
        """Pickle without what was remembered."""
        return LinkFeatures, (self.finder,)

    @cached_property
    def _rarity(self) -> dict[str, float]:
        """How rare the words of names are; of an unknown word that of ""."""
        names = set(self.finder.proposer.folded_names)
        counts = Counter(word for name in names for word in set(self.finder.label_words(name)))
        rarity = {word: log(len(names) / count) for word, count in counts.items()}
        return {"": log(max(2, len(names))), **rarity}

    def __call__(self, span: LinkSpan, weights: LinkWeights) -> list[tuple[Proposal, Features]]:
        """Return each link that a stretch may have, with its features; the likeliest first."""
        proposals = self.finder.learn(span, weights)
        common = _of_span(span)
        matches = [self._match(span, proposal) for proposal in proposals.values()]
        matches.sort(key=_promise)
        most = max((match.proposal.likeness for match in matches), default=0.0)
        found = []
        for rank, match in enumerate(matches):
            features = dict(common)
            features[f"rank={min(rank, 4)}"] = 1.0
            features["gap"] = most - match.proposal.likeness
            _of_match(features, span, match)
            features.update(self._placed(match.proposal.candidate.iri))
            found.append((match.proposal, features))
        return found

    def _match(self, span: LinkSpan, proposal: Proposal) -> _Match:
        words = self.finder.label_words(proposal.candidate.label)
        shared = self._sum(frozenset(span.words) & frozenset(words))
        whole, label = self._sum(frozenset(span.words)), self._sum(frozenset(words))
        return _Match(
            proposal, words, shared / whole if whole else 0.0, shared / label if label else 0.0
        )

    def _sum(self, words: frozenset[str]) -> float:
        # Sorted: the sum of floats depends on their order, and that of a set on chance.
        rarity = self._rarity
        return sum(rarity.get(word, rarity[""]) for word in sorted(words))

    def _place(self, iri: str) -> Features:
        """Return the features of where a concept stands in the ontology."""
        above = [self.lexicon.iris[number] for number in self.lexicon.closure(iri)]
        features = {f"a={other}": _ABOVE for other in sorted(above) if other != iri}
        return {**features, f"c={iri}": 1.0, f"depth={min(6, len(above) - 1)}": 1.0}


def _promise(match: _Match) -> tuple[float, str]:
    proposal = match.proposal
    named = 2.0 if proposal.origin == NAMED else 0.0
    total = named + proposal.likeness + match.of_phrase + match.of_label
    return -total, proposal.candidate.iri


def _of_span(span: LinkSpan) -> Features:
    """Return the features that all links of a stretch have."""
    odds = log((span.chance + 1e-4) / (1 - span.chance + 1e-4))
    longer, shorter, other = span.around
    features = {
        "always": 1.0,
        "odds": odds / 3,
        "odds+": max(0.0, odds) / 3,
        f"chance={int(min(9.0, span.chance * 10))}": 1.0,
        f"length={min(5, len(span.words))}": 1.0,
        f"count={min(4, span.count)}": 1.0,
        "longer": longer,
        "shorter": shorter,
        "other": other,
    }
    if span.is_short:
        features["short"] = 1.0
    mention = span.mention
    way = mention.candidates[0].way if mention is not None else "none"
    features[f"way={way}"] = 1.0
    if mention is not None:
        features[f"found={mention.nested},{mention.iri == NIL}"] = 1.0
    if span.words:
        features[f"head={span.words[-1]}"] = 1.0
        features[f"first={span.words[0]}"] = 1.0
        for word in span.words:
            features[f"w={word}"] = 0.5
    return features


def _of_match(features: Features, span: LinkSpan, match: _Match) -> None:
    """Add the features of how a label matches the phrase."""
    proposal, candidate = match.proposal, match.proposal.candidate
    phrase, label = frozenset(span.words), frozenset(match.words)
    extra, missing = sorted(phrase - label), sorted(label - phrase)
    same = f"{not extra},{not missing}"
    is_named = proposal.origin == NAMED
    sure = sum(span.chance >= limit for limit in (0.3, 0.7, 0.95))
    features |= {
        "of phrase": match.of_phrase,
        "of label": match.of_label,
        "of both": match.of_phrase * match.of_label,
        f"of={int(match.of_phrase * 4)},{int(match.of_label * 4)}": 1.0,
        "likeness": proposal.likeness,
        "share": proposal.share,
        f"shared={proposal.share > 0}": 1.0,
        f"origin={proposal.origin}": 1.0,
        f"stands={proposal.standing}": 1.0,
        f"stands={proposal.standing},{same}": 1.0,
        f"same={same}": 1.0,
        f"kind={is_named},{candidate.kind.value}": 1.0,
        f"sure={sure},{same},{candidate.way if is_named else ''}": 1.0,
        f"sure={sure},{int(proposal.likeness * 8)}": 1.0,
    }
    if is_named and span.mention is not None:
        features["score"] = candidate.score
        features[f"link={candidate.way}"] = 1.0
        is_first = span.mention.candidates[0].label == candidate.label
        features[f"first={is_first},{span.mention.iri == NIL}"] = 1.0
    if span.words and match.words:
        features[f"heads={span.words[-1]}>{match.words[-1]}"] = 1.0
        features[f"heads={span.words[-1] == match.words[-1]}"] = 1.0
    _of_words(features, extra, missing)


def _of_words(features: Features, extra: Sequence[str], missing: Sequence[str]) -> None:
    """Add the words that only the phrase has, and those that only the label has."""
    for word in extra:
        features[f"+{word}"] = 1.0
    for word in missing:
        features[f"-{word}"] = 1.0
    if len(extra) <= _MOST_PAIRED and len(missing) <= _MOST_PAIRED:
        for one in extra:
            for other in missing:
                features[f"{one}>{other}"] = 1.0
