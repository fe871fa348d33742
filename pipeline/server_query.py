"""The route ``/query``: rows, counts and trends of what filters let through, also as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response, StreamingResponse

from . import server_models as models
from .facets import co_occurrence, facet, trend
from .filters import Filters
from .query import ResultQuery, Show
from .result_reading import count
from .server_filters import MOST_ROWS, MOST_SKIPPED, FiltersBody, check_concepts
from .server_lifetime import ServedNow
from .tables import exact, write_table

if TYPE_CHECKING:
    import pyarrow as pa

router = APIRouter()

FIRST_ROWS: Final = 100
"""How many rows of an answer in JSON are given unless more or fewer are asked for."""

MOST_IN_FILE: Final = 100_000
"""The most rows of a file."""

_PIECE: Final = 1 << 16
_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


class Asked(models.Model):
    """What to show of the documents that the filters let through.

    Rows (``show``), or counts by a ``facet`` (``label``, ``concept``, ``section``,
    ``field:NAME``), or pairs of concepts (``co_occurrence``), or a ``trend`` over a column. As
    JSON there are at most 1,000 rows, in a file 100,000.
    """

    filters: FiltersBody = Field(default_factory=FiltersBody)
    show: Show | None = None
    facet: str | None = Field(None, max_length=1000)
    co_occurrence: bool = False
    trend: str | None = Field(None, max_length=1000)
    limit: int | None = Field(None, ge=1, le=MOST_IN_FILE)
    offset: int = Field(0, ge=0, le=MOST_SKIPPED)
    format: Literal["json", "csv", "jsonl", "parquet"] = "json"

    @model_validator(mode="after")
    def _one_way(self) -> Asked:
        ways = (self.show, self.facet, self.co_occurrence or None, self.trend)
        if sum(way is not None for way in ways) > 1:
            raise ValueError("choose one of show, facet, co_occurrence and trend")
        if self.format == "json" and (self.limit or 0) > MOST_ROWS:
            raise ValueError(f"limit: as JSON there are at most {MOST_ROWS} rows; ask for a file")
        return self

    @property
    def most(self) -> int:
        """The most rows to return."""
        return self.limit or (FIRST_ROWS if self.format == "json" else MOST_IN_FILE)


class Rows(models.Model):
    """An answer: the names of its columns, and its rows.

    ``total`` is how many documents the filters let through, where the rows are documents.
    """

    columns: list[str]
    rows: list[list[Any]]
    total: int | None


_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media.partition(";")[0]: {} for media in _MEDIA.values()}}
}


@router.post("/query", response_model=Rows, responses=_FILES)
async def query(asked: Asked, served: ServedNow) -> Response:
    """Ask the results; as JSON, or as a file in CSV, JSON Lines or Parquet."""
    results, filters = served.need_results(), asked.filters.filters()
    if asked.format == "json":
        content = await served.run(_rows, results, filters, asked)
        return Response(content, media_type="application/json")
    folder = await served.run(_file, results, filters, asked)
    name = f"results.{asked.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(
        _pieces(folder, Path(folder.name) / name), headers=headers, media_type=_MEDIA[asked.format]
    )


def _rows(results: ResultQuery, filters: Filters, asked: Asked) -> bytes:
    check_concepts(results, filters)
    show = asked.show or "documents"
    if _counts(asked):
        with _answer(results, filters, asked) as answer:
            table = answer.read_all()
    else:
        table = results.table(filters, show, limit=asked.most, offset=asked.offset)
    documents = show == "documents" and not _counts(asked)
    columns = [[exact(value) for value in column.to_pylist()] for column in table.columns]
    rows = Rows(
        columns=table.schema.names,
        rows=[list(row) for row in zip(*columns, strict=True)],
        total=count(results, filters) if documents else None,
    )
    return rows.model_dump_json().encode()


def _file(results: ResultQuery, filters: Filters, asked: Asked) -> TemporaryDirectory[str]:
    """Return a folder with the answer as a file; it goes when nobody has it any more."""
    check_concepts(results, filters)
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="ontograft-")
    try:
        with _answer(results, filters, asked) as answer:
            assert asked.format != "json"
            written = write_table(
                answer, asked.format, Path(folder.name) / f"results.{asked.format}"
            )
        if not written and not _counts(asked):  # refuses columns that no document has
            results.table(filters, asked.show or "documents", limit=1)
    except BaseException:
        folder.cleanup()
        raise
    return folder


def _counts(asked: Asked) -> bool:
    return bool(asked.facet is not None or asked.co_occurrence or asked.trend is not None)


@contextmanager
def _answer(results: ResultQuery, filters: Filters, asked: Asked) -> Iterator[pa.RecordBatchReader]:
    """Yield the answer batch by batch."""
    if not _counts(asked):
        show = asked.show or "documents"
        with results.reader(filters, show, limit=asked.most, offset=asked.offset) as reader:
            yield reader
        return
    needed = asked.offset + asked.most
    if asked.facet is not None:
        table = facet(results, filters, asked.facet, limit=needed)
    elif asked.co_occurrence:
        table = co_occurrence(results, filters, limit=needed)
    else:
        table = trend(results, filters, str(asked.trend))
    yield table.slice(asked.offset, asked.most).to_reader()


def _pieces(folder: TemporaryDirectory[str], path: Path) -> Iterator[bytes]:
    with folder, path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
