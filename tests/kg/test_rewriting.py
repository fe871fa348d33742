from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg import Mention
from ontograft.kg.rewriting import Edit, Rewritten


def mention(text: str, start: int, end: int, **kwargs: object) -> Mention:
    return Mention(start, end, text[start:end], "x:a", "a", 1.0, (), **kwargs)  # type: ignore[arg-type]


def test_edits_are_made_in_order_and_of_two_that_overlap_the_first() -> None:
    edits = [Edit(4, 7, "cat", "w"), Edit(0, 3, "a", "w"), Edit(5, 9, "never", "w")]
    assert Rewritten("the dog runs", edits).text == "a cat runs"


@pytest.mark.parametrize(
    ("written", "original"),
    [
        ("long form", "LF"),
        ("long form gene", "LF gene"),
        ("the long form", "the LF"),
        ("gene", "gene"),
    ],
)
def test_a_span_leads_back(written: str, original: str) -> None:
    text = "the LF gene"
    rewritten = Rewritten(text, [Edit(4, 6, "long form", "w")])
    start = rewritten.text.index(written)
    span = rewritten.span(start, start + len(written))
    assert span is not None
    assert text[slice(*span)] == original


@pytest.mark.parametrize("part", ["long", "form", "the long", "form gene", "ong"])
def test_a_part_of_what_was_written_leads_nowhere(part: str) -> None:
    rewritten = Rewritten("the LF gene", [Edit(4, 6, "long form", "w")])
    start = rewritten.text.index(part)
    assert rewritten.span(start, start + len(part)) is None


def test_a_mention_across_an_omission_spans_it() -> None:
    text = "von Hippel (VH) disease"
    rewritten = Rewritten(text, [Edit(10, 15, "", "w")])
    restored = rewritten.restore(mention(rewritten.text, 0, len(rewritten.text)))
    assert restored is not None
    assert (restored[0].text, restored[1]) == (text, set())


def test_restoring_tells_the_ways_and_moves_the_pieces() -> None:
    text = "LF and other form"
    rewritten = Rewritten(text, [Edit(0, 2, "long", "w")])
    whole = mention(rewritten.text, 0, 19, fragments=((0, 4), (15, 19)))
    restored = rewritten.restore(whole)
    assert restored is not None
    assert restored[0].fragments == ((0, 2), (13, 17))
    assert restored[1] == {"w"}


@pytest.mark.parametrize("name", ["the", "other form", "form"])
def test_a_mention_that_holds_no_edit_moves_as_a_whole(name: str) -> None:
    text = "the LF (LF) and other form"
    rewritten = Rewritten(text, [Edit(4, 6, "long", "w"), Edit(6, 11, "", "w")])
    start, end = rewritten.text.index(name), rewritten.text.index(name) + len(name)
    restored = rewritten.restore(mention(rewritten.text, start, end, fragments=((start, end),)))
    assert restored is not None
    moved, ways = restored
    assert (moved.text, text[moved.start : moved.end], ways) == (name, name, set())
    assert moved.fragments == ((moved.start, moved.end),)


@given(st.text(max_size=30), st.data())
def test_what_no_edit_touches_leads_back_to_itself(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [
        Edit(start, end, data.draw(st.text(max_size=4)), "w")
        for start, end in zip(places[::2], places[1::2], strict=False)
    ]
    rewritten = Rewritten(text, edits)
    for place, char in enumerate(rewritten.text):
        span = rewritten.span(place, place + 1)
        if span is not None and span[1] - span[0] == 1 and not rewritten.ways(place, place + 1):
            assert text[slice(*span)] == char


def test_the_edits_may_be_made_in_another_text_of_the_same_length() -> None:
    rewritten = Rewritten("a\u200bb SF", [Edit(4, 6, "long", "x")], read="a b SF")
    assert rewritten.text == "a b long"
    moved = rewritten.restore(Mention(0, 8, "a b long", "x:a", "", 1.0, ()))
    assert moved is not None
    assert (moved[0].text, moved[1]) == ("a\u200bb SF", {"x"})
