"""Cleaning of texts that keeps, for each character, where it came from."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.entities import html5

import numpy as np
from numpy.typing import NDArray

# Characters that show nothing: controls, soft hyphen, zero-width space, marks of direction, byte
# order marks, and U+FFFD, which stands for a character lost in an earlier conversion. The joiners
# U+200C and U+200D stay: Persian, Indic scripts and emoji need them. So does white space.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ufffd]+"
)
# "&amp;lt;" is "<" that was escaped twice. The semicolon is needed, as in "AT&T" it is missing.
_ENTITY = re.compile(r"&(?:amp;)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_INLINE = "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr"  # noqa: E501 - a list
_BLOCK = "address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|img|input|label|legend|li|link|main|meta|nav|ol|option|p|pre|section|select|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"  # noqa: E501 - a list
# Only the names of HTML elements, so that "p < 0.05 and q > 3" and "<x, y>" stay as they are.
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    rf"<!--(?:(?!<!--).)*?-->|<!doctype[^<>]*>|</?(?:{_BLOCK})(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"\s+")
_EDGES = re.compile(r"\A\s+|\s+\Z")


@dataclass(frozen=True, slots=True, eq=False)
class CleanText:
    """A cleaned text and the way back.

    Shapes:
        starts, ends: (character of ``text``,), code points of the original: character i of
            ``text`` stands for ``original[starts[i]:ends[i]]``.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` stands in the original; both ends are code points.

        Raises:
            ValueError: the span is empty or not inside the cleaned text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(
                f"a span must lie inside the {len(self.text)} characters of the cleaned text and "
                f"not be empty, got {start}:{end}"
            )
        return int(self.starts[start]), int(self.ends[end - 1])


def clean_text(text: str) -> CleanText:
    """Return the text without what conversions and web pages leave behind, and its offsets.

    In this order: invisible characters go; HTML entities become their characters; HTML tags inside
    words go, other tags and comments become a space; runs of white space become one space; white
    space at both ends goes. Entities and tags are looked for twice, since markup is often escaped.
    """
    positions = np.arange(len(text), dtype=np.int64)
    cleaned = CleanText(text, positions, positions + 1)
    for _ in range(2):
        cleaned = _replaced(cleaned, _INVISIBLE, lambda _: "")
        cleaned = _replaced(cleaned, _ENTITY, _character)
        cleaned = _replaced(cleaned, _BLOCK_TAG, lambda _: " ")
        cleaned = _replaced(cleaned, _INLINE_TAG, lambda _: "")
    cleaned = _replaced(cleaned, _INVISIBLE, lambda _: "")
    cleaned = _replaced(cleaned, _SPACE, lambda _: " ")
    return _replaced(cleaned, _EDGES, lambda _: "")


def _character(match: re.Match[str]) -> str:
    """Return what an entity stands for; a name that HTML does not know stays as it is."""
    name = match[1]
    if name.startswith("#"):
        return html.unescape(f"&{name};")
    # Not html.unescape: it reads "&copyright;" as "\u00a9right;".
    return html5.get(f"{name};", f"&{name};")


def _replaced(
    cleaned: CleanText, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]
) -> CleanText:
    """Return the text with each match replaced; new characters point at the whole match."""
    pieces: list[str] = []
    sources: list[tuple[int, int, int]] = []  # start and end of the source, characters it becomes
    at = 0
    for match in pattern.finditer(cleaned.text):
        start, end = match.span()
        new = replacement(match)
        if new == match[0]:
            continue
        pieces += (cleaned.text[at:start], new)
        sources.append((start, end, len(new)))
        at = end
    if not sources:
        return cleaned
    pieces.append(cleaned.text[at:])
    kept = np.ones(len(cleaned.text), dtype=bool)
    starts, ends = cleaned.starts.copy(), cleaned.ends.copy()
    lengths = np.ones(len(cleaned.text), dtype=np.int64)
    for start, end, length in sources:
        # The first character of the match carries what replaces it, as often as needed.
        kept[start:end] = False
        kept[start] = length > 0
        ends[start] = cleaned.ends[end - 1]
        lengths[start] = length
    repeats = lengths[kept]
    return CleanText(
        "".join(pieces), np.repeat(starts[kept], repeats), np.repeat(ends[kept], repeats)
    )
