"""The route ``/sparql``: the SPARQL 1.1 protocol, for queries only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from .server_errors import ProblemError
from .server_lifetime import ServedNow
from .serving import Served

router = APIRouter()

SOLUTIONS: Final = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
"""The formats of the answers to SELECT and ASK by media type; the first is given by default."""

TRIPLES: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
}
"""The formats of the answers to CONSTRUCT and DESCRIBE."""

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MOST_FIELDS: Final = 100
_MOST_CELLS: Final = 1_000_000
_READ_ONLY: Final = "updates are refused: this endpoint is read-only; send a query instead"
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media: {} for media in (*SOLUTIONS, *TRIPLES)}},
    406: {"description": "There is no answer in an accepted format."},
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _QUERY: {"schema": {"type": "string"}},
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {"query": {"type": "string"}},
                }
            },
        },
    }
}


@router.get("/sparql", response_class=Response, responses=_ANSWERS)
async def ask(
    request: Request,
    served: ServedNow,
    query: Annotated[str, Query(description="SELECT, ASK, CONSTRUCT or DESCRIBE.")],
    default: Annotated[list[str] | None, Query(alias="default-graph-uri", max_length=20)] = None,
    named: Annotated[list[str] | None, Query(alias="named-graph-uri", max_length=20)] = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Answer a query in the address."""
    _refuse_updates(request.query_params)
    return await _answered(served, query, default or [], named or [], accept)


@router.post("/sparql", response_class=Response, responses=_ANSWERS, openapi_extra=_BODY)
async def post(
    request: Request,
    served: ServedNow,
    default: Annotated[list[str] | None, Query(alias="default-graph-uri", max_length=20)] = None,
    named: Annotated[list[str] | None, Query(alias="named-graph-uri", max_length=20)] = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Answer a query in the body: as it is, or as a field of a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _UPDATE:
        raise ProblemError(403, _READ_ONLY)
    if kind not in (_QUERY, _FORM):
        raise ProblemError(
            415, f"the body is of type {kind[:80]!r}; expected {_QUERY} or {_FORM}, in UTF-8"
        )
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise ProblemError(400, "the body is not in UTF-8; send it as UTF-8") from error
    _refuse_updates(request.query_params)
    if kind == _QUERY:
        return await _answered(served, text, default or [], named or [], accept)
    fields = _fields(text)
    _refuse_updates(fields)
    queries = fields.get("query", [])
    if len(queries) != 1:
        raise ProblemError(
            400, f"the form has {len(queries)} fields called 'query'; expected just one"
        )
    # The graphs of a form stand in the form; what is in the address is taken, too.
    in_default = [*(default or []), *fields.get("default-graph-uri", [])]
    in_named = [*(named or []), *fields.get("named-graph-uri", [])]
    return await _answered(served, queries[0], in_default, in_named, accept)


async def _answered(
    served: Served, text: str, default: Sequence[str], named: Sequence[str], accept: str
) -> Response:
    served.need_results()
    if not any(negotiate(accept, offered) for offered in (SOLUTIONS, TRIPLES)):
        raise _unacceptable(accept, [*SOLUTIONS, *TRIPLES])
    return await served.sparql.run(_run, served, text, default, named, accept)


def _run(
    served: Served, text: str, default: Sequence[str], named: Sequence[str], accept: str
) -> Response:
    answer = served.endpoint().query(text, default_graphs=default, named_graphs=named)
    if answer.kind == "select":
        _check_cells(answer.content)
    offered = TRIPLES if answer.kind == "graph" else SOLUTIONS
    media = negotiate(accept, offered)
    if media is None:
        raise _unacceptable(accept, list(offered))
    headers = {"Vary": "Accept"} | ({"Ontograft-Cut": "true"} if answer.cut else {})
    content = answer.serialize(offered[media])
    full = f"{media}; charset=utf-8" if media.startswith("text/") else media
    return Response(content, headers=headers, media_type=full)


def _check_cells(content: bytes) -> None:
    """Refuse an answer of too many cells: each takes up to 90 bytes more as JSON than as TSV.

    Raises:
        ProblemError: it has.
    """
    cells = content.count(b"\t") + content.count(b"\n")
    if cells > _MOST_CELLS:
        raise ProblemError(
            400,
            f"the answer has {cells} cells, expected at most {_MOST_CELLS}; ask for fewer columns, "
            "add LIMIT and OFFSET, or use 'ontograft query --sparql'",
        )


def negotiate(accept: str, offered: Mapping[str, str]) -> str | None:
    """Return the media type that a client likes best; of equals the first one offered.

    Args:
        accept: the header ``Accept``; each range may have a weight ``q``, and the most specific
            range that fits a type counts for it (RFC 9110, 12.5.1).
        offered: the media types.

    Returns:
        the media type; None if the client takes none of them.
    """
    ranges: dict[str, float] = {}
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        ranges[name] = _weight(parameters)
    best, most = None, 0.0
    for media in offered:
        fitting = (media, f"{media.partition('/')[0]}/*", "*/*")
        weight = next((ranges[name] for name in fitting if name in ranges), 0.0)
        if weight > most:
            best, most = media, weight
    return best


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


def _unacceptable(accept: str, offered: Sequence[str]) -> ProblemError:
    return ProblemError(
        406, f"no answer is of a type in {accept[:200]!r}; choose one of: {', '.join(offered)}"
    )


def _fields(text: str) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise ProblemError(
            400, f"the form cannot be read ({error}); expected fields in UTF-8, percent-encoded"
        ) from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _refuse_updates(fields: Mapping[str, Any]) -> None:
    if "update" in fields:
        raise ProblemError(403, _READ_ONLY)
