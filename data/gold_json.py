"""Gold mentions in JSON Lines: documents with their mentions, or a line for each mention.

    {"id": "1", "text": "Breast cancer.", "mentions": [{"start": 0, "end": 13, "iri": "DOID:1612"}]}

The list may also be called ``spans`` (Prodigy), ``entities`` or ``label`` (doccano), and an entry
may be ``[start, end, identifier]``. A file that ``ontograft link`` wrote, with a line for each
mention, serves as well if the texts of its documents are given.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import CorpusError
from .gold import GoldDocument, GoldMention, check_fragments, check_span, known_ids, parse_ids
from .jsonlines import read_json_lines
from .rows import BadRow, Row, listed, place

_MENTIONS: Final = ("mentions", "spans", "entities", "label")
_STARTS: Final = ("start", "start_offset", "start_char")
_ENDS: Final = ("end", "end_offset", "end_char")
_IDS: Final = ("ids", "iri", "kb_id", "id", "label")
_REJECTED: Final = frozenset(("reject", "ignore"))  # Prodigy's answers


def read_gold_json(path: Path, texts: Mapping[str, str] | None) -> Iterator[GoldDocument]:
    """Yield the documents of a JSON Lines file.

    Args:
        path: the file.
        texts: the texts by document id, for a file with a line for each mention; its documents are
            then those of the texts, in their order.

    Raises:
        CorpusError: a line is no document or mention, or a mention is not what its text has there.
    """
    rows = _rows(path)
    first = next(rows, None)
    if first is None:
        return
    if any(name in first.values for name in _STARTS):
        if texts is None:
            raise CorpusError(
                f"{place(str(path), first.number, first.line)}: a mention without the text of its "
                "document; expected a key 'text' with the document and a list 'mentions', or the "
                "corpus that the mentions are of"
            )
        yield from _by_mention(path, first, rows, texts)
        return
    for row in itertools.chain((first,), rows):
        yield from _document(row, path)


def _rows(path: Path) -> Iterator[Row]:
    for row in read_json_lines(path):
        if isinstance(row, BadRow):
            raise CorpusError(f"{place(str(path), row.number, row.line)}: {row.reason}")
        yield row


def _document(row: Row, path: Path) -> Iterator[GoldDocument]:
    where, values = place(str(path), row.number, row.line), row.values
    answer = values.get("answer")
    if isinstance(answer, str) and answer in _REJECTED:
        return
    text = values.get("text")
    if not isinstance(text, str):
        raise CorpusError(f"{where}: the key 'text' holds {text!r:.40}; expected a text")
    name = next((name for name in _MENTIONS if isinstance(values.get(name), list)), None)
    if name is None:
        raise CorpusError(
            f"{where}: there is no list of mentions; the keys are: {listed(values)}; expected one "
            f"of: {', '.join(_MENTIONS)}"
        )
    items: Any = values[name]
    mentions = tuple(_mention(item, text, where) for item in items)
    yield GoldDocument(_document_id(values, row.number), text, mentions)


def _document_id(values: Mapping[str, object], number: int) -> str:
    id = values.get("id")
    return str(id) if isinstance(id, str | int) and str(id).strip() else str(number)


def _by_mention(
    path: Path, first: Row, rows: Iterator[Row], texts: Mapping[str, str]
) -> Iterator[GoldDocument]:
    """Yield every document of the texts with its mentions; mentions inside others are left out."""
    found: dict[str, list[GoldMention]] = {id: [] for id in texts}
    for row in itertools.chain((first,), rows):
        where = place(str(path), row.number, row.line)
        id = str(row.values.get("id"))
        if id not in texts:
            raise CorpusError(
                f"{where}: there is no text of a document {id!r}; expected one of the corpus: "
                f"{listed(texts, 5)}"
            )
        item = dict(row.values)
        del item["id"]  # of the document, not of the concept
        if not item.get("nested"):
            found[id].append(_mention(item, texts[id], where))
    for id, text in texts.items():
        yield GoldDocument(id, text, tuple(found[id]))


def _mention(item: object, text: str, where: str) -> GoldMention:
    if isinstance(item, list) and len(item) in (2, 3):
        item = dict(zip(("start", "end", "label"), item, strict=False))
    if not isinstance(item, dict):
        raise CorpusError(
            f"{where}: {item!r:.60} is no mention; expected an object with start, end and iri (or "
            "id, ids), or a list [start, end, identifier]"
        )
    start, end = _offset(item, _STARTS, where), _offset(item, _ENDS, where)
    stated = item.get("text")
    check_span(text, start, end, where=where, stated=stated if isinstance(stated, str) else None)
    ids, composite = _ids(item, where)
    type = item.get("type", item.get("label", ""))
    fragments = _fragments(item.get("fragments"), where)
    check_fragments(fragments, start, end, where=where)
    composite = bool(item.get("composite", composite))
    return GoldMention(start, end, text[start:end], ids, composite, str(type), fragments)


def _offset(item: dict[str, Any], names: tuple[str, ...], where: str) -> int:
    value = next((item[name] for name in names if name in item), None)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CorpusError(
            f"{where}: {names[0]!r} of a mention is {value!r:.40}; expected a whole number"
        )
    return value


def _ids(item: dict[str, Any], where: str) -> tuple[frozenset[str], bool]:
    """Return the identifiers under the first key that is there, a label where none else is."""
    for name in _IDS:
        value = item.get(name)
        if name == "id" and isinstance(value, int):
            continue  # doccano numbers its annotations
        if isinstance(value, str):
            return parse_ids(value)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return known_ids(value), False
        if value is not None:
            raise CorpusError(
                f"{where}: {name!r} of a mention is {value!r:.40}; expected an identifier or a "
                "list of them"
            )
    return frozenset(), False


def _fragments(value: object, where: str) -> tuple[tuple[int, int], ...]:
    if value is None:
        return ()
    try:
        pairs = [(start, end) for start, end in value]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        pairs = [("", "")]
    if any(not isinstance(place, int) for pair in pairs for place in pair):
        raise CorpusError(
            f"{where}: the fragments of a mention are {value!r:.60}; expected pairs of start and "
            "end, such as [[0, 6], [19, 25]]"
        )
    return tuple(pairs)
