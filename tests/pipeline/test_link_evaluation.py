from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ontograft.data import GoldDocument, GoldMention, read_gold
from ontograft.kg import NIL, Candidate, Concept, KnowledgeGraph, Label, LabelKind, Lexicon, Mention
from ontograft.pipeline.link_evaluation import evaluate_links
from ontograft.pipeline.link_scores import EndToEnd, LinkScores, Match

DATA = os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "")
TEXT = "Breast and ovarian cancer, or a tumour of the breast (BRC) and flu."


def concept(iri: str, label: str, *xrefs: str) -> Concept:
    return Concept(iri, labels=(Label(LabelKind.PREFERRED, "en", label),), xrefs=xrefs)


GRAPH = KnowledgeGraph(
    [
        concept("x:breast", "breast cancer", "MSH:D000001"),
        concept("x:ovary", "ovarian cancer", "MSH:D000002"),
        concept("x:flu", "flu", "MSH:D000003"),
    ]
)


class FixedLinker:
    """Finds the mentions that it is told; candidates of a span are those of an equal mention."""

    def __init__(
        self,
        mentions: list[Mention],
        candidates: Mapping[tuple[int, int], tuple[str, ...]] | None = None,
    ) -> None:
        self.lexicon = Lexicon.build(GRAPH)
        self._mentions = mentions
        self._candidates = candidates or {}

    def __call__(self, text: str) -> list[Mention]:
        assert text == TEXT
        return self._mentions

    def candidates(self, text: str, start: int, end: int) -> tuple[Candidate, ...]:
        assert text == TEXT
        return tuple(
            Candidate(iri, iri, LabelKind.PREFERRED, 0.9, "exact")
            for iri in self._candidates.get((start, end), ())
        )


def span(text: str) -> tuple[int, int]:
    start = TEXT.index(text)
    return start, start + len(text)


def gold(text: str, *ids: str, composite: bool = False) -> GoldMention:
    start, end = span(text)
    return GoldMention(start, end, text, frozenset(ids), composite)


def predicted(
    text: str, iri: str, *, nested: bool = False, fragments: tuple[tuple[int, int], ...] = ()
) -> Mention:
    start, end = span(text)
    candidate = Candidate(iri, iri, LabelKind.PREFERRED, 0.9, "reordered")
    return Mention(start, end, text, iri, iri, 0.9, (candidate,), nested, fragments)


def evaluate(
    mentions: list[GoldMention],
    predictions: list[Mention],
    candidates: Mapping[tuple[int, int], tuple[str, ...]] | None = None,
) -> LinkScores:
    linker = FixedLinker(predictions, candidates)
    return evaluate_links(GRAPH, linker, [GoldDocument("d", TEXT, tuple(mentions))])


def counts(scores: LinkScores, match: Match = "exact") -> tuple[int, int, int, int]:
    found: EndToEnd = scores.all.end_to_end[match]
    return found.predicted, found.right, found.gold, found.found


def reasons(scores: LinkScores) -> list[tuple[str, str]]:
    return [(error.reason, error.text) for error in scores.errors]


def test_a_right_link_has_the_span_and_a_concept_of_the_gold_identifier() -> None:
    scores = evaluate([gold("flu", "D000003", "D999999")], [predicted("flu", "x:flu")])
    for match in ("exact", "overlapping", "exact span", "overlapping span"):
        assert counts(scores, match) == (1, 1, 1, 1)
    assert scores.errors == ()


def test_a_wrong_concept() -> None:
    scores = evaluate([gold("flu", "D000003")], [predicted("flu", "x:ovary")])
    assert counts(scores) == counts(scores, "overlapping") == (1, 0, 1, 0)
    assert counts(scores, "exact span") == (1, 1, 1, 1)
    assert reasons(scores) == [("wrong concept", "flu")]
    (error,) = scores.errors
    assert (error.iri, error.relation, error.right_concept) == ("x:ovary", "identical", False)
    assert error.gold == (*span("flu"), "flu", ("D000003",))


def test_a_wrong_span() -> None:
    scores = evaluate(
        [gold("tumour of the breast", "D000001"), gold("flu", "D000003")],
        [predicted("breast", "x:breast"), predicted("and flu", "x:ovary")],
    )
    assert counts(scores) == counts(scores, "exact span") == (2, 0, 2, 0)
    assert counts(scores, "overlapping") == (2, 1, 2, 1)
    assert counts(scores, "overlapping span") == (2, 2, 2, 2)
    assert [(error.reason, error.right_concept) for error in scores.errors] == [
        ("wrong span", True),
        ("wrong span", False),
    ]


def test_spurious_and_missed() -> None:
    scores = evaluate([gold("flu", "D000003")], [predicted("ovarian cancer", "x:ovary")])
    assert reasons(scores) == [("spurious", "ovarian cancer"), ("missed", "flu")]
    assert scores.by_relation["identical"].end_to_end["exact"] == EndToEnd(1, 0, 1, 0)
    assert scores.errors[1].gold == (*span("flu"), "flu", ("D000003",))


def test_nested_mentions_and_nil_are_no_predictions() -> None:
    mentions = [predicted("flu", "x:flu", nested=True), predicted("flu", NIL)]
    scores = evaluate([gold("flu", "D000003")], mentions)
    assert counts(scores, "overlapping span") == (0, 0, 1, 0)


