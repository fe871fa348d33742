"""Mentions that share a word: "breast and ovarian cancer", "Geld- und Fiskalpolitik"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .lexicon import Lexicon
    from .mentions import Mention

CONJUNCTIONS: Final = {
    "en": ("and/or", "and", "or", "as well as", "nor", "versus", "vs"),
    "de": ("und/oder", "und", "oder", "sowie", "bzw."),
    "fr": ("et/ou", "et", "ou", "ainsi que"),
    "es": ("y/o", "y", "e", "o", "u"),
    "it": ("e/o", "e", "o", "ed"),
    "nl": ("en/of", "en", "of"),
    "pt": ("e/ou", "e", "ou"),
}
"""The words of a language that join the items of a coordination."""

_ITEM_WORDS: Final = 3
_MOST_ITEMS: Final = 6
_LOOK_BACK: Final = 60
_NEAR: Final = 14
_LEAST_STEM: Final = 4
_MARKS: Final = ",/&-"
_WORD: Final = re.compile(r"[^\s,;:()\[\]/]+")
_CLAUSE: Final = re.compile(r"[,;:.()\[\]](?=\s|$)")


class Conjunct(NamedTuple):
    """A form read from a coordination.

    Args:
        start: where it starts in the text.
        end: one past its end.
        fragments: its pieces.
        form: the form.
    """

    start: int
    end: int
    fragments: tuple[tuple[int, int], ...]
    form: str


class Coordination:
    """Finds the other names in a coordination of which a text writes the shared word once.

    From a mention whose name has several words it reads on across conjunctions, commas and
    slashes. To the left, each item is completed with the last words of the mention: "breast and
    [ovarian cancer]" is "breast cancer". To the right, with its first words: "[cancer of the
    breast] and ovary", "[type 1] and 2". In German, with the last part of a compound, "Geld- und
    [Fiskalpolitik]", or the first, "[Steuerpolitik] und -recht". Only names of the lexicon count.

    Args:
        lexicon: the names.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        words = CONJUNCTIONS.get(lexicon.language.split("-")[0].lower(), ("&",))
        joined = "|".join(re.escape(word) for word in words)
        link = rf"(?:,\s*(?:(?:{joined})\s+)?|\s(?:{joined}|&)\s+|\s?/\s?)"
        self._words = frozenset(word for phrase in (*words, "& -") for word in phrase.split())
        self._last = frozenset((*_MARKS, *(word[-1] for word in self._words)))
        self._before = re.compile(rf"({link}|(?<=\w)-)$", re.IGNORECASE)
        self._after = re.compile(rf"({link})(-?[\w-]+(?: [\w-]+)?)", re.IGNORECASE)

    def __call__(self, text: str, mentions: Sequence[Mention]) -> list[Conjunct]:
        """Return the names that the mentions of a text share words with."""
        found: list[Conjunct] = []
        taken = {mention.end for mention in mentions}
        starts = {mention.start for mention in mentions}
        for mention in mentions:
            if mention.nested:
                continue
            if self._may_join(text, mention.start):
                found.extend(self._to_the_left(text, mention, taken))
            if self._after.match(text, mention.end):
                found.extend(self._to_the_right(text, mention, starts))
        return found

    def _may_join(self, text: str, end: int) -> bool:
        """Return whether a conjunction may end here, or before the space that ends here."""
        last = text[max(0, end - 2) : end].rstrip()[-1:]
        if last and last.lower() not in self._last:
            return False  # mostly so
        words = text[max(0, end - _NEAR) : end].rsplit(None, 1)
        return bool(words) and (words[-1][-1] in _MARKS or words[-1].lower() in self._words)

    def _to_the_left(self, text: str, mention: Mention, taken: set[int]) -> Iterator[Conjunct]:
        words = list(_WORD.finditer(text, mention.start, mention.end))
        place = mention.start
        for _ in range(_MOST_ITEMS):
            window = max(0, place - _LOOK_BACK)
            join = self._before.search(text[window:place])
            if join is None:
                return
            end = window + join.start()
            if end in taken:
                return  # the item is a mention of its own
            conjunct = self._completed(text, window, end, words, mention)
            if conjunct is None:
                return
            yield conjunct
            place = conjunct.start

    def _completed(
        self, text: str, window: int, end: int, words: list[re.Match[str]], mention: Mention
    ) -> Conjunct | None:
        """Return the item that ends here, completed with the last words of the mention."""
        items = [match.start() + window for match in _WORD.finditer(text[window:end])]
        for start in items[-_ITEM_WORDS:]:
            item = text[start:end]
            if _CLAUSE.search(item):
                continue
            if self._may_be_named(item):
                whole = self.lexicon.form(self._fold(f"{item} {mention.text}"))
                if whole is not None and len(item.split()) > 1:
                    # "hereditary breast and ovarian cancer" is a name in itself.
                    return Conjunct(start, mention.end, (), whole)
                for word in words[1:]:
                    rest = (word.start(), mention.end)
                    form = self.lexicon.form(self._fold(f"{item} {text[slice(*rest)]}"))
                    if form is not None:
                        return Conjunct(start, mention.end, ((start, end), rest), form)
            if item.endswith("-") or text[end : end + 1] == "-":
                compound = self._compound(text, start, end, words[0], mention)
                if compound is not None:
                    return compound
        return None

    def _compound(
        self, text: str, start: int, end: int, word: re.Match[str], mention: Mention
    ) -> Conjunct | None:
        """Complete "Geld-" with the last part of "Fiskalpolitik"."""
        first = text[start:end].rstrip("-")
        for cut in range(word.start() + 2, word.end() - _LEAST_STEM + 1):
            form = self.lexicon.form(self._fold(first + text[cut : mention.end]))
            if form is not None:
                stop = start + len(first)
                return Conjunct(start, mention.end, ((start, stop), (cut, mention.end)), form)
        return None

    def _to_the_right(self, text: str, mention: Mention, starts: set[int]) -> Iterator[Conjunct]:
        words = list(_WORD.finditer(text, mention.start, mention.end))
        place = mention.end
        for _ in range(_MOST_ITEMS):
            join = self._after.match(text, place)
            if join is None or join.start(2) in starts:
                return
            conjunct = self._continued(text, join, words, mention)
            if conjunct is None:
                return
            yield conjunct
            place = conjunct.end

    def _continued(
        self, text: str, join: re.Match[str], words: list[re.Match[str]], mention: Mention
    ) -> Conjunct | None:
        """Return the item after a conjunction, completed with the first words of the mention."""
        item_start = join.start(2)
        item = text[item_start : join.end()]
        if item.startswith("-"):
            return self._second_part(text, item_start, item, words[-1], mention)
        if len(words) == 1:
            return None
        ends = dict.fromkeys((join.end(), item_start + len(item.split(" ")[0])))
        ends_named = [end for end in ends if self._may_be_named(text[item_start:end])]
        for word in words[:0:-1]:
            first = text[mention.start : word.start()]
            for end in ends_named:
                form = self.lexicon.form(self._fold(first + text[item_start:end]))
                if form is not None:
                    head = (mention.start, mention.start + len(first.rstrip()))
                    return Conjunct(mention.start, end, (head, (item_start, end)), form)
        return None

    def _second_part(
        self, text: str, item_start: int, item: str, word: re.Match[str], mention: Mention
    ) -> Conjunct | None:
        """Complete "-recht" with the first part of "Steuerpolitik"."""
        second = item[1:].split(" ")[0]
        for cut in range(word.end() - 2, word.start() + 2, -1):
            form = self.lexicon.form(self._fold(text[mention.start : cut] + second))
            if form is not None:
                end = item_start + 1 + len(second)
                pieces = ((mention.start, cut), (item_start + 1, end))
                return Conjunct(mention.start, end, pieces, form)
        return None

    def _may_be_named(self, item: str) -> bool:
        """Return False where a word of an item surely is in no name; most words are in none."""
        known = self.lexicon.words
        return all(
            word.lower() in known for word in item.split() if word.isascii() and word.isalnum()
        )

    def _fold(self, text: str) -> str:
        rules = self.lexicon.rules
        folded = rules.fold(text)
        return " ".join(folded.text.split())
