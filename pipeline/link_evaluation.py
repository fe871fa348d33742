"""Evaluate linking against gold mentions: which candidates, spans and links are right.

Each gold mention is judged twice: by the candidates that the linker has for the gold span, and end
to end, by what the linker finds in the text on its own. A concept is right where one of the gold
mention's identifiers stands for it (see ``CrossReferences``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..data import GoldDocument, GoldMention
from ..kg import NIL, Candidate, CrossReferences, KnowledgeGraph, Lexicon, Mention
from .link_relations import Relation, Relations, short_forms
from .link_scores import DEPTHS, MATCHES, EndToEnd, LinkError, LinkScores, Match, Reason, Tally

Span = tuple[int, int]


class CandidateLinker(Protocol):
    """What an evaluation needs of a linker; ``Linker`` has it."""

    @property
    def lexicon(self) -> Lexicon:
        """The names that it links by."""

    def __call__(self, text: str) -> list[Mention]:
        """Return the mentions in a text."""

    def candidates(self, text: str, start: int, end: int) -> tuple[Candidate, ...]:
        """Return the candidates for a span of a text, best first."""


def evaluate_links(
    graph: KnowledgeGraph, linker: CandidateLinker, gold: Iterable[GoldDocument]
) -> LinkScores:
    """Return the figures of a linker on documents with gold mentions.

    Predictions are the linked mentions that are not nested; nested ones count only for composites.
    Gold mentions with equal spans are one, with the identifiers of all. A prediction belongs to the
    relation of the gold mention that it equals, else of one that it overlaps (a right one before
    others), else to its own relation to the labels of its concept.

    Args:
        graph: the ontology.
        linker: a linker for it.
        gold: the documents, read one by one.
    """
    judge, tally = LinkJudge(graph, linker.lexicon), Tally()
    for document in gold:
        truth = judge.truth(document)
        text = document.text
        truth = truth.ranked(
            linker.candidates(text, one.mention.start, one.mention.end) for one in truth.golds
        )
        judge.count(truth, linker(text), tally)
    return tally.scores()


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold mention with what follows from it.

    Args:
        mention: the mention.
        concepts: the IRIs of the concepts that are right for it.
        relation: how it relates to their labels.
        rank: at which place its candidates have a right one; 0 if none, or not looked for.
    """

    mention: GoldMention
    concepts: frozenset[str]
    relation: Relation
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right in a document.

    Args:
        document: its id.
        golds: its gold mentions, by start.
        longest: the length of the longest of them.
        short_forms: the abbreviations that its text defines.
    """

    document: str
    golds: tuple[Gold, ...]
    longest: int
    short_forms: frozenset[str]

    def ranked(self, candidates: Iterable[Sequence[Candidate]]) -> Truth:
        """Return the same with the ranks that follow from the candidates of each gold mention."""
        golds = []
        for gold, found in zip(self.golds, candidates, strict=True):
            right = [n for n, item in enumerate(found, start=1) if item.iri in gold.concepts]
            golds.append(replace(gold, rank=right[0] if right else 0))
        return replace(self, golds=tuple(golds))

    def overlapping(self, start: int, end: int) -> Iterator[int]:
        """Yield the numbers of the gold mentions that may overlap a stretch."""
        first = bisect_left(self.golds, start - self.longest, key=lambda gold: gold.mention.start)
        for number in range(first, len(self.golds)):
            mention = self.golds[number].mention
            if mention.start >= end:
                return
            if mention.end > start:
                yield number


class LinkJudge:
    """Tells right predictions from wrong ones.

    Args:
        graph: the ontology.
        lexicon: the names that the linker links by.
    """

    def __init__(self, graph: KnowledgeGraph, lexicon: Lexicon) -> None:
        self.references = CrossReferences(graph)
        self.relations = Relations(graph, lexicon)

    def truth(self, document: GoldDocument) -> Truth:
        """Return what is right in a document."""
        short = short_forms(document.text)
        merged: dict[tuple[Span, ...], GoldMention] = {}
        for mention in sorted(document.mentions, key=lambda mention: (mention.start, -mention.end)):
            pieces = _pieces(mention)
            first = merged.get(pieces, mention)
            merged[pieces] = replace(
                first,
                ids=first.ids | mention.ids,
                composite=first.composite or mention.composite,
            )
        golds = []
        for mention in merged.values():
            concepts = self.references.concepts_of(mention.ids)
            relation = self.relations.of(mention.text, concepts, short)
            golds.append(Gold(mention, concepts, relation))
        longest = max((gold.mention.end - gold.mention.start for gold in golds), default=0)
        return Truth(document.id, tuple(golds), longest, short)

    def count(self, truth: Truth, mentions: Sequence[Mention], tally: Tally) -> None:
        """Add a document to the counts.

        Args:
            truth: what is right in it.
            mentions: what the linker found.
            tally: the counts.
        """
        tally.documents += 1
        for gold in truth.golds:
            tally.gold[gold.relation] += 1
            for depth in DEPTHS:
                tally.ranked[gold.relation, depth] += 0 < gold.rank <= depth
        found: dict[Match, set[int]] = {match: set() for match in MATCHES}
        blamed: set[int] = set()
        for mention in linked(mentions):
            matches = _matches(mention, truth)
            relation = self._relation(mention, matches, truth)
            tally.predicted[relation] += 1
            way = mention.candidates[0].way if mention.candidates else ""
            tally.ways[way] += 1
            tally.right_ways[way] += bool(matches["exact"])
            for match in MATCHES:
                tally.right[relation, match] += bool(matches[match])
                found[match].update(matches[match])
            if not matches["exact"]:
                error = _wrong(mention, relation, matches, truth)
                tally.errors.append(error)
                blamed.update(matches["overlapping span"])
        for match in MATCHES:
            for number in found[match]:
                tally.found[truth.golds[number].relation, match] += 1
        for number in sorted(set(range(len(truth.golds))) - found["exact"] - blamed):
            tally.errors.append(_missed(truth.golds[number], truth.document))
        self._count_composites(truth, mentions, tally)

    def _relation(
        self, mention: Mention, matches: dict[Match, list[int]], truth: Truth
    ) -> Relation:
        for match in ("exact", "exact span", "overlapping", "overlapping span"):
            for number in matches[match]:
                return truth.golds[number].relation
        return self.relations.of(mention.text, {mention.iri}, truth.short_forms)

    def _count_composites(self, truth: Truth, mentions: Sequence[Mention], tally: Tally) -> None:
        for gold in truth.golds:
            wanted = [self.references.concepts(id) for id in gold.mention.ids]
            if not gold.mention.composite or not all(wanted):
                continue
            start, end = gold.mention.start, gold.mention.end
            inside = {one.iri for one in mentions if start <= one.start and one.end <= end}
            tally.composites += 1
            tally.composites_whole += all(not inside.isdisjoint(concepts) for concepts in wanted)


def linked(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions that are linked and not inside another."""
    return [mention for mention in mentions if mention.iri != NIL and not mention.nested]


