"""Gold mentions in PubTator files: title, abstract, and a line for each mention.

    8808605|t|Somatic-cell selection is a major determinant ...
    8808605|a|X-chromosome inactivation in mammals ...
    8808605	154	171	enzyme deficiency	DiseaseClass	D008661

Offsets count in the title, a space and the abstract. A blank line ends a document. Lines of
relations (``8808605	CID	D000001	D000002``) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..errors import CorpusError
from .gold import GoldDocument, GoldMention, check_span, parse_ids
from .rows import open_lines

_TEXT: Final = re.compile(r"([^|\t]*)\|([ta])\|(.*)")
_OFFSET: Final = re.compile("[0-9]{1,12}")
_RELATION: Final = re.compile(r"[A-Za-z][\w-]*")


def is_pubtator(line: str) -> bool:
    """Return whether a line is the title of a PubTator document."""
    match = _TEXT.match(line)
    return match is not None and match.group(2) == "t"


def read_pubtator(path: Path) -> Iterator[GoldDocument]:
    """Yield the documents of a PubTator file.

    Raises:
        CorpusError: a line is not what the format has there, or a mention not what its text has.
    """
    draft: _Draft | None = None
    with open_lines(path) as lines:
        for raw in lines:
            where = f"{lines.name}, line {lines.number}"
            if lines.flaw:
                raise CorpusError(f"{where}: {lines.flaw.reason}")
            line = raw.rstrip("\r\n")
            match = _TEXT.fullmatch(line)
            if draft and (not line.strip() or (match and match.group(2) == "t")):
                yield draft.finished()
                draft = None
            if draft is None:
                lines.start_row()
            if match and match.group(2) == "t":
                draft = _Draft(match.group(1), match.group(3))
            elif match and draft:
                draft.add_abstract(match.group(1), match.group(3), where)
            elif line.strip():
                _add_mention(draft, line, where)
    if draft:
        yield draft.finished()


class _Draft:
    """A document that is being read."""

    def __init__(self, id: str, title: str) -> None:
        self.id = id
        self.text = title
        self.mentions: list[GoldMention] = []
        self.has_abstract = False

    def add_abstract(self, id: str, abstract: str, where: str) -> None:
        self.check_id(id, where)
        if self.has_abstract or self.mentions:
            raise CorpusError(
                f"{where}: an abstract where document {self.id!r} has "
                f"{'one' if self.has_abstract else 'its mentions'} already; expected one abstract, "
                "right after the title"
            )
        self.text, self.has_abstract = f"{self.text} {abstract}", True

    def check_id(self, id: str, where: str) -> None:
        if id != self.id:
            raise CorpusError(
                f"{where}: a line of document {id!r} among those of {self.id!r}; expected each "
                "document to begin with its title and to end with a blank line"
            )

    def finished(self) -> GoldDocument:
        return GoldDocument(self.id, self.text, tuple(self.mentions))


def _add_mention(draft: _Draft | None, line: str, where: str) -> None:
    cells = line.split("\t")
    if draft is None:
        raise CorpusError(
            f"{where}: {line[:40]!r} belongs to no document; expected a title first, such as "
            "'12345|t|The title'"
        )
    if len(cells) == 4 and _RELATION.fullmatch(cells[1]):
        return
    if len(cells) < 5 or not (_OFFSET.fullmatch(cells[1]) and _OFFSET.fullmatch(cells[2])):
        raise CorpusError(
            f"{where}: {line[:60]!r} is no mention; expected, with tabs between them: document, "
            "start, end, mention, type, identifier"
        )
    draft.check_id(cells[0], where)
    start, end, stated = int(cells[1]), int(cells[2]), cells[3]
    check_span(draft.text, start, end, where=where, stated=stated)
    ids, composite = parse_ids(cells[5] if len(cells) > 5 else "")
    text = draft.text[start:end]
    draft.mentions.append(GoldMention(start, end, text, ids, composite, cells[4]))
