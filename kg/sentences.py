"""Where the sentences of a text begin and end, by rule and in time linear in its length."""

from __future__ import annotations

import re
from typing import Final

# A sentence may end at a full stop, question or exclamation mark before white space, with quotes
# and brackets between; at such a mark of Chinese or Japanese; or at the end of a line. After four
# small letters that are no abbreviation and before a capital it does: most ends are of this kind.
_CANDIDATE: Final = re.compile(
    # One set of characters up front lets the engine skip to them.
    r"[.!?\u2026\u3002\uff01\uff1f\n](?:"
    r"(?<=[a-z]{4}\.)(?<!(?:prox|resp|incl|evtl|inkl|insb|schl)\.)(?=\s{1,2}[A-Z])(?P<plain>)"
    r"|(?<=[.!?\u2026])[\"')\]\u2019\u201c\u201d\u00ab\u00bb]{0,3}(?=\s)"
    r"|(?<=\n)"
    r"|(?<=[\u3002\uff01\uff1f])[\"')\]\u2019\u201d\u300d\u300f]{0,3})"
)
_WIDE_MARKS: Final = "\u3002\uff01\uff1f"
_NEXT: Final = re.compile(r"\S")
_WORD: Final = re.compile(r"\w+")
_OPENING: Final = frozenset("\"'([\u201c\u2018\u201e\u00ab\u00bb\u00bf\u00a1*_")
_BULLET: Final = re.compile(r"(?:[-*+>\u2022\u00b7\u2013\u2014]|#{1,6}|\d{1,2}[.)])\s")
# Names that start with a small letter even where a sentence starts: p53, mRNA, pH.
_MIXED: Final = re.compile(r"[a-z]{1,3}[A-Z0-9]")
_LOOK_BACK: Final = 48
_LONGEST_WORD: Final = 24
_SHORT_LINE: Final = 40
_WIDEST_LINE: Final = 200

