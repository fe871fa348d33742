from __future__ import annotations

import pytest

from ontograft.data.gold import check_fragments, check_span, known_ids, parse_ids
from ontograft.errors import CorpusError


@pytest.mark.parametrize(
    ("cell", "ids", "composite"),
    [
        ("D001943", {"D001943"}, False),
        (" D008661", {"D008661"}, False),
        ("D001943|D010051", {"D001943", "D010051"}, True),
        ("D007674+D006222", {"D007674", "D006222"}, False),
        ("D1|D2+D3", {"D1", "D2", "D3"}, True),
        ("http://x.org/a+b;c|http://x.org/d", {"http://x.org/a+b;c", "http://x.org/d"}, True),
        ("-1", set(), False),
        ("-", set(), False),
        ("", set(), False),
        ("NIL", set(), False),
    ],
)
def test_the_identifiers_of_a_cell(cell: str, ids: set[str], composite: bool) -> None:
    assert parse_ids(cell) == (frozenset(ids), composite)


def test_what_says_that_there_is_no_identifier_is_left_out() -> None:
    assert known_ids(["D1", "-", " D2 ", "NIL"]) == {"D1", "D2"}


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3), (0, 14), (14, 15)])
def test_a_mention_outside_its_text_is_refused(start: int, end: int) -> None:
    message = f"g, line 3: mention from {start} to {end} in a text of 13 characters; expected 0 <="
    with pytest.raises(CorpusError, match=message):
        check_span("breast cancer", start, end, where="g, line 3")


def test_a_mention_that_its_text_does_not_have_is_refused() -> None:
    message = (
        "g, line 3: the text from 0 to 6 is 'breast', but the mention is 'cancer'; "
        "expected them to be equal; offsets count Unicode code points"
    )
    with pytest.raises(CorpusError, match=message):
        check_span("breast cancer", 0, 6, where="g, line 3", stated="cancer")


def test_white_space_may_differ() -> None:
    check_span("breast\ncancer", 0, 13, where="g", stated="breast  cancer ")


def test_a_long_mention_is_cut_in_the_message() -> None:
    with pytest.raises(CorpusError, match=r"the mention is 'bbb\S+\.\.\.';"):
        check_span("a" * 200, 0, 200, where="g", stated="b" * 200)


@pytest.mark.parametrize(
    "fragments",
    [
        ((0, 6), (5, 13)),
        ((7, 13), (0, 6)),
        ((0, 6), (7, 12)),
        ((1, 6), (7, 13)),
        ((0, 0), (7, 13)),
    ],
)
def test_pieces_that_do_not_make_up_the_mention_are_refused(
    fragments: tuple[tuple[int, int], ...],
) -> None:
    with pytest.raises(CorpusError, match=r"g: the fragments are .*; expected pieces in order"):
        check_fragments(fragments, 0, 13, where="g")


def test_no_pieces_and_right_pieces_pass() -> None:
    check_fragments((), 0, 13, where="g")
    check_fragments(((0, 6), (7, 13)), 0, 13, where="g")
