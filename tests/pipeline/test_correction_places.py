from __future__ import annotations

import pytest

from ontograft.kg import NIL
from ontograft.pipeline.correction_places import (
    Places,
    in_conflict,
    others_than,
    pieces_of,
    places_of,
    span_of,
)

from .corrected import TEXT, link, mention

WHOLE: Places = ((0, 6), (19, 25))
"""Of "breast ... cancer" in "breast and ovarian cancer"."""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (((0, 5),), ((5, 9),), False),
        (((0, 5),), ((4, 9),), True),
        (WHOLE, ((11, 25),), False),  # "ovarian cancer" shares a word
        (WHOLE, ((7, 18),), False),
        (WHOLE, ((0, 25),), True),
        (WHOLE, ((19, 25),), True),
        (WHOLE, WHOLE, True),
    ],
)
def test_mentions_that_only_share_a_word_can_both_be_right(
    one: Places, other: Places, expected: bool
) -> None:
    assert in_conflict(one, other) is in_conflict(other, one) is expected


def test_pieces_are_those_stated_or_those_that_were_found() -> None:
    found = mention(3, "apple", fragments=((3, 4), (6, 8)))
    assert pieces_of(link(3, 8), [found]) == ((3, 4), (6, 8))
    assert pieces_of(link(3, 8, fragments=((3, 5), (6, 8))), [found]) == ((3, 5), (6, 8))
    for one_piece in (link(3, 8, fragments=()), link(3, 8, fragments=((3, 8),)), link(12, 16)):
        assert pieces_of(one_piece, [found]) == ()


def test_a_row_tells_its_places() -> None:
    assert places_of(span_of(TEXT, 3, 8, ())) == ((3, 8),)
    row = span_of(TEXT, 3, 8, ((3, 4), (6, 8)))
    assert row == {"start": 3, "end": 8, "text": "apple", "fragments": [[3, 4], [6, 8]]}
    assert places_of(row) == ((3, 4), (6, 8))


def test_links_that_nobody_corrected_stay_beside_those_that_were() -> None:
    shown = [mention(3, "apple"), mention(12, "pear"), mention(24, "apple", nested=True)]
    unlinked = mention(0, "an")._replace(iri=NIL)
    rows = others_than(TEXT, [*shown, unlinked], [((3, 8),)])
    assert [row["text"] for row in rows] == ["pear"]