# What a full stop shortens. These are never the last word of a sentence ...
_NEVER_LAST: Final = frozenset(
    (
        *("e.g", "i.e", "eg", "ie", "cf", "viz", "vs", "approx", "resp", "incl", "Dr", "Prof"),
        *("Mr", "Mrs", "Ms", "St", "Hr", "Fr", "z.B", "d.h", "u.a", "bzw", "vgl", "Vgl", "ca"),
        *("evtl", "ggf", "inkl", "sog", "Z.n", "V.a", "St.p", "zw", "insb", "einschl"),
    )
)
# ... and these are not before a number.
_BEFORE_NUMBER: Final = frozenset(
    ("fig", "figs", "no", "nos", "nr", "eq", "ref", "refs", "vol", "abb", "tab", "p", "pp", "sect")
)
# After an initial or another abbreviation, these words start a sentence; other capitals are names.
_STARTERS: Final = frozenset(
    (
        *("The", "A", "An", "In", "We", "This", "These", "It", "Our", "There", "Of", "All", "At"),
        *("For", "As", "To", "By", "On", "After", "Although", "However", "Patients", "Results"),
        *("When", "While", "With", "Both", "No", "One", "Two", "Three", "If", "They", "Their"),
        *("Its", "He", "She", "His", "Her", "Thus", "Therefore", "From", "Among", "Since"),
        *("Der", "Die", "Das", "Ein", "Eine", "Es", "Im", "Bei", "Wir", "Er", "Sie", "Nach"),
        *("Diese", "Dieser", "Dieses", "Kein", "Keine", "Mit", "Zur", "Zum", "Als", "Auch"),
    )
)
_DATED: Final = re.compile(
    r"(?:Jan|Feb|M\u00e4r|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-z]*\b|Jahrhundert|Lebens"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text: start and end of each, without the white space around them.

    A full stop ends no sentence after an abbreviation ("e.g.", "Dr."), an initial ("J. Smith"), a
    number that starts a line or a German date ("3. Mai"), nor before a small letter. A blank line
    ends a sentence. So does the end of a line before a bullet, and before a capital or a digit if
    the line is short or would have held the next word: then the writer broke it, not the margin.

    An empty text has none. The rules need no language; the abbreviations and dates that they know
    are English and German.
    """
    spans: list[tuple[int, int]] = []
    begin = _NEXT.search(text)
    while begin is not None:
        start = begin.start()
        end = first_break(text, start, len(text))
        if end < 0:
            spans.append((start, len(text.rstrip())))
            break
        spans.append((start, end))
        begin = _NEXT.search(text, end)
    return spans


def first_break(text: str, start: int, stop: int) -> int:
    """Return where the first sentence that ends in ``text[start:stop]`` ends, or -1 for none.

    Args:
        text: the whole text; what stands just outside the stretch has a say.
        start: where to begin, inside a sentence.
        stop: where to end; the mark and the white space after it lie before this position.
    """
    for found in _CANDIDATE.finditer(text, start, stop):
        mark = found.start()
        if found.lastgroup is not None:
            return found.end()
        if text[mark] == "\n":
            if _ends_at_line(text, mark):
                return start + len(text[start:mark].rstrip())
        elif text[mark] in _WIDE_MARKS or _ends_at_mark(text, mark, found.end()):
            return found.end()
    return -1


def _ends_at_mark(text: str, mark: int, end: int) -> bool:
    """Return whether a sentence ends at a full stop or other mark before white space."""
    following = _NEXT.search(text, end)
    if following is None:
        return True
    at = following.start()
    if text[at] in _OPENING:
        at = min(at + 1, len(text) - 1)
    first = text[at]
    if text[mark] != ".":
        return not first.islower()
    if first.islower() and not _MIXED.match(text, at):
        return False
    words = text[max(0, mark - _LOOK_BACK) : mark].split()
    if not words or text[mark - 1].isspace():
        return True
    last = words[-1][-_LONGEST_WORD:].strip(".\"'([\u201e\u201c\u00ab")
    if last in _NEVER_LAST or (first.isdigit() and last.lower() in _BEFORE_NUMBER):
        return False
    if last == "al":  # et al. (1990)
        return first.isalpha() and text[following.start()] not in _OPENING
    if last.isdigit() and len(last) < 3:
        line = text.rfind("\n", max(0, mark - _LOOK_BACK), mark)
        starts_line = text[max(line + 1, 0) : mark].strip() == last
        return not (starts_line and mark < _LOOK_BACK + line + 1) and not _DATED.match(text, at)
    return not _is_initial(last, words) or _word_at(text, at) in _STARTERS


def _is_initial(last: str, words: list[str]) -> bool:
    """Return whether the last word before a full stop is an initial or letters with stops."""
    if "." in last:  # U.S, Ph.D
        return all(len(part) < 3 and part.isalpha() for part in last.split("."))
    if len(last) != 1 or not last.isalpha():
        return False
    # "J. Smith", "John F. Kennedy", "by J. Smith", but not "hepatitis B" and not "10 s".
    before = words[-2] if len(words) > 1 else ""
    if before[-1:].isdigit():
        return False
    named = before[:1].isupper() or before.endswith(".") or before in ("", "by", "von")
    return last.islower() or named


def _word_at(text: str, position: int) -> str:
    found = _WORD.match(text, position, position + _LONGEST_WORD)
    return found.group() if found else ""


def _ends_at_line(text: str, mark: int) -> bool:
    """Return whether a sentence ends at a line feed."""
    following = _NEXT.search(text, mark)
    if following is None:
        return True
    at = following.start()
    if "\n" in text[mark + 1 : at] or _BULLET.match(text, at):
        return True
    if not (text[at].isupper() or text[at].isdigit() or text[at] in _OPENING):
        return False
    before = text[max(0, mark - _WIDEST_LINE) : mark]
    length = len(before[before.rfind("\n") + 1 :].rstrip())
    if length < _SHORT_LINE or length >= _WIDEST_LINE:
        return True
    line_end = text.find("\n", at, at + _WIDEST_LINE)
    next_length = (line_end if line_end >= 0 else min(len(text), at + _WIDEST_LINE)) - at
    word = text[at : at + _WIDEST_LINE].split(None, 1)[0]
    return length + 1 + len(word) < next_length
