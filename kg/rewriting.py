"""A text with some of its words written otherwise, and the way back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Set
from typing import Final, NamedTuple

from .mentions import Mention

_NONE: Final[Set[str]] = frozenset()


class Edit(NamedTuple):
    """A stretch of a text to be written otherwise.

    Args:
        start: where it starts.
        end: one past its end.
        text: what to write; empty to leave it out.
        way: what a mention that holds it is found by, see ``Candidate.way``.
    """

    start: int
    end: int
    text: str
    way: str


class Rewritten:
    """A text with edits made; of edits that overlap the first is made.

    Args:
        original: the text as it was.
        edits: what to change.
        read: what to make the edits in, where that is not the text as it was, but as long.
    """

    def __init__(self, original: str, edits: Iterable[Edit], *, read: str = "") -> None:
        self.original = original
        read = read or original
        # The text self.text[_begin[i]:_end[i]] stands for original[_edits[i].start:.end].
        self._edits: list[Edit] = []
        self._begin: list[int] = []
        self._end: list[int] = []
        pieces: list[str] = []
        length = done = 0
        for edit in sorted(edits):
            if edit.start < done:
                continue
            pieces += (read[done : edit.start], edit.text)
            length += edit.start - done
            self._edits.append(edit)
            self._begin.append(length)
            length += len(edit.text)
            self._end.append(length)
            done = edit.end
        pieces.append(read[done:])
        self.text = "".join(pieces)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the original span of a span; None if it holds only a part of what was written."""
        first = bisect_right(self._begin, start) - 1
        last = bisect_left(self._begin, end) - 1
        if first >= 0 and start < self._end[first]:
            if start > self._begin[first]:
                return None
            original_start = self._edits[first].start
        else:
            original_start = start + self._shift(first)
        if last >= 0 and end <= self._end[last] and self._begin[last] < self._end[last]:
            return (original_start, self._edits[last].end) if end == self._end[last] else None
        return original_start, end + self._shift(last)

    def ways(self, start: int, end: int) -> set[str]:
        """Return the ways of the edits that a span of the text holds, omissions left out."""
        numbers = range(bisect_left(self._begin, start), bisect_left(self._begin, end))
        return {self._edits[number].way for number in numbers if self._edits[number].text}

    def restore(self, mention: Mention) -> tuple[Mention, Set[str]] | None:
        """Return a mention in the text as it was, with the ways of the edits it holds.

        None if it holds only a part of what was written.
        """
        start, end, ways = mention.start, mention.end, _NONE
        edit = bisect_right(self._begin, start) - 1
        if bisect_left(self._begin, end) - 1 == edit and (edit < 0 or start >= self._end[edit]):
            # It holds nothing that was written, and so none of its pieces does.
            shift = self._shift(edit)
            start, end = start + shift, end + shift
            if not shift and mention.text == self.original[start:end]:
                return mention, ways
            fragments = [(first + shift, last + shift) for first, last in mention.fragments]
        else:
            span = self.span(start, end)
            if span is None:
                return None
            start, end = span
            fragments = []
            for piece in mention.fragments:
                moved = self.span(*piece)
                if moved is None:
                    return None
                fragments.append(moved)
            ways = self.ways(mention.start, mention.end)
        text = self.original[start:end]
        restored = mention._replace(start=start, end=end, text=text, fragments=tuple(fragments))
        return restored, ways

    def _shift(self, number: int) -> int:
        return self._edits[number].end - self._end[number] if number >= 0 else 0
