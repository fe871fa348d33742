"""Fold a text for matching, and lead every position of the result back to the original.

Folded text is words in lower case with spaces between them. What writers vary without meaning
anything by it is gone: case, compatibility forms, soft hyphens, zero-width characters, the kind
and number of spaces, hyphens, line breaks, possessives. Punctuation becomes a space as well, so
that ``", "`` leaves two spaces, which no name spans by accident.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_ASCII: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
# What changes the length, in this order: the end of a possessive and a hyphen at the end of a line
# (cut), a run of white space between two words (space), any other character beyond ASCII. The
# table does the rest. One set of characters up front lets the engine skip to them: three times as
# fast as alternatives with a lookbehind each.
_CUT: Final = (
    r"(?P<cut>(?<=\w['\u2018\u2019\u02bc\u2032])[sS]?(?!\w)"
    r"|(?<=\w[-\u2010\u2011\u00ad])[ \t]*\r?\n\s*(?=\w))"
)
_SPACE: Final = r"(?P<space>(?<=[\w-]\s)\s+(?=\w))"
_LENGTH_ASCII: Final = re.compile(rf"[\s'-](?:{_CUT}|{_SPACE})", re.ASCII)
_POSSESSIVE: Final = re.compile(r"'(?P<cut>(?<=\w')[sS]?(?!\w))", re.ASCII)
# An ASCII text is searched only around these; that takes a tenth of the time.
_NEAR: Final = (re.compile("'"), re.compile("\n"), re.compile("  "))
_OTHER_SPACES: Final = ("\t", "\r", "\v", "\f")
_FURTHER_SPACES: Final = ("  ", *_OTHER_SPACES)
_SPACES: Final = (" ", "\n")
_LENGTH: Final = re.compile(rf"[\s'\x80-\U0010ffff-](?:{_CUT}|{_SPACE}|(?<=[^\x00-\x7f]))")
_MARK: Final = re.compile("[\u0300-\u036f]")
_LENGTH_MARKS: Final = re.compile(rf"(?s:.)[\u0300-\u036f]+|{_LENGTH.pattern}")
_WORD: Final = re.compile(r"\w+")
_LATIN: Final = re.compile(r"[A-Za-z]")
_GREEK: Final = re.compile(r"[\u0370-\u03ff\u00b5]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]")
_LONE_ESZETT: Final = re.compile(r"(?<!\w)\u00df(?!\w)")
_GREEK_INSIDE: Final = re.compile(r"(?<=[A-Za-z])[\u0370-\u03ff](?=[A-Za-z])")
_GREEK_NAMES: Final = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name}"): name.lower().replace("final ", "")
    for name in (
        *("ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON", "ZETA", "ETA", "THETA", "IOTA", "KAPPA"),
        *("LAMDA", "MU", "NU", "XI", "OMICRON", "PI", "RHO", "FINAL SIGMA", "SIGMA", "TAU"),
        *("UPSILON", "PHI", "CHI", "PSI", "OMEGA"),
    )
} | {"\u03bb": "lambda"}  # Unicode calls it lamda
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Letters that look like a Latin one (from Unicode TS 39), lower case.
_LOOKALIKES: Final = dict(
    zip("авеёкмнорстухіїјѕԁһԛԝοανρτικυεηω", "abeekmhopctyxiijsdhqwoavptikuenw", strict=True)
)
# Scripts written without spaces between words, or with particles joined to them: each character
# is a word of its own, in the names and in the text alike.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7AF),  # Hangul
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, further planes
)


class Folded(NamedTuple):
    """A folded text and the way back.

    Args:
        text: the folded text.
        suspicious: spans of the original text, each a word written with look-alike letters of
            another script (a Cyrillic а in a Latin word); they are folded to what they look like.
        starts: where each edit starts in the folded text; between edits the two run in parallel.
        ends: where each ends there.
        original_starts: where what it replaced starts in the original text.
        original_ends: where that ends.
    """

    text: str
    suspicious: tuple[tuple[int, int], ...] = ()
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    original_starts: Sequence[int] = ()
    original_ends: Sequence[int] = ()

    def start(self, position: int) -> int:
        """Return where in the original text a match starts that starts here in the folded one."""
        edit = bisect_right(self.starts, position) - 1
        if edit < 0:
            return position
        if position < self.ends[edit]:
            return self.original_starts[edit]
        return self.original_ends[edit] + position - self.ends[edit]

    def end(self, position: int) -> int:
        """Return where in the original text a match ends that ends before this folded position."""
        edit = bisect_left(self.starts, position) - 1
        if edit < 0:
            return position
        if position <= self.ends[edit]:
            return self.original_ends[edit]
        return self.original_ends[edit] + position - self.ends[edit]


def fold(
    text: str, *, keep_marks: bool = False, greek_names: bool = True, spell_umlauts: bool = False
) -> Folded:
    """Fold a text for matching.

    Args:
        text: the original text.
        keep_marks: keep accents and umlauts, as most languages need; English can do without.
        greek_names: write a lone Greek letter as its name, so that β and "beta" are one.
        spell_umlauts: write ä, ö and ü as ae, oe and ue, as German allows.

    Returns:
        The folded text with the way back to the original.
    """
    if text.isascii():
        edits = [(found.start(), found.end(), _written(found)) for found in _ascii_lengths(text)]
        return _apply(text, edits, ()) if edits else Folded(text.translate(_ASCII))
    disguised, suspicious = _disguised(text)
    edits = []
    for match in (_LENGTH_MARKS if _MARK.search(text) else _LENGTH).finditer(text):
        start = match.start()
        if match.lastgroup is not None:
            replacement = _written(match)
        elif start in disguised:
            replacement = disguised[start]
        elif greek_names and _is_lone_greek(text, start):
            letter = unicodedata.normalize("NFKC", text[start]).lower()
            replacement = _GREEK_NAMES.get(letter) or _fold_cluster(match.group(), keep_marks)
        else:
            replacement = _fold_cluster(match.group(), keep_marks)
            if spell_umlauts:
                replacement = replacement.translate(_UMLAUTS)
        edits.append((start, match.end(), replacement))
    return _apply(text, edits, suspicious)


def _written(match: re.Match[str]) -> str:
    """Return what stands for a match of ``cut`` or ``space``."""
    return " " if match.lastgroup == "space" else ""


def _has_plain_spaces(text: str) -> bool:
    """Return whether no white space changes the length of an ASCII text.

    A run of white space does so only after a letter, a digit or a hyphen: the line feed and the
    space between two sentences do not.
    """
    if any(map(text.__contains__, _FURTHER_SPACES)):
        return False
    place = text.find("\n")
    while place >= 0:
        before, is_run = text[place - 1 : place], text[place + 1 : place + 2] in _SPACES
        if before == " ":
            before, is_run = text[place - 2 : place - 1], True
        if before == "-" or (is_run and (before.isalnum() or before == "_")):
            return False
        place = text.find("\n", place + 1)
    return True


def _ascii_lengths(text: str) -> Iterable[re.Match[str]]:
    """Return what changes the length of an ASCII text, as ``_LENGTH_ASCII.finditer`` does."""
    if _has_plain_spaces(text):
        return _POSSESSIVE.finditer(text) if "'" in text else ()
    if any(map(text.__contains__, _OTHER_SPACES)):
        return _LENGTH_ASCII.finditer(text)
    return _near_marks(text)


def _near_marks(text: str) -> Iterator[re.Match[str]]:
    done = 0
    for place in sorted(match.start() for near in _NEAR for match in near.finditer(text)):
        if place < done:
            continue
        start = done = place
        if text[place] != "'":
            while start > 0 and text[start - 1] in " \n":
                start -= 1
            while done < len(text) and text[done] in " \n":
                done += 1
            if start > 0 and text[start - 1] == "-":  # it may have parted a word
                start -= 1
        match = _LENGTH_ASCII.match(text, start)
        if match is None and text[start] == "-":
            match = _LENGTH_ASCII.match(text, start + 1)
        if match is not None:
            yield match
            done = match.end()


def _apply(
    text: str, edits: list[tuple[int, int, str]], suspicious: tuple[tuple[int, int], ...]
) -> Folded:
    begin: list[int] = []
    end: list[int] = []
    pieces: list[str] = []
    length = done = 0
    for start, stop, replacement in edits:
        pieces.append(text[done:start])
        length += start - done
        # A character of an unspaced script comes with the space after it; the one before it is
        # written here, where what stands before is known.
        if replacement and _is_unspaced(replacement[0]) and not _ends_in_space(pieces):
            replacement = " " + replacement
        pieces.append(replacement)
        begin.append(length)
        length += len(replacement)
        end.append(length)
        done = stop
    pieces.append(text[done:])
    # The replacements are folded already; the table leaves them alone, apart from what they hold
    # in ASCII, which is lower case.
    return Folded(
        "".join(pieces).translate(_ASCII),
        suspicious,
        begin,
        end,
        [start for start, _, _ in edits],
        [stop for _, stop, _ in edits],
    )


def _ends_in_space(pieces: list[str]) -> bool:
    for piece in reversed(pieces):
        if piece:
            return not piece[-1].isalnum()
    return True


def _is_lone_greek(text: str, position: int) -> bool:
    if not _GREEK.match(text, position):
        return False
    before = position > 0 and _GREEK.match(text, position - 1)
    return not before and not _GREEK.match(text, position + 1)


@lru_cache(maxsize=8192)
def _fold_cluster(cluster: str, keep_marks: bool) -> str:
    """Fold one character with the marks that follow it."""
    if "<super>" in unicodedata.decomposition(cluster[0]):
        return cluster  # 10⁵ must not become 105
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    if not keep_marks:
        split = unicodedata.normalize("NFD", folded)
        if _LATIN.search(split):
            folded = "".join(char for char in split if not unicodedata.combining(char))
    return "".join(map(_fold_character, folded))


def _fold_character(char: str) -> str:
    category = unicodedata.category(char)
    if _is_unspaced(char):
        return char + " "
    if char.isalnum() or category[0] == "M":
        return "" if 0xFE00 <= ord(char) <= 0xFE0F else char  # variation selectors
    return "" if category == "Cf" else " "


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return code >= 0x0E00 and any(low <= code <= high for low, high in _UNSPACED)


def _disguised(text: str) -> tuple[dict[int, str], tuple[tuple[int, int], ...]]:
    """Find letters that stand for a look-alike of another script.

    Returns:
        The Latin letter for the position of each, and the spans of the words they are in.
    """
    letters: dict[int, str] = {}
    spans: list[tuple[int, int]] = []
    if _CYRILLIC.search(text) or _GREEK_INSIDE.search(text):
        for word in _WORD.finditer(text):
            found = _letters_in_disguise(word)
            if found:
                letters |= found
                spans.append(word.span())
    for eszett in _LONE_ESZETT.finditer(text):  # for β
        letters[eszett.start()] = "beta"
        spans.append(eszett.span())
    return letters, tuple(sorted(spans))


def _letters_in_disguise(word: re.Match[str]) -> dict[int, str]:
    if not _LATIN.search(word.group()):
        return {}
    return {
        word.start() + number: _LOOKALIKES[char.lower()]
        for number, char in enumerate(word.group())
        if char.lower() in _LOOKALIKES
        and (_CYRILLIC.match(char) or _GREEK_INSIDE.match(word.group(), number))
    }
