"""A text as names are looked for in it: short forms written out, slips righted, words as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .abbreviations import Definition, definitions, edits
from .folding import Folded
from .misspelling import LEAST_MISSPELT, MISSPELT, Misspellings
from .rewriting import Edit, Rewritten
from .zero_width import parted

if TYPE_CHECKING:
    from .lexicon import Lexicon
    from .linker_options import LinkerOptions
    from .mentions import Candidate, Mention


class ReadText(NamedTuple):
    """A text as names are looked for in it.

    Args:
        text: the text, written otherwise where that helps.
        folded: that, folded.
        words: the folded text, split at each space.
        codes: the codes of the words.
        rewritten: the way back; None where nothing is written otherwise.
        definitions: the short forms that the text defines.
    """

    text: str
    folded: Folded
    words: list[str]
    codes: str
    rewritten: Rewritten | None = None
    definitions: Sequence[Definition] = ()


class TextReader:
    """Reads texts for a linker.

    Short forms that a text defines are written out, and words of the names that it misspells are
    righted, as far as the options say so.

    Args:
        lexicon: the names.
        options: whether to do so.
    """

    def __init__(self, lexicon: Lexicon, options: LinkerOptions) -> None:
        self.lexicon = lexicon
        self.options = options
        self._misspellings = (
            Misspellings(lexicon.words, lexicon.rules) if options.misspellings else None
        )

    def __call__(self, text: str) -> ReadText:
        """Read a text."""
        plain = parted(text, self.lexicon) if "\u200b" in text else text
        found = definitions(plain) if self.options.abbreviations else []
        changes = list(edits(plain, found)) if found else []
        rewritten = Rewritten(text, changes, read=plain) if changes or plain is not text else None
        read = self._read(rewritten, plain, found)
        if self._misspellings is not None and self._may_be_misspelt(plain, read):
            slips = [Edit(*slip, MISSPELT) for slip in self._misspellings(plain)]
            if slips:
                rewritten = Rewritten(text, [*changes, *slips], read=plain)
                read = self._read(rewritten, plain, found)
        return read

    def plain(self, text: str) -> ReadText:
        """Read a text as it is, with nothing written otherwise."""
        return self._read(None, text, ())

    def _read(
        self, rewritten: Rewritten | None, text: str, found: Sequence[Definition]
    ) -> ReadText:
        if rewritten is not None:
            text = rewritten.text
        folded = self.lexicon.rules.fold(text)
        words = folded.text.split(" ")
        codes = self.lexicon.words.encode(words)
        return ReadText(text, folded, words, codes, rewritten, found)

    def _may_be_misspelt(self, text: str, read: ReadText) -> bool:
        """Return False where a text surely misspells no word."""
        assert self._misspellings is not None
        # Writing short forms out must neither hide a long word nor join what the text parts.
        is_alike = all(
            item.short_end - item.short_start < LEAST_MISSPELT
            and not text[item.removed[1] : item.removed[1] + 1].isalnum()
            for item in read.definitions
        )
        return not is_alike or self._misspellings.may_occur(read.text, read.words, read.codes)


@dataclass(frozen=True, slots=True)
class LinkedText:
    """What is known of a text that stretches of it may be mentions of.

    Args:
        text: the text.
        candidates: those of the mentions that a linker finds, by start and end.
        definitions: the short forms that the text defines.
        edits: what writes them out.
    """

    text: str
    candidates: Mapping[tuple[int, int], tuple[Candidate, ...]]
    definitions: Sequence[Definition]
    edits: Sequence[Edit]

    @classmethod
    def of(cls, text: str, mentions: Sequence[Mention], options: LinkerOptions) -> LinkedText:
        """Return what is known of a text with its mentions."""
        found = definitions(text) if options.abbreviations else []
        changes = list(edits(text, found)) if found else []
        known = {(item.start, item.end): item.candidates for item in reversed(mentions)}
        return cls(text, known, found, changes)

    def written_out(self, start: int, end: int) -> str:
        """Return a stretch of the text with its short forms written out."""
        for item in reversed(self.definitions):
            if (item.short_start, item.short_end) == (start, end):
                return self.text[item.long_start : item.long_end]
        inside = [
            edit._replace(start=edit.start - start, end=edit.end - start)
            for edit in self.edits
            if start <= edit.start and edit.end <= end
        ]
        stretch = self.text[start:end]
        return Rewritten(stretch, inside).text if inside else stretch
