"""Gold mentions in spaCy's ``.spacy`` files: entities and span groups with their ``kb_id``."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import CorpusError
from .gold import GoldDocument, GoldMention, parse_ids

if TYPE_CHECKING:
    from spacy.tokens import Doc

MAX_UNPACKED_BYTES: Final = 1 << 29
"""A file that is larger unpacked is refused: spaCy holds all of it in memory, several times."""

_PART: Final = 1 << 20


def read_docbin(path: Path) -> Iterator[GoldDocument]:
    """Yield the documents of a ``DocBin``.

    The mentions of a document are its entities and the spans of all its groups, each stretch and
    identifier once. The identifier is the span's ``kb_id_``, or its label where that is empty. The
    id of a document is ``doc.user_data["id"]`` where the file keeps it, or its number.

    Raises:
        CorpusError: the file is no ``DocBin`` of this version of spaCy, is cut short or too large.
    """
    import spacy
    from spacy.tokens import DocBin

    number = 0
    try:
        packed = path.read_bytes()
        _check_size(packed, path)
        box = DocBin().from_bytes(packed)
        for number, doc in enumerate(box.get_docs(spacy.blank("xx").vocab), start=1):
            yield _document(doc, number)
    except CorpusError:
        raise
    except OSError as error:
        raise CorpusError(f"{path}: cannot be opened ({error.strerror})") from error
    except Exception as error:  # zlib, msgpack, numpy and spaCy each have their own kinds
        reason = " ".join(str(error).split())[:80]
        raise CorpusError(
            f"{path}, after document {number}: cannot be read on ({reason}); expected what "
            "DocBin.to_disk wrote; it is of another format, damaged or cut short: write it again"
        ) from error


def _check_size(packed: bytes, path: Path) -> None:
    """Refuse a file that would fill the memory; what is no compressed data is left to spaCy."""
    unpacking, size = zlib.decompressobj(), 0
    while packed and not unpacking.eof and size <= MAX_UNPACKED_BYTES:
        try:
            size += len(unpacking.decompress(packed, _PART))
        except zlib.error:
            return
        packed = unpacking.unconsumed_tail
    if size > MAX_UNPACKED_BYTES:
        raise CorpusError(
            f"{path}: is larger than {MAX_UNPACKED_BYTES >> 20} MiB unpacked; expected less; write "
            "its documents into several files, or as JSON Lines"
        )


def _document(doc: Doc, number: int) -> GoldDocument:
    spans: list[Any] = [*doc.ents, *(span for group in doc.spans.values() for span in group)]
    mentions = {
        GoldMention(
            span.start_char,
            span.end_char,
            span.text,
            *parse_ids(span.kb_id_ or span.label_),
            type=span.label_,
        ): None
        for span in spans
    }
    ordered = sorted(mentions, key=lambda mention: (mention.start, -mention.end))
    return GoldDocument(str(doc.user_data.get("id", number)), doc.text, tuple(ordered))
