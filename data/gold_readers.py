"""Which reader serves which file of gold mentions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..errors import CorpusError
from .conll import has_tags, read_conll
from .docbin import read_docbin
from .gold import GoldDocument
from .gold_json import read_gold_json
from .pubtator import is_pubtator, read_pubtator
from .rows import listed, open_lines

GOLD_FORMATS: Final = (".pubtator", ".jsonl", ".spacy", ".conll", ".iob", ".bio", ".tsv", ".txt")
"""The ends of the names of files with gold mentions; a .txt or .tsv is told by its first line."""

_CONLL: Final = frozenset((".conll", ".iob", ".iob2", ".bio", ".bioes"))
_TOLD_BY_CONTENT: Final = frozenset((".txt", ".tsv", ".pubtator"))


def read_gold(
    path: str | Path,
    *,
    types: Collection[str] = (),
    texts: Mapping[str, str] | None = None,
) -> Iterator[GoldDocument]:
    """Yield the documents of a file with their gold mentions, one by one.

    Args:
        path: a PubTator, spaCy DocBin, JSON Lines or CoNLL file; all but DocBin also with ``.gz``.
        types: keep only mentions of these types, such as ``Disease``; all unless given.
        texts: texts by document id, for JSON Lines that hold mentions without their documents, as
            ``ontograft link`` writes them.

    Raises:
        CorpusError: the file is not there, of no known format, holds no document or no mention of
            the types; or a line is wrong: the message names it.

    Example:
        >>> for document in read_gold("dev.pubtator"):  # doctest: +SKIP
        ...     print(document.id, len(document.mentions))
    """
    return _checked(Path(path), _open(Path(path), texts), types)


def _open(path: Path, texts: Mapping[str, str] | None) -> Iterator[GoldDocument]:
    if not path.is_file():
        what = "is a folder; expected a file" if path.is_dir() else "there is no such file"
        raise CorpusError(f"{path}: {what}; check the path of the gold mentions")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = suffixes[-1:] == [".gz"]
    suffix = next(iter(suffixes[::-1][zipped:]), "")
    if suffix in (".jsonl", ".ndjson"):
        return read_gold_json(path, texts)
    if suffix == ".spacy" and not zipped:
        return read_docbin(path)
    if suffix in _CONLL:
        return read_conll(path)
    first = _first_line(path) if suffix in _TOLD_BY_CONTENT else ""
    if suffix == ".pubtator" or is_pubtator(first):
        return read_pubtator(path)
    if has_tags(first):
        return read_conll(path)
    hint = " and a first line that is no title ('id|t|...') or token with a tag" if first else ""
    raise CorpusError(
        f"{path}: unknown format of gold mentions: a name in {''.join(suffixes[-2:])!r}{hint}; "
        f"expected one in: {', '.join(GOLD_FORMATS)} (the text formats also with .gz)"
    )


def _first_line(path: Path) -> str:
    with open_lines(path) as lines:
        return next((line.rstrip("\r\n") for line in lines if line.strip()), "")


def _checked(
    path: Path, documents: Iterator[GoldDocument], types: Collection[str]
) -> Iterator[GoldDocument]:
    """Yield the documents with the mentions of some types; refuse a file without any."""
    is_empty, seen = True, set[str]()
    for document in documents:
        is_empty = False
        seen.update(mention.type for mention in document.mentions)
        if not types:
            yield document
            continue
        kept = tuple(mention for mention in document.mentions if mention.type in types)
        yield replace(document, mentions=kept)
    if is_empty:
        raise CorpusError(f"{path}: holds no document; expected texts with gold mentions")
    missing = [name for name in types if name not in seen]
    if missing:
        raise CorpusError(
            f"{path}: no mention has the type {missing[0]!r}; its types are: {listed(sorted(seen))}"
        )
