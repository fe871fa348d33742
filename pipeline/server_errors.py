"""Errors as the web tells them: problem details (RFC 9457) instead of tracebacks."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from ..errors import OntograftError, QueryBusyError, QueryLimitError, ResultsError
from .characters import whole_characters

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_S: Final = 2
"""After how many seconds one may ask again where the server is busy."""

_SHOWN: Final = 5
_UNREADABLE: Final = "There was an error parsing the body"  # FastAPI's words


class ProblemError(Exception):
    """A request that is answered with a problem.

    Args:
        status: the status of the answer.
        detail: what was wrong, what was expected, and the way out.
        headers: headers of the answer, such as ``Retry-After``.
        extra: more members of the problem, such as ``suggestions``.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def response(self) -> Response:
        """Return the answer."""
        return problem(self.status, self.detail, headers=self.headers, **self.extra)


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> Response:
    """Return a problem as a response; see ``ProblemError``."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **extra,
    }
    # What was asked for may be quoted, and may hold half a surrogate pair, which is no UTF-8.
    text = whole_characters(json.dumps(content, ensure_ascii=False, allow_nan=False))
    return Response(text.encode(), status, dict(headers or {}), MEDIA_TYPE)


def busy(detail: str, *, status: int = 429) -> ProblemError:
    """Return the problem of a server that has too much to do, and says when to ask again."""
    return ProblemError(status, detail, headers={"Retry-After": str(RETRY_S)})


def status_of(error: OntograftError) -> int:
    """Return the status that tells whose fault an error is, and whether to try again."""
    if isinstance(error, (QueryBusyError, QueryLimitError, ResultsError)):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.BAD_REQUEST


def add_error_handlers(app: FastAPI) -> None:
    """Have every error of an app answered with a problem."""
    from fastapi.exceptions import RequestValidationError

    app.add_exception_handler(ProblemError, _told)
    app.add_exception_handler(OntograftError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _unforeseen)


async def _told(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return error.response()


async def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, OntograftError)
    headers = {"Retry-After": str(RETRY_S)} if isinstance(error, QueryBusyError) else None
    return problem(status_of(error), str(error), headers=headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is nothing at {request.url.path}; GET /openapi.json tells what there is"
    if error.status_code == HTTPStatus.BAD_REQUEST and detail == _UNREADABLE:
        detail = "the body is no JSON that can be read; send an object as GET /openapi.json tells"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "another method")
        detail = f"{request.method} is not possible here; expected {allowed}"
    return problem(error.status_code, detail, headers=error.headers)


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    """Say what is wrong with a request, without repeating what it sent."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'the request'}: {fault['msg']}"
        for fault in error.errors()
    ]
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    detail = f"{'; '.join(faults[:_SHOWN])}{more}; GET /openapi.json tells what is expected"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)


async def _unforeseen(request: Request, error: Exception) -> Response:
    logger.error("%s %r failed", request.method, request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "the server met an error that it did not expect; its log says more",
    )
