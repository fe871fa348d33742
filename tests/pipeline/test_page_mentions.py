"""Mentions in the text of the page: their offsets, and those that overlap or stand in pieces."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from .browsing import Watched, fulfil

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.slow


def test_offsets_are_code_points(seen: Watched) -> None:
    page = seen.open()
    generator = random.Random(5)
    script = """async ([text, spans]) => {
      const { Offsets } = await import("/page/offsets.js");
      const { cut } = await import("/page/highlight.js");
      const offsets = new Offsets(text);
      const mentions = spans.map(([start, end]) => ({ start, end }));
      const covered = cut(text, mentions).map(({ from, to, covering }) =>
        [text.slice(from, to), [...covering].sort((a, b) => a - b)]);
      const units = Array.from({ length: offsets.codePoints + 1 }, (_, at) => offsets.toUnits(at));
      return [units, units.map((unit) => offsets.toCodePoints(unit)), covered];
    }"""
    for _ in range(40):
        length = generator.randint(0, 30)
        text = "".join(generator.choice("ab 🌹é𝒳\n👩\u200d") for _ in range(length))
        pairs = [sorted(generator.choices(range(length + 1), k=2)) for _ in range(6)]
        units, back, covered = page.evaluate(script, [text, pairs])
        assert units == [len(text[:at].encode("utf-16-le")) // 2 for at in range(length + 1)]
        assert back == list(range(length + 1))
        told = [(letter, own) for words, own in covered for letter in words]
        plain = [
            (letter, [n for n, (start, end) in enumerate(pairs) if start <= at < end])
            for at, letter in enumerate(text)
        ]
        assert told == plain


def test_pieces_of_a_mention_are_marked_without_the_words_between(seen: Watched) -> None:
    text = "breast and ovarian cancer"
    common = {"text": text, "concept": "x:c", "label": "c", "definition": "", "score": 1.0}
    common |= {"way": "coordinated", "polarity": "negated", "senses": ["family"], "section": ""}
    pieces = common | {"start": 0, "end": 25, "fragments": [[0, 6], [19, 25]]}
    inner = common | {"start": 11, "end": 25, "text": text[11:], "fragments": []}
    mentions = [each | {"nested": False, "candidates": []} for each in (pieces, inner)]
    prediction: dict[str, Any] = {
        "id": None,
        "label": "viral",
        "label_name": "Viruses",
        "score": 0.5,
    }
    prediction |= {"probabilities": {"viral": 0.5}, "mentions": mentions}
    fulfil(seen.page, "**/classify", {"predictions": [prediction]})
    fulfil(seen.page, "**/explain", {"detail": "not today"}, status=413)
    page = seen.open()
    page.get_by_label("Text", exact=True).fill(text)
    page.keyboard.press("Control+Enter")
    page.get_by_text("not today").wait_for()
    page.get_by_text("This is too large for the server").wait_for()
    assert page.locator(".mention").all_text_contents() == ["breast", "ovarian ", "cancer"]
    assert page.locator("[data-numbers~='0']").all_text_contents() == ["breast", "cancer"]
    name = page.locator(".mention").first.get_attribute("aria-label")
    assert name == f"{text}, not, family, c"
    assert page.locator(".mention").first.get_attribute("data-sign") == "not, family"
    page.locator(".mention").first.click()
    page.get_by_role("button", name="Correct", exact=True).click()
    dialog = page.get_by_role("dialog", name="Correct the concept")
    assert dialog.locator("blockquote").inner_text() == "breast … cancer"
    dialog.get_by_label("no concept").check()
    dialog.get_by_role("button", name="Keep").click()
    page.evaluate("async () => (await import('/page/keeping.js')).flush()")
    page.get_by_text("Kept for training as correction").wait_for()
    (row,) = (row for row in seen.site.kept("links") if row["text"] == text)
    assert [one["fragments"] for one in row["mentions"]] == [[[0, 6], [19, 25]]]
