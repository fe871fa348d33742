from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import QueryError
from ontograft.kg import NIL
from ontograft.pipeline import Filters, ResultQuery
from ontograft.pipeline.result_reading import TITLE, count, opened, page

from .results import BASE, D, M, make_results


def test_pages_put_together_are_the_whole(asked: ResultQuery) -> None:
    for filters in (Filters(), Filters(mentions=("disease",), include_narrower=True)):
        whole = page(asked, filters, limit=99)
        parts = [page(asked, filters, limit=2, offset=offset) for offset in range(0, 8, 2)]
        assert [found for part in parts for found in part] == whole
        assert count(asked, filters) == len(whole)


def test_a_negative_offset_is_refused(asked: ResultQuery) -> None:
    with pytest.raises(QueryError, match="the offset must be at least 0, got -1"):
        page(asked, Filters(), limit=1, offset=-1)
    with pytest.raises(QueryError, match="the offset must be at least 0, got -2"):
        asked.table(Filters(), offset=-2)


def test_a_page_lists_what_the_table_lists(asked: ResultQuery) -> None:
    for filters in (Filters(), Filters(mentions=("disease",), include_narrower=True)):
        for offset in range(4):
            table = asked.table(filters, limit=2, offset=offset).to_pylist()
            found = page(asked, filters, limit=2, offset=offset)
            assert [(one.document, one.id, one.label, one.score) for one in found] == [
                (row["document"], row["id"], row["label"], row["score"]) for row in table
            ]
            assert [one.title for one in found] == [row["text"][:TITLE] for row in table]


def test_a_sentence_is_the_first_with_a_mention_that_counts(tmp_path: Path) -> None:
    text = "No stroke. " + "X" + "x" * TITLE + ". A stroke\U0001f955 came. A stroke went."
    mentions = [
        M("stroke", "stroke", polarity="negated"),
        M("A stroke\U0001f955", "stroke"),
        M("A stroke went", "stroke"),
    ]
    with ResultQuery(make_results(tmp_path / "r", [D(text, mentions=mentions)])) as asked:
        for filters, sentence in (
            (Filters(mentions=("heart disease",)), None),
            (Filters(mentions=(BASE + "stroke",)), "No stroke."),
            (
                Filters(mentions=(BASE + "stroke",), polarity="affirmed"),
                "A stroke\U0001f955 came.",
            ),
        ):
            found = page(asked, filters, limit=9)
            assert [one.sentence for one in found] == [sentence] * (sentence is not None)
        (plain,) = page(asked, Filters(), limit=9)
        assert (plain.sentence, plain.title) == (None, text[:TITLE])


def test_an_opened_document_has_its_mentions_in_order(asked: ResultQuery) -> None:
    found = opened(asked, 2)
    assert found is not None
    assert [mention.iri for mention in found.mentions] == [BASE + "lupus", BASE + "heart", NIL]
    assert all(found.text[m.start : m.end] == m.text for m in found.mentions)
    assert found.mentions[1].senses == ("historical", "family")
    assert (found.labels, found.score) == (("C14",), 0.7)
    assert opened(asked, 99) is None


def test_pieces_of_an_interrupted_mention_are_kept(tmp_path: Path) -> None:
    pieces = ((0, 5), (16, 23))
    mention = M("heart or kidney disease", "heart", fragments=pieces)
    made = make_results(tmp_path / "r", [D("heart or kidney disease", mentions=[mention])])
    with ResultQuery(made) as asked:
        found = opened(asked, 0)
    assert found is not None
    assert found.mentions[0].fragments == pieces