def exact_figures(
    graph: KnowledgeGraph, linker: CandidateLinker, gold: Iterable[GoldDocument]
) -> EndToEnd:
    """Return the figures of exact span and concept of a linker on documents with gold mentions."""
    judge = LinkJudge(graph, linker.lexicon)
    predicted = right = golds = found = 0
    for document in gold:
        counts = exact_counts(judge.truth(document), linker(document.text))
        predicted += counts.predicted
        right += counts.right
        golds += counts.gold
        found += counts.found
    return EndToEnd(predicted, right, golds, found)


def exact_counts(truth: Truth, mentions: Iterable[Mention]) -> EndToEnd:
    """Return how many links of a document have the exact span and a right concept."""
    matched = [_matches(mention, truth)["exact"] for mention in linked(mentions)]
    found: set[int] = set().union(*matched)
    return EndToEnd(len(matched), sum(map(bool, matched)), len(truth.golds), len(found))


def _pieces(mention: GoldMention | Mention) -> tuple[Span, ...]:
    return mention.fragments or ((mention.start, mention.end),)


def _matches(mention: Mention, truth: Truth) -> dict[Match, list[int]]:
    """Return the numbers of the gold mentions that a prediction matches, in each sense."""
    matches: dict[Match, list[int]] = {match: [] for match in MATCHES}
    pieces = _pieces(mention)
    for number in truth.overlapping(mention.start, mention.end):
        gold = truth.golds[number]
        theirs = _pieces(gold.mention)
        if not any(one[0] < two[1] and two[0] < one[1] for one in pieces for two in theirs):
            continue
        # Where the annotators kept no pieces, an interrupted prediction is right by its ends.
        whole = (mention.start, mention.end) == (gold.mention.start, gold.mention.end)
        same_span = pieces == theirs if gold.mention.fragments else whole
        right = mention.iri in gold.concepts
        for match, holds in (
            ("exact", same_span and right),
            ("overlapping", right),
            ("exact span", same_span),
            ("overlapping span", True),
        ):
            if holds:
                matches[match].append(number)  # type: ignore[index]
    return matches


def _wrong(
    mention: Mention, relation: Relation, matches: dict[Match, list[int]], truth: Truth
) -> LinkError:
    reason: Reason = "spurious"
    numbers = matches["exact span"] or matches["overlapping"] or matches["overlapping span"]
    if numbers:
        reason = "wrong concept" if matches["exact span"] else "wrong span"
    gold = truth.golds[numbers[0]] if numbers else None
    return LinkError(
        truth.document,
        reason,
        mention.start,
        mention.end,
        mention.text,
        relation,
        mention.iri,
        mention.label,
        mention.score,
        bool(matches["overlapping"]),
        _as_tuple(gold.mention) if gold else None,
        gold.rank if gold else 0,
    )


def _missed(gold: Gold, document: str) -> LinkError:
    mention = gold.mention
    return LinkError(
        document,
        "missed",
        mention.start,
        mention.end,
        mention.text,
        gold.relation,
        gold=_as_tuple(mention),
        gold_rank=gold.rank,
    )


def _as_tuple(mention: GoldMention) -> tuple[int, int, str, tuple[str, ...]]:
    return mention.start, mention.end, mention.text, tuple(sorted(mention.ids))
