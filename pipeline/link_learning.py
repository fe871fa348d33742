"""Learn from gold mentions how to judge links: part of what ``ontograft link --tune`` does.

Two models are learnt, both linear: a conditional random field that tells where a text mentions
something (``kg.tagging``), and a logistic regression that tells how likely a link is right
(``kg.judging``). What the second sees of the first, and of counts over the gold mentions, comes
from other documents than the one in question: each fold of documents in turn is held out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..data import GoldDocument
from ..kg import CrossReferences, KnowledgeGraph, Linker, Mention
from ..kg.crossrefs import normal_id, vocabulary_of
from ..kg.judging import choose
from ..kg.link_features import LinkFeatures
from ..kg.link_spans import LinkSpan, SpanFinder
from ..kg.link_weights import LinkWeights
from ..kg.tagging import Tagger
from ..kg.token_features import Token
from .link_evaluation import LinkJudge, Truth, exact_counts
from .link_scores import EndToEnd
from .link_table import LinkTable, link_table
from .link_tags import TagWeights, learn_tags, tags_of

if TYPE_CHECKING:
    from .progress import Progress

LEAST_DOCUMENTS: Final = 40
"""From how many documents on weights are learnt."""

THRESHOLDS: Final = tuple(round(0.2 + 0.025 * step, 3) for step in range(17))
"""What is tried for the least chance of a link."""

_LEAST_USED: Final = 0.02
_LEAST_FORMS: Final = 2

Folds = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt.

    Args:
        weights: the weights.
        threshold: how likely a link must be right, for the best F1 on held-out documents.
        held_out: exact span and concept, for each document by weights and a threshold that were
            learnt on the others.
    """

    weights: LinkWeights
    threshold: float
    held_out: EndToEnd


@dataclass(frozen=True, slots=True)
class _Text:
    """A gold document as the models see it."""

    text: str
    truth: Truth
    mentions: list[Mention]
    tokens: list[Token]
    rows: list[list[str]]
    tags: list[str]


def learn_links(
    graph: KnowledgeGraph,
    linker: Linker,
    gold: Sequence[GoldDocument],
    folds: Folds,
    *,
    progress: Progress,
) -> Learnt:
    """Learn how to judge the links of a linker.

    Args:
        graph: the ontology.
        linker: finds names in texts; its options hold no weights.
        gold: documents with gold mentions.
        folds: the numbers of the documents, in at least two parts.
        progress: is told of each model learnt: two for each fold, and two.

    Raises:
        SettingsError: the library that learns to tag is not installed, or no name that was found is
            right.
    """
    wanted = vocabularies_of(graph, gold)
    empty = LinkWeights(linker.options.threshold, wanted, (), {}, {}, {}).bound(graph)
    finder = SpanFinder(linker.proposer, empty.instead)
    judge = LinkJudge(graph, linker.lexicon)
    texts = [_read(document, judge, linker, finder) for document in gold]
    spans: list[list[LinkSpan]] = [[] for _ in texts]
    counted = [empty] * len(texts)
    for fold in folds:
        others = _without(texts, fold)
        learnt = _tags(others)
        counts = _count(empty, others, finder)
        for number in fold.tolist():
            one, tagger = texts[number], Tagger(learnt.tags, learnt.transitions)
            spans[number] = finder(one.text, one.mentions, one.tokens, tagger(one.rows))
            counted[number] = counts
        progress(1)
    truths = [one.truth for one in texts]
    table = link_table(LinkFeatures(finder), truths, spans, counted)
    threshold, held_out = _hold_out(table, texts, spans, folds, progress)
    final = _tags(texts)
    progress(1)
    links = table.named(table.fit(np.arange(len(texts))))
    progress(1)
    weights = replace(
        _count(empty, texts, finder),
        tags=final.tags,
        transitions=final.transitions,
        links=links,
        instead={},
    )
    return Learnt(weights, threshold, held_out)


def vocabularies_of(graph: KnowledgeGraph, gold: Sequence[GoldDocument]) -> tuple[str, ...]:
    """Return the vocabularies of the gold mentions' identifiers, as the ontology calls them.

    Vocabularies with fewer than a fiftieth of the mentions of the first are left out; none are
    returned where most identifiers are the ontology's own.
    """
    references = CrossReferences(graph)
    own, others = 0, Counter[str]()
    for id in (id for document in gold for one in document.mentions for id in one.ids):
        concepts = references.concepts(id)
        found = {
            vocabulary_of(other)
            for iri in concepts
            for other in map(normal_id, graph.concepts[graph.index(iri)].xrefs)
            if other == normal_id(id) or other.rpartition(":")[2] == id.strip()
        }
        others.update(found)
        own += bool(concepts) and not found
    most = max(others.values(), default=0)
    if own >= most:
        return ()
    return tuple(sorted(name for name, count in others.items() if count >= _LEAST_USED * most))


