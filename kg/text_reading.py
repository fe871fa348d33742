"""A text as names are looked for in it: short forms written out, slips righted, words as codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from .abbreviations import Definition, definitions, edits
from .folding import Folded
from .misspelling import LEAST_MISSPELT, MISSPELT, Misspellings
from .rewriting import Edit, Rewritten
from .zero_width import parted

if TYPE_CHECKING:
    from .lexicon import Lexicon
    from .linker_options import LinkerOptions
    from .mentions import Candidate, Mention

_MOST_TEXTS: Final = 48  # so few stay in the cache of the processor
_MOST_CHARACTERS: Final = 1 << 20


class ReadText(NamedTuple):
    """A text as names are looked for in it.

    Args:
        text: the text, written otherwise where that helps.
        folded: that, folded.
        words: the folded text, split at each space.
        codes: the codes of the words.
        new: the words that were new.
        rewritten: the way back; None where nothing is written otherwise.
        definitions: the short forms that the text defines.
    """

    text: str
    folded: Folded
    words: list[str]
    codes: str
    new: Sequence[str] = ()
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
        return self._righted(text, self._written_out(text))

    def many(self, texts: Iterable[str]) -> Iterator[tuple[str, ReadText]]:
        """Yield each text with what is read of it, as for one text at a time.

        The words that are not known yet are looked up for many texts at once. So texts are read
        ahead, but no more than 48, and a million characters and one text.
        """
        waiting = iter(texts)
        while batch := list(_some(waiting)):
            reads = [self._written_out(text) for text in batch]
            if self._misspellings is not None:
                self._misspellings.meet((read.text, read.new) for read in reads)
            for text, read in zip(batch, reads, strict=True):
                yield text, self._righted(text, read)

    def _written_out(self, text: str) -> ReadText:
        """Read a text with its short forms written out."""
        plain = self._parted(text)
        found = definitions(plain) if self.options.abbreviations else []
        changes = list(edits(plain, found)) if found else []
        rewritten = Rewritten(text, changes, read=plain) if changes or plain is not text else None
        return self._read(rewritten, plain, found)

    def _righted(self, text: str, read: ReadText) -> ReadText:
        """Return what is read of a text, with the words righted that it misspells."""
        plain = self._parted(text)
        if self._misspellings is None or not self._may_be_misspelt(plain, read):
            return read
        slips = [Edit(*slip, MISSPELT) for slip in self._misspellings(plain)]
        if not slips:
            return read
        changes = [*edits(plain, list(read.definitions)), *slips]
        return self._read(Rewritten(text, changes, read=plain), plain, read.definitions)

    def _parted(self, text: str) -> str:
        return parted(text, self.lexicon) if "\u200b" in text else text

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
        new = self.lexicon.words.new(words, codes) if self._misspellings is not None else ()
        return ReadText(text, folded, words, codes, new, rewritten, found)

    def _may_be_misspelt(self, text: str, read: ReadText) -> bool:
        """Return False where a text surely misspells no word."""
        assert self._misspellings is not None
        # Writing short forms out must neither hide a long word nor join what the text parts.
        is_alike = all(
            item.short_end - item.short_start < LEAST_MISSPELT
            and not text[item.removed[1] : item.removed[1] + 1].isalnum()
            for item in read.definitions
        )
        return not is_alike or self._misspellings.may_occur(read.text, read.words, read.new)


def _some(texts: Iterator[str]) -> Iterator[str]:
    """Yield as many of some texts as are read at once."""
    length = 0
    for text in islice(texts, _MOST_TEXTS):
        yield text
        length += len(text)
        if length >= _MOST_CHARACTERS:
            return


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
