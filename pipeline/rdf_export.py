"""Write results as RDF into a file: N-Quads, TriG or JSON-LD, also gzipped."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from ..errors import SettingsError
from .files import replacing
from .progress import LogReporter, Reporter
from .rdf_vocabulary import PREFIXES
from .record import Results
from .results_rdf import Stream, run_graph, trig

FORMATS: Final = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
"""How the name of a file ends, and its format; ``.gz`` may follow."""


def export_rdf(results: Results, path: str | Path, *, reporter: Reporter | None = None) -> None:
    """Write a run, its ontology and the terms used into a file, which appears whole or not at all.

    The statements are written as they are made: memory does not grow with their number.

    Args:
        results: the run.
        path: the file; ends in ``.nq``, ``.trig`` or ``.jsonld``, and in ``.gz`` after that if it
            is to be gzipped.
        reporter: is told how far things are; the log unless given.

    Raises:
        SettingsError: the name ends otherwise.
        ResultsError: the run is not finished, or a file of it was changed.
    """
    path = Path(path)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix not in FORMATS:
        raise SettingsError(
            f"--to {path}: expected a name that ends in one of: {', '.join(FORMATS)}; .gz may "
            "follow"
        )
    counts = results.manifest["counts"]
    total = counts["documents"] + counts["mentions"]
    reporter = reporter or LogReporter()
    with (
        reporter.stage("exporting", total) as progress,
        replacing(path) as unfinished,
        _opened(unfinished, zipped=path.name.lower().endswith(".gz")) as file,
    ):
        pieces = trig(results, progress=progress)
        if suffix == ".trig":
            for piece in pieces:
                file.write(piece)
        else:
            stream = cast(IO[bytes], io.BufferedReader(Stream(pieces), buffer_size=1 << 20))
            prefixes = {**PREFIXES, "r": f"{run_graph(results)}#"}
            ox.serialize(
                ox.parse(stream, ox.RdfFormat.TRIG), file, FORMATS[suffix], prefixes=prefixes
            )


@contextmanager
def _opened(path: Path, *, zipped: bool) -> Iterator[IO[bytes]]:
    """Open a file for writing; a gzipped one without the time, so that equal content is equal."""
    with path.open("wb") as file:
        if not zipped:
            yield file
            return
        with gzip.GzipFile(fileobj=file, filename="", mode="wb", mtime=0) as packed:
            yield cast(IO[bytes], packed)