def _read(document: GoldDocument, judge: LinkJudge, linker: Linker, finder: SpanFinder) -> _Text:
    mentions = linker.named(document.text)
    tokens, rows = finder.tokens(document.text, mentions)
    truth = judge.truth(document)
    places = [(gold.mention.start, gold.mention.end) for gold in truth.golds]
    return _Text(document.text, truth, mentions, tokens, rows, tags_of(tokens, places))


def _without(texts: Sequence[_Text], fold: NDArray[np.int64]) -> list[_Text]:
    held_out = set(fold.tolist())
    return [text for number, text in enumerate(texts) if number not in held_out]


def _tags(texts: Sequence[_Text]) -> TagWeights:
    return learn_tags((text.rows, text.tags) for text in texts)


def _count(weights: LinkWeights, texts: Sequence[_Text], finder: SpanFinder) -> LinkWeights:
    """Return weights with what gold mentions say of words."""
    totals: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    forms: defaultdict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        for gold in text.truth.golds:
            phrase = finder.label_words(gold.mention.text)
            for word in frozenset(phrase):
                totals[word] += 1
                for iri in gold.concepts:
                    pairs[word, iri] += 1
                    forms[word, iri].add(phrase)
                    places[word, iri].add(number)
    words: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (word, iri), count in sorted(pairs.items()):
        # What holds for one mention only would be a name learnt by heart.
        if min(len(forms[word, iri]), len(places[word, iri])) >= _LEAST_FORMS:
            words[word][iri] = round(count / (totals[word] + 2), 4)
    return replace(weights, words=dict(words))


def _hold_out(
    table: LinkTable,
    texts: Sequence[_Text],
    spans: Sequence[Sequence[LinkSpan]],
    folds: Folds,
    progress: Progress,
) -> tuple[float, EndToEnd]:
    """Return the best threshold, and what to expect of weights and threshold."""
    everything = np.arange(len(texts))
    chances = np.zeros(len(table.iris))
    for fold in folds:
        rows = np.isin(table.document, fold)
        weights = table.fit(np.setdiff1d(everything, fold))
        chances[rows] = table.chances(weights)[rows]
        progress(1)
    linked = list(_best_links(table, texts, spans, chances))
    counts = np.array([[_counts(own, least) for own in linked] for least in THRESHOLDS])
    held_out = np.zeros(4, dtype=np.int64)  # counts has the shape (threshold, document, 4)
    for fold in folds:
        best = _best(counts[:, np.setdiff1d(everything, fold)])
        held_out += counts[best, fold].sum(axis=0)
    return THRESHOLDS[_best(counts)], EndToEnd(*held_out.tolist())


def _best_links(
    table: LinkTable,
    texts: Sequence[_Text],
    spans: Sequence[Sequence[LinkSpan]],
    chances: NDArray[np.float64],
) -> list[tuple[Truth, list[Mention]]]:
    """Return for each document the best link of each stretch, scored by its chance."""
    best: dict[int, int] = {}
    order = np.lexsort((np.array(table.iris), -chances)).tolist()
    for row in order:
        best.setdefault(int(table.spans[row]), row)
    linked = []
    place = 0
    for text, own in zip(texts, spans, strict=True):
        mentions = []
        for span in own:
            if place in best:
                row = best[place]
                raw = text.text[span.start : span.end]
                pieces = span.mention.fragments if span.mention is not None else ()
                score = float(chances[row])
                mentions.append(
                    Mention(
                        span.start,
                        span.end,
                        raw,
                        table.iris[row],
                        "",
                        score,
                        (),
                        fragments=pieces,
                    )
                )
            place += 1
        linked.append((text.truth, mentions))
    return linked


def _counts(linked: tuple[Truth, list[Mention]], threshold: float) -> tuple[int, int, int, int]:
    truth, mentions = linked
    places = [(one.start, one.end, one.score) for one in mentions]
    found = exact_counts(truth, [mentions[number] for number in choose(places, threshold)])
    return found.predicted, found.right, found.gold, found.found


def _best(counts: NDArray[np.int64]) -> int:
    """Return the number of the threshold with the best F1; counts: (threshold, document, 4)."""
    f1 = [EndToEnd(*row.tolist()).f1 for row in counts.sum(axis=1)]
    return int(np.argmax(f1))
