"""What format an ontology file has, by its name or else its first bytes, and opening it safely."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from ..errors import OntologyError

OBO_FORMAT: Final = "OBO"
Format = ox.RdfFormat | str
"""A format of Oxigraph, or ``OBO_FORMAT``."""

_XML, _TURTLE = ox.RdfFormat.RDF_XML, ox.RdfFormat.TURTLE
_BY_SUFFIX: Final[dict[str, Format]] = {
    ".rdf": _XML,
    ".ttl": _TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".obo": OBO_FORMAT,
}
SUFFIXES: Final = (".owl", *_BY_SUFFIX)
"""The names of files that a folder of modules is searched for; ``.gz`` may follow."""

KNOWN: Final = "RDF/XML, Turtle, N-Triples, N-Quads, TriG, JSON-LD or OBO"
READ_ERRORS: Final = (OSError, EOFError, zlib.error)
"""What reading a file, gzipped or not, may raise."""

_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_HEAD_BYTES: Final = 1 << 16

_FOREIGN: Final = (
    (rb"<Ontology\b[^>]*http://www\.w3\.org/2002/07/owl#", "OWL/XML"),
    (rb"^(Prefix|Ontology)\s*\(", "OWL functional syntax"),
    (rb"^(Prefix|Ontology):\s", "OWL Manchester syntax"),
)
_SIGNS: Final[tuple[tuple[bytes, Format], ...]] = (
    (rb"<([A-Za-z_][\w.-]*:)?RDF[\s>]", _XML),
    (rb"^format-version:|^\[(Term|Typedef)\]\s*$", OBO_FORMAT),
    (rb"(?s)\A\s*[\[{].*\"@(context|graph|id)\"", ox.RdfFormat.JSON_LD),
    (rb"^\s*(@prefix|@base|PREFIX|BASE|prefix|base)\s", ox.RdfFormat.TRIG),
    (rb"^(<[^>\s]*>|_:\S+)\s+<[^>\s]*>\s+\S.*\.\s*$", ox.RdfFormat.N_QUADS),
    (rb"^<[^>\s]*>\s", _TURTLE),
)


def plain_name(path: Path) -> str:
    """Return a file's name in lower case without ``.gz``."""
    return path.name.lower().removesuffix(".gz")


def open_ontology(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if it is gzipped, past a UTF-8 byte order mark.

    Raises:
        OntologyError: the file is missing, is a folder or is in UTF-16.
    """
    try:
        with path.open("rb") as raw:
            is_gzip = raw.read(2) == _GZIP
        # The caller closes it.
        stream = cast(IO[bytes], gzip.open(path)) if is_gzip else path.open("rb")  # noqa: SIM115
        try:
            mark = stream.read(3)
            if mark != _BOM:
                stream.seek(0)
        except BaseException:
            stream.close()
            raise
    except FileNotFoundError as error:
        raise OntologyError(
            f"{path}: no such file; give an ontology in {KNOWN}, or a folder of them"
        ) from error
    except READ_ERRORS as error:
        raise unreadable(path, error) from error
    if mark[:2] in (b"\xff\xfe", b"\xfe\xff"):
        stream.close()
        raise OntologyError(f"{path}: the text is in UTF-16; expected UTF-8: save it as UTF-8")
    return stream


def detect_format(path: Path, head: bytes) -> Format:
    """Return the format of a file, by its suffix where that is certain, else by its first bytes.

    Args:
        path: the file's name.
        head: its first bytes, unpacked.

    Raises:
        OntologyError: no format fits, or one that is not read.
    """
    if not head.strip():
        raise OntologyError(f"{path}: the file is empty; expected {KNOWN}")
    by_suffix = _BY_SUFFIX.get(Path(plain_name(path)).suffix)
    if by_suffix is not None and by_suffix != _XML:
        return by_suffix
    for pattern, name in _FOREIGN:
        if re.search(pattern, head, re.MULTILINE):
            raise OntologyError(
                f"{path}: is in {name}; expected {KNOWN}: save it as RDF/XML or Turtle, "
                f"in Protégé by 'Save as', or with 'robot convert'"
            )
    if by_suffix is not None:
        return by_suffix
    for pattern, by_sign in _SIGNS:
        if re.search(pattern, head, re.MULTILINE):
            return by_sign
    raise OntologyError(f"{path}, line 1: does not look like an ontology; expected {KNOWN}")


def unreadable(path: Path, error: Exception) -> OntologyError:
    """Return the error to raise where a file cannot be read to its end."""
    damaged = isinstance(error, EOFError | zlib.error | gzip.BadGzipFile)
    what = "the file breaks off or is damaged" if damaged else "cannot be read"
    return OntologyError(f"{path}: {what}: {error}; expected {KNOWN}")


def read_head(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked."""
    with open_ontology(path) as stream:
        return read_bytes(path, stream, _HEAD_BYTES)


def read_bytes(path: Path, stream: IO[bytes], size: int = -1) -> bytes:
    """Read from a stream.

    Raises:
        OntologyError: the file breaks off or is damaged.
    """
    try:
        return stream.read(size)
    except READ_ERRORS as error:
        raise unreadable(path, error) from error


def chunks(path: Path, size: int = 1 << 20, overlap: int = 1 << 12) -> Iterator[bytes]:
    """Yield a file piece by piece, each beginning with the end of the one before."""
    with open_ontology(path) as stream:
        tail = b""
        while piece := read_bytes(path, stream, size):
            yield tail + piece
            tail = (tail + piece)[-overlap:]
