from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.data import clean_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain text", "plain text"),
        ("", ""),
        (" \n\t ", ""),
        ("  two \n\n lines\t", "two lines"),
        ("no\u00a0break\u2003space", "no break space"),
        ("con\x07trol\x7f \x1b[0m", "control [0m"),
        (
            "soft\u00adhyphen, zero\u200bwidth, \ufeffmark, \u202eleft",
            "softhyphen, zerowidth, mark, left",
        ),
        ("a joiner \u200d stays, so does \u200c", "a joiner \u200d stays, so does \u200c"),
        ("the patient\ufffds", "the patients"),
        ("Fish &amp; Chips &#233; &#xe9; &eacute;", "Fish & Chips é é é"),
        ("p &lt; 0.05&nbsp;&plusmn; 2", "p < 0.05 ± 2"),
        ("escaped &amp;amp;lt; twice", "escaped < twice"),
        ("AT&T &unknown; &copyright; & so on;", "AT&T &unknown; &copyright; & so on;"),
        ("&#0; &#55296;", ""),
        ("<p>One</p><p class='x'>Two<br/>Three</p>", "One Two Three"),
        ("CO<sub>2</sub> and <i>in vitro</i>", "CO2 and in vitro"),
        ("&lt;i&gt;in vivo&lt;/i&gt;", "in vivo"),
        ("a <!-- hidden <b> --> b", "a b"),
        ("p < 0.05 and q > 3, <x, y> and <unknown>", "p < 0.05 and q > 3, <x, y> and <unknown>"),
        ("𝒳 &amp; 😀", "𝒳 & 😀"),
    ],
)
def test_leftovers_go_and_text_stays(text: str, cleaned: str) -> None:
    assert clean_text(text).text == cleaned


@pytest.mark.parametrize(
    ("text", "span", "original"),
    [
        ("  a \n b", "a b", "a \n b"),
        ("x <b>bold</b> y", "bold", "bold"),
        ("Fish &amp; Chips", "&", "&amp;"),
        ("cut\u00adter", "cutter", "cut\u00adter"),
        ("a &amp;lt;i&amp;gt; b", "b", "b"),
        ("&NotEqualTilde;!", "\u2242\u0338", "&NotEqualTilde;"),
        ("&NotEqualTilde;!", "\u0338", "&NotEqualTilde;"),
    ],
)
def test_spans_point_at_the_original(text: str, span: str, original: str) -> None:
    cleaned = clean_text(text)
    start = cleaned.text.index(span)
    first, last = cleaned.original_span(start, start + len(span))
    assert text[first:last] == original


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 5)])
def test_spans_outside_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(
        ValueError, match=f"inside the 4 characters .* not be empty, got {start}:{end}"
    ):
        clean_text(" text ").original_span(start, end)


TEXTS = st.sampled_from(["a", "\u00e9", "\U0001f600", "i", " ", "\n", "\x00", "\u00ad", "\ufffd"])
ENTITIES = st.sampled_from(["&amp;", "&lt;", "&gt;", "&#", ";", "amp;", "&NotEqualTilde;"])
TAGS = st.sampled_from(["<b>", "</b>", "<br>", "<", ">", "<!--", "-->"])
PIECES = st.lists(TEXTS | ENTITIES | TAGS | st.text(max_size=3), max_size=30)


@given(pieces=PIECES)
def test_each_character_points_at_what_it_stands_for(pieces: list[str]) -> None:
    text = "".join(pieces)
    cleaned = clean_text(text)
    assert len(cleaned.starts) == len(cleaned.ends) == len(cleaned.text)
    assert (cleaned.starts[1:] >= cleaned.starts[:-1]).all()
    assert (cleaned.ends[1:] >= cleaned.ends[:-1]).all()
    assert "  " not in cleaned.text
    assert cleaned.text == cleaned.text.strip()
    for character, start, end in zip(cleaned.text, cleaned.starts, cleaned.ends, strict=True):
        assert 0 <= start < end <= len(text)
        if end - start == 1 and character != " ":
            assert text[start] == character


@pytest.mark.parametrize("piece", ["&amp;", "amp;", "<", "<a ", "<!--", "&", " ", "<!-- x"])
def test_long_runs_take_linear_time(piece: str) -> None:
    start = time.process_time()
    clean_text("&" + piece * (200_000 // len(piece)))
    assert time.process_time() - start < 2
