"""Which files a corpus consists of: paths, patterns and folders, each file once, in order."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ..errors import CorpusError

FORMATS: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

FilePath = str | os.PathLike[str]

_NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file of a corpus.

    Attributes:
        path: Where it lies.
        name: How results name it: its path below the folder that all files of the corpus share.
        given: Columns that its folders tell, as ``year=2020/`` does; None is no value.
    """

    path: Path
    name: str
    given: Mapping[str, str | None] = field(default_factory=dict)


def format_of(path: Path) -> str:
    """Return the ending that tells a file's format; empty if it is of none that can be read."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = suffixes[-1:] == [".gz"]
    suffix = suffixes[-1 - zipped] if len(suffixes) > zipped else ""
    return suffix if suffix in FORMATS and not (zipped and suffix == ".parquet") else ""


def find_files(source: FilePath | Sequence[FilePath]) -> tuple[CorpusFile, ...]:
    """Return the files that a corpus consists of.

    Args:
        source: A file; a pattern with ``*``, ``?``, ``[...]`` or ``**``; a folder, of which all
            files below it are taken whose ending is that of a corpus format, and whose path has no
            part that begins with ``.`` or ``_``; or several of these.

    Returns:
        The files in the order given; those of a pattern or a folder sorted by path. A file that is
        named twice is taken once.

    Raises:
        CorpusError: there is no such file, no file fits a pattern, or a folder holds no corpus.
    """
    sources = [source] if isinstance(source, str | os.PathLike) else list(source)
    found: dict[str, tuple[Path, Path]] = {}  # real path -> path, folder that was searched
    for one in sources:
        for path, base in _expand(os.fspath(one)):
            found.setdefault(os.path.realpath(path), (path, base))
    if not found:
        raise CorpusError("no corpus was named; name a file, a pattern or a folder")
    shared = os.path.commonpath([path.absolute().parent for path, _ in found.values()])
    return tuple(
        CorpusFile(path, _name(path.absolute().relative_to(shared)), _told(path, base))
        for path, base in found.values()
    )


def _name(path: Path) -> str:
    """Return a path as text, whatever bytes the file system has in it."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")


def _expand(source: str) -> list[tuple[Path, Path]]:
    """Return the files of one path, pattern or folder, each with the folder it was searched in."""
    path = Path(source)
    if path.is_dir():
        files = _files_below(path)
        if not files:
            raise CorpusError(
                f"{path}: the folder holds no corpus; expected files that end in one of: "
                f"{', '.join(FORMATS)} (the text formats also with .gz)"
            )
        return [(file, path) for file in files]
    if path.exists() or not glob.has_magic(source):
        if not path.exists():
            raise CorpusError(f"{path}: there is no such file; check the path of the corpus")
        return [(path, path.parent)]
    fixed = Path(*_before_magic(path.parts))
    result: list[tuple[Path, Path]] = []
    matches = glob.glob(source, recursive=True)  # noqa: PTH207 (Path.glob matches hidden files)
    for match in sorted(map(Path, matches)):
        files = _files_below(match) if match.is_dir() else [match]
        result += [(file, fixed) for file in files]
    if not result:
        raise CorpusError(
            f"{source}: no file fits this pattern; check it, and quote it so that the shell leaves "
            "it as it is"
        )
    return result


def _before_magic(parts: Sequence[str]) -> list[str]:
    first = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    return list(parts[:first])


def _files_below(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if format_of(path) and not _is_hidden(path.relative_to(folder)) and path.is_file()
    ]


def _is_hidden(path: Path) -> bool:
    """Return whether a path is one that writers of data sets use for themselves (``_SUCCESS``)."""
    return any(part.startswith((".", "_")) for part in path.parts)


def _told(path: Path, base: Path) -> dict[str, str | None]:
    """Return the columns that the folders between ``base`` and a file tell: ``year=2020/``."""
    told: dict[str, str | None] = {}
    for part in path.relative_to(base).parts[:-1]:
        name, mark, value = part.partition("=")
        if mark and name:
            told[unquote(name)] = None if value == _NO_VALUE else unquote(value)
    return told