def test_one_link_that_overlaps_two_gold_mentions_finds_both() -> None:
    scores = evaluate(
        [gold("Breast", "D000001"), gold("ovarian cancer", "D000002")],
        [predicted("Breast and ovarian cancer", "x:ovary")],
    )
    assert counts(scores, "overlapping") == (1, 1, 2, 1)
    assert counts(scores, "overlapping span") == (1, 1, 2, 2)
    assert reasons(scores) == [("wrong span", "Breast and ovarian cancer")]
    assert scores.errors[0].gold == (*span("ovarian cancer"), "ovarian cancer", ("D000002",))


def test_gold_mentions_with_one_span_are_one() -> None:
    scores = evaluate([gold("flu", "D000002"), gold("flu", "D000003")], [predicted("flu", "x:flu")])
    assert counts(scores) == (1, 1, 1, 1)


BOTH = "Breast and ovarian cancer"
PIECES = (span("Breast"), span("cancer"))


def test_one_concept_of_a_composite_mention_is_enough() -> None:
    mention = gold(BOTH, "D000001", "D000002", composite=True)
    scores = evaluate([mention], [predicted(BOTH, "x:breast", fragments=PIECES)])
    assert counts(scores) == (1, 1, 1, 1)
    assert (scores.composites, scores.composites_whole) == (1, 0)


def test_a_composite_mention_is_whole_when_each_concept_is_found_inside() -> None:
    mention = gold(BOTH, "D000001", "D000002", composite=True)
    links = [
        predicted(BOTH, "x:breast", fragments=PIECES),
        predicted("ovarian cancer", "x:ovary", nested=True),
    ]
    scores = evaluate([mention], links)
    assert (scores.composites, scores.composites_whole) == (1, 1)
    half = evaluate([gold(BOTH, "D000001", "D999999", composite=True)], links)
    assert (half.composites, half.composites_whole) == (0, 0)  # not all of it is expressible


def test_pieces_must_be_the_gold_pieces_where_there_are_any() -> None:
    start, end = span(BOTH)
    mention = GoldMention(start, end, BOTH, frozenset({"D000001"}), fragments=PIECES)
    assert counts(evaluate([mention], [predicted(BOTH, "x:breast", fragments=PIECES)]))[1] == 1
    assert counts(evaluate([mention], [predicted(BOTH, "x:breast")]))[1] == 0
    between = evaluate([mention], [predicted("and ovarian", "x:breast")])
    assert counts(between, "overlapping span") == (1, 0, 1, 0)


def test_candidates_are_ranked_for_the_gold_span() -> None:
    mentions = [
        gold("flu", "D000003"),
        gold("tumour of the breast", "D000001"),
        gold("BRC", "D000001"),
        gold("cancer", "D999999"),
    ]
    scores = evaluate(
        mentions,
        [],
        {
            span("flu"): ("x:flu", "x:ovary"),
            span("tumour of the breast"): ("x:flu", "x:ovary", "x:breast"),
            span("cancer"): ("x:breast",),
        },
    )
    assert scores.all.ranked == {1: 1, 5: 2, 20: 2}
    assert scores.expressible.mentions == 3
    assert scores.by_relation["paraphrase"].ranked == {1: 0, 5: 1, 20: 1}
    assert scores.by_relation["abbreviation"].mentions == 1
    assert scores.by_relation["not expressible"].ranked == {1: 0, 5: 0, 20: 0}
    ranks = {error.text: error.gold_rank for error in scores.errors}
    assert ranks == {"cancer": 0, "tumour of the breast": 3, "BRC": 0, "flu": 1}


def test_a_prediction_belongs_to_the_relation_of_its_gold_mention() -> None:
    scores = evaluate(
        [gold("tumour of the breast", "D000001"), gold("flu", "D999999")],
        [predicted("tumour of the breast", "x:breast"), predicted("flu", "x:flu")],
    )
    assert scores.by_relation["paraphrase"].end_to_end["exact"] == EndToEnd(1, 1, 1, 1)
    assert scores.by_relation["not expressible"].end_to_end["exact"] == EndToEnd(1, 0, 1, 0)
    assert scores.expressible.end_to_end["exact"] == EndToEnd(1, 1, 1, 1)


def test_links_are_counted_by_the_way_of_their_first_candidate() -> None:
    links = [predicted("flu", "x:flu"), predicted("breast", "x:breast")]
    assert evaluate([gold("flu", "D000003")], links).by_way == {"reordered": (2, 1)}


def test_documents_add_up() -> None:
    document = GoldDocument("d", TEXT, (gold("flu", "D000003"),))
    scores = evaluate_links(GRAPH, FixedLinker([predicted("flu", "x:flu")]), [document] * 3)
    assert scores.documents == 3
    assert counts(scores) == (3, 3, 3, 3)


@pytest.mark.slow
@pytest.mark.skipif(not DATA, reason="ONTOGRAFT_BENCHMARK_DATA is not set")
def test_ncbi_disease_against_the_disease_ontology() -> None:
    from ontograft.kg import Linker

    graph = KnowledgeGraph.read(Path(DATA) / "doid-2016-03-04.obo")
    linker = Linker.build(graph)
    gold = read_gold(Path(DATA) / "ncbi-disease-dev.pubtator")
    scores = evaluate_links(graph, linker, gold)
    assert (scores.documents, scores.all.mentions, scores.expressible.mentions) == (100, 787, 686)
    assert scores.by_relation["identical"].accuracy > 0.95
    assert scores.f1 > 0.44
