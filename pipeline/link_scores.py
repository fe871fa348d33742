"""The figures of an evaluation of linking: what was counted, and the shares that follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from .link_relations import RELATIONS, Relation

DEPTHS: Final = (1, 5, 20)
"""How many candidates the figures of candidate recall look at."""

Match = Literal["exact", "overlapping", "exact span", "overlapping span"]
"""When a prediction counts: its span equals a gold one or overlaps it; the concept is right, or
(the two with ``span``) does not matter."""

MATCHES: Final[tuple[Match, ...]] = ("exact", "overlapping", "exact span", "overlapping span")

Reason = Literal["wrong concept", "wrong span", "spurious", "missed"]
"""What is wrong: the concept of a gold span; a span that only overlaps a gold one, whatever its
concept; a prediction where nothing is; a gold mention where no wrong prediction stands."""

REASONS: Final[tuple[Reason, ...]] = ("wrong concept", "wrong span", "spurious", "missed")


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """Predictions against gold mentions, in one sense of matching.

    Args:
        predicted: linked mentions, those inside a longer one not counted.
        right: those of them that match a gold mention.
        gold: gold mentions.
        found: those of them that a prediction matches.
    """

    predicted: int
    right: int
    gold: int
    found: int

    @property
    def precision(self) -> float:
        """The share of the predictions that are right; 0 where nothing is predicted."""
        return self.right / max(1, self.predicted)

    @property
    def recall(self) -> float:
        """The share of the gold mentions that are found; 0 where there are none."""
        return self.found / max(1, self.gold)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_dict(self) -> dict[str, float]:
        """Return the counts and the shares."""
        return {
            "predicted": self.predicted,
            "right": self.right,
            "gold": self.gold,
            "found": self.found,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


@dataclass(frozen=True, slots=True)
class SliceScores:
    """The figures of some of the gold mentions, and of the predictions that belong to them.

    Args:
        mentions: how many gold mentions.
        ranked: how many of them have a right concept among the first 1, 5 and 20 candidates for
            their span.
        end_to_end: predictions against gold, by match.
    """

    mentions: int
    ranked: Mapping[int, int]
    end_to_end: Mapping[Match, EndToEnd]

    def candidate_recall(self, depth: int) -> float:
        """Return the share of gold spans with a right concept among the first candidates."""
        return self.ranked[depth] / max(1, self.mentions)

    @property
    def accuracy(self) -> float:
        """The share of gold spans whose first candidate is right."""
        return self.candidate_recall(1)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {
            "mentions": self.mentions,
            "accuracy_at_1": self.accuracy,
            "candidate_recall": {str(depth): self.candidate_recall(depth) for depth in DEPTHS},
            "end_to_end": {
                match.replace(" ", "_"): scores.as_dict()
                for match, scores in self.end_to_end.items()
            },
        }


@dataclass(frozen=True, slots=True)
class LinkError:
    """A prediction that is wrong, or a gold mention that was missed.

    Args:
        document: the id of the document.
        reason: why it is an error.
        start: of the mention in the document, as ``end``; of the gold mention if it was missed.
        end: one past its last code point.
        text: the mention.
        relation: how the mention relates to the labels of the gold concepts, or, where it is
            spurious, to those of the predicted one.
        iri: the concept that was predicted; empty if the mention was missed.
        label: its preferred label.
        score: its score.
        right_concept: whether the predicted concept is right for a gold mention that it overlaps.
        gold: the gold mention that it should have been: start, end, text and ids; else None.
        gold_rank: at which place the candidates for the gold span have a right concept; 0 if none.
    """

    document: str
    reason: Reason
    start: int
    end: int
    text: str
    relation: Relation
    iri: str = ""
    label: str = ""
    score: float = 0.0
    right_concept: bool = False
    gold: tuple[int, int, str, tuple[str, ...]] | None = None
    gold_rank: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON."""
        gold = self.gold and dict(zip(("start", "end", "text", "ids"), self.gold, strict=True))
        return {
            "document": self.document,
            "reason": self.reason,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "relation": self.relation,
            "iri": self.iri,
            "label": self.label,
            "score": self.score,
            "right_concept": self.right_concept,
            "gold": gold,
            "gold_rank": self.gold_rank,
        }


