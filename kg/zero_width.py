"""Zero-width spaces: inside a word they mean nothing, between two words they part them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .lexicon import Lexicon

_LONGEST: Final = 40
_MOST_PIECES: Final = 8
# Bounded, and from the start of a word on: linear in any text.
_PIECES: Final = re.compile(
    rf"(?<!\w)\w{{1,{_LONGEST}}}(?:\u200b+\w{{1,{_LONGEST}}}){{1,{_MOST_PIECES}}}(?!\w)"
)
_GAP: Final = re.compile(r"\u200b+")


def parted(text: str, lexicon: Lexicon) -> str:
    """Return a text with a space for each zero-width space that parts two words of the names.

    A text may have one to let a line break inside a long word, or in the place of a space; only the
    names tell which. Where the letters on both sides together are a word of the names, it is that
    word; where they are none and those on each side are one, or a stop word, they are two. In any
    other case nothing is changed. The length stays the same.
    """
    return _PIECES.sub(lambda found: _spaced(found.group(), lexicon), text)


def _spaced(run: str, lexicon: Lexicon) -> str:
    pieces, gaps = _GAP.split(run), _GAP.findall(run)
    folded = [lexicon.rules.fold(piece).text.strip() for piece in pieces]
    starts = set()  # the pieces with which words start
    first = 0
    while first < len(folded):
        starts.add(first)
        ends = range(len(folded), first, -1)
        first = next((end for end in ends if _is_word("".join(folded[first:end]), lexicon)), 0)
        if not first:
            return run
    rest = zip(range(1, len(pieces)), gaps, pieces[1:], strict=True)
    written = [(" " * len(gap) if number in starts else gap) + piece for number, gap, piece in rest]
    return "".join([pieces[0], *written])


def _is_word(folded: str, lexicon: Lexicon) -> bool:
    return folded in lexicon.words or folded in lexicon.stop
