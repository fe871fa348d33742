r"""Gold mentions in CoNLL files: a token a line, its tag in a column.

    Breast   B-D001943           the    O           _
    cancer   I-D001943     or    Breast B-Disease   D001943
    .        O                   cancer I-Disease   D001943

Tags are BIO (also without B where nothing is adjacent), BIOES or BILOU. Columns are separated by
tabs or spaces; the tag is the last one, or the one before the identifiers. The text is put together
with spaces. A blank line ends a sentence. A document begins at ``-DOCSTART-``, ``# newdoc id = x``
or ``# doc_id = x``; in a file without these every sentence is a document of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import CorpusError
from .gold import GoldDocument, GoldMention, parse_ids
from .rows import open_lines

_TAG: Final = re.compile(r"([BIESLU])-(.+)")
_OUTSIDE: Final = "O"
_BEGINS: Final = frozenset("BSU")
_ENDS: Final = frozenset("ESLU")
_DOCUMENT: Final = re.compile(r"#\s*(?:newdoc(?: +id)?|doc_?id)\s*(?:=\s*(.*\S))?\s*")


def has_tags(line: str) -> bool:
    """Return whether a line has a token and a tag, or begins a document of this format."""
    return _starts_document(line) is not None or _has_tag(_cells(line))


class _Line(NamedTuple):
    """A line of the file.

    Its cells are none where a sentence ends; ``document`` is the id of a document that begins.
    """

    number: int
    cells: list[str]
    document: str | None = None


class _Open(NamedTuple):
    """A mention whose end has not been read: its first word, where that starts, type, and id."""

    word: int
    start: int
    type: str
    id: str


@dataclass
class _Draft:
    """A document that is being read: its words, and the mentions that they make up."""

    id: str = ""
    words: list[str] = field(default_factory=list)
    length: int = 0
    mentions: list[GoldMention] = field(default_factory=list)
    open: _Open | None = None

    def add(self, token: str, tag: str, id: str, where: str) -> None:
        """Add a word, and begin, continue or end a mention with it."""
        start = self.length + bool(self.words)
        mark, _, type = tag.partition("-")
        if self.open is None or mark in _BEGINS or self.open.type != type:
            self.close()
            if mark != _OUTSIDE:
                self.open = _Open(len(self.words), start, type, id)
        elif id and id != self.open.id:
            raise CorpusError(
                f"{where}: {token!r} has the identifier {id!r} inside a mention of "
                f"{self.open.id!r}; expected the same; begin a new mention with a tag 'B-...'"
            )
        self.words.append(token)
        self.length = start + len(token)
        if mark in _ENDS:
            self.close()

    def close(self) -> None:
        """End the mention that is open."""
        if self.open is not None:
            ids, composite = parse_ids(self.open.id)
            text = " ".join(self.words[self.open.word :])
            start, type = self.open.start, self.open.type
            self.mentions.append(GoldMention(start, self.length, text, ids, composite, type))
            self.open = None

    def finished(self, number: int) -> GoldDocument:
        """Return the document; its number is its id where it has none."""
        self.close()
        return GoldDocument(self.id or str(number), " ".join(self.words), tuple(self.mentions))


def read_conll(path: Path) -> Iterator[GoldDocument]:
    """Yield the documents of a CoNLL file.

    Raises:
        CorpusError: a line has no tag, an unknown one, or an identifier that does not belong there.
    """
    has_ids = _has_ids(path)
    number, draft, marked = 1, _Draft(), False
    for line in _lines(path):
        starts = line.document is not None
        if (starts or (not line.cells and not marked)) and draft.words:
            yield draft.finished(number)
            number, draft = number + 1, _Draft()
        if starts:
            draft.id, marked = line.document or "", True
        elif not line.cells:
            draft.close()
        else:
            _add(draft, line, has_ids, f"{path}, line {line.number}")
    if draft.words:
        yield draft.finished(number)


def _add(draft: _Draft, line: _Line, has_ids: bool, where: str) -> None:
    cells = line.cells
    least = 3 if has_ids else 2
    if len(cells) < least or not cells[0]:
        wanted = "a token, its tag and its identifier" if has_ids else "a token and its tag"
        raise CorpusError(f"{where}: {' '.join(cells)[:40]!r} has too few cells; expected {wanted}")
    tag = cells[-2] if has_ids else cells[-1]
    if not _is_tag(tag):
        raise CorpusError(
            f"{where}: unknown tag {tag!r}; expected O, or B-, I-, E-, S-, L- or U- and a type or "
            "an identifier, such as 'B-D001943'"
        )
    id = cells[-1] if has_ids else tag[2:]
    draft.add(cells[0], tag, "" if id in ("_", "-", _OUTSIDE) else id, where)


def _has_tag(cells: list[str]) -> bool:
    """Return whether the last cell or the one before it is a tag; the first is a token."""
    return any(map(_is_tag, cells[1:][-2:]))


def _is_tag(cell: str) -> bool:
    return cell == _OUTSIDE or _TAG.fullmatch(cell) is not None


def _has_ids(path: Path) -> bool:
    """Return whether the last column holds identifiers: it is a third, and has no tag but O."""
    others = False
    for line in _lines(path):
        if line.cells and len(line.cells) > 2:
            last = line.cells[-1]
            if _TAG.fullmatch(last):
                return False
            others = others or (last != _OUTSIDE and _is_tag(line.cells[-2]))
    return others


def _lines(path: Path) -> Iterator[_Line]:
    """Yield the lines with a token, the ends of sentences and the starts of documents."""
    marked = False  # whether documents say where they begin; else each sentence is one
    with open_lines(path) as lines:
        for raw in lines:
            if lines.flaw:
                raise CorpusError(f"{lines.name}, line {lines.number}: {lines.flaw.reason}")
            line = raw.rstrip("\r\n")
            document, cells = _starts_document(line), _cells(line)
            marked = marked or document is not None
            if document is not None or not (cells or marked):
                lines.start_row()
            if document is not None:
                yield _Line(lines.number, [], document)
            elif not line.startswith("#") or _has_tag(cells):  # else a comment
                yield _Line(lines.number, cells)


def _starts_document(line: str) -> str | None:
    """Return the id of the document that a line begins (it may be empty), or None."""
    if line.startswith("-DOCSTART-"):
        return ""
    match = _DOCUMENT.fullmatch(line)
    return (match.group(1) or "") if match else None


def _cells(line: str) -> list[str]:
    if not line.strip():
        return []
    return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