@dataclass(frozen=True, slots=True)
class LinkScores:
    """The figures of an evaluation.

    Args:
        documents: how many documents.
        all: over all gold mentions.
        expressible: over those that the ontology has a concept for.
        by_relation: over those that relate in one way to the labels of their concepts.
        by_way: how many links were found by each way of their first candidate, and how many of them
            are right by exact span and concept; the most frequent way first.
        composites: how many gold mentions name several concepts at once, all of them expressible.
        composites_whole: for how many of them every concept was found within the mention.
        errors: every error, by document and place; empty unless asked for.
    """

    documents: int
    all: SliceScores
    expressible: SliceScores
    by_relation: Mapping[Relation, SliceScores]
    by_way: Mapping[str, tuple[int, int]]
    composites: int
    composites_whole: int
    errors: tuple[LinkError, ...] = ()

    @property
    def f1(self) -> float:
        """The F1 of exact span and concept over all gold mentions: what tuning maximises."""
        return self.all.end_to_end["exact"].f1

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {
            "documents": self.documents,
            "mentions": self.all.mentions,
            "expressible_share": self.expressible.mentions / max(1, self.all.mentions),
            "all": self.all.as_dict(),
            "expressible": self.expressible.as_dict(),
            "by_relation": {name: part.as_dict() for name, part in self.by_relation.items()},
            "by_way": {
                way: {"links": links, "right": right, "precision": right / links}
                for way, (links, right) in self.by_way.items()
            },
            "composites": {"mentions": self.composites, "whole": self.composites_whole},
            "errors": dict(Counter(error.reason for error in self.errors)),
        }


@dataclass(slots=True)
class Tally:
    """Counts while an evaluation runs; ``scores`` turns them into figures.

    Each counter is by relation: gold mentions, predictions, gold mentions with a right concept
    within a depth of candidates, predictions right and gold mentions found in one sense of match.
    ``ways`` counts predictions by the way of their first candidate.
    """

    documents: int = 0
    composites: int = 0
    composites_whole: int = 0
    gold: Counter[Relation] = field(default_factory=Counter)
    predicted: Counter[Relation] = field(default_factory=Counter)
    ranked: Counter[tuple[Relation, int]] = field(default_factory=Counter)
    right: Counter[tuple[Relation, Match]] = field(default_factory=Counter)
    found: Counter[tuple[Relation, Match]] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    right_ways: Counter[str] = field(default_factory=Counter)
    errors: list[LinkError] = field(default_factory=list)

    def scores(self) -> LinkScores:
        """Return the figures."""
        ways = sorted(self.ways, key=lambda way: (-self.ways[way], way))
        expressible = tuple(name for name in RELATIONS if name != "not expressible")
        return LinkScores(
            self.documents,
            self._slice(RELATIONS),
            self._slice(expressible),
            {relation: self._slice((relation,)) for relation in RELATIONS},
            {way: (self.ways[way], self.right_ways[way]) for way in ways},
            self.composites,
            self.composites_whole,
            tuple(self.errors),
        )

    def _slice(self, relations: tuple[Relation, ...]) -> SliceScores:
        mentions = sum(self.gold[relation] for relation in relations)
        predicted = sum(self.predicted[relation] for relation in relations)
        return SliceScores(
            mentions,
            {depth: sum(self.ranked[name, depth] for name in relations) for depth in DEPTHS},
            {
                match: EndToEnd(
                    predicted,
                    sum(self.right[name, match] for name in relations),
                    mentions,
                    sum(self.found[name, match] for name in relations),
                )
                for match in MATCHES
            },
        )
