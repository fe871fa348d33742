"""How much a request may bring: its head, its body, and the time they take to come."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers

from .characters import whole_characters
from .server_errors import ProblemError, busy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .server_lifetime import Lifetime
    from .server_settings import ServerSettings

ALWAYS: Final = frozenset({"/health", "/ready", "/metrics"})
"""The paths that answer however busy the server is, and while it stops."""

OTHER_TYPES: Final = frozenset({"/sparql"})
"""The paths that take bodies other than JSON."""

_CLOSE: Final = {"Connection": "close"}
_ESCAPED_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class Limits:
    """Refuses what is too much, reads bodies whole, and gives up requests nobody waits for.

    A body is read before the app sees the request, so that slow clients cost the memory of what
    they sent and nothing else; all bodies together have a bound.

    Args:
        app: the app.
        settings: the limits.
        lifetime: tells whether the server stops.
    """

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, lifetime: Lifetime) -> None:
        self.app = app
        self.settings = settings
        self.lifetime = lifetime
        self._held = 0  # bytes of all bodies that are being read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._check_head(scope)
        if scope["path"] in ALWAYS:
            await self.app(scope, receive, send)
            return
        if self.lifetime.stopping:
            raise self._stopping()
        if self.lifetime.at_work >= self.settings.requests:
            raise busy(
                f"{self.settings.requests} requests are at work already; try again in a few "
                "seconds",
                status=503,
            )
        self.lifetime.at_work += 1
        try:
            body = await self._body(scope, receive)
            if body is not None:
                check_type(scope, body)
                await self._run(scope, mended(body), receive, send)
        finally:
            self.lifetime.at_work -= 1

    def _check_head(self, scope: Scope) -> None:
        headers = scope["headers"]
        size = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
        size += sum(len(name) + len(value) + 4 for name, value in headers)
        if len(headers) > self.settings.headers or size > self.settings.header_bytes:
            raise ProblemError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"the request has {len(headers)} headers and a head of {size} bytes, expected at "
                f"most {self.settings.headers} and {self.settings.header_bytes}",
                headers=_CLOSE,
            )

    def _stopping(self) -> ProblemError:
        error = busy("the server is stopping; ask again when it is back", status=503)
        error.headers |= _CLOSE
        return error

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body of a request; None if the client went away.

        Raises:
            ProblemError: it is too long, too slow, or the server stops.
        """
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdigit() and int(stated) > self.settings.body_bytes:
            raise self._too_long()
        reading = asyncio.ensure_future(self._read(receive))
        stopping = asyncio.ensure_future(self.lifetime.stop.wait())
        try:
            await asyncio.wait(
                {reading, stopping},
                timeout=self.settings.body_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if reading.done():
                return reading.result()
            if stopping.done():
                raise self._stopping()
            raise ProblemError(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the body did not come within {self.settings.body_s:g} s; send it faster, or in "
                "several requests",
                headers=_CLOSE,
            )
        finally:
            stopping.cancel()
            if not reading.done():
                reading.cancel()

    async def _read(self, receive: Receive) -> bytes | None:
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                part = message.get("body", b"")
                size += len(part)
                self._held += len(part)
                if size > self.settings.body_bytes:
                    raise self._too_long()
                if self._held > self.settings.bodies_bytes:
                    raise busy("the server is reading too much already; try again", status=503)
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
        finally:
            self._held -= size

    def _too_long(self) -> ProblemError:
        return ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is longer than {self.settings.body_bytes} bytes; send it in several "
            "requests, or use 'ontograft predict'",
        )

    async def _run(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Run the app until it has answered, or the client has gone."""
        gone: asyncio.Future[Any] = asyncio.ensure_future(receive())
        work: asyncio.Future[Any] = asyncio.ensure_future(
            self.app(scope, _replay(body, gone), send)
        )
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (gone, work):
                if not task.done():
                    task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)


def _replay(body: bytes, gone: asyncio.Future[Any]) -> Callable[[], Any]:
    """Return what hands a body to the app in one piece, and then tells when the client goes."""
    content: bytes | None = body

    async def receive() -> Message:
        nonlocal content
        if content is not None:
            whole, content = content, None
            return {"type": "http.request", "body": whole, "more_body": False}
        return await asyncio.shield(gone)

    return receive


def check_type(scope: Scope, body: bytes) -> None:
    """Refuse a body that is not JSON where JSON is expected.

    A page of another site can send forms and plain text without asking, but not JSON.

    Raises:
        ProblemError: it is another type.
    """
    if not body or scope["path"] in OTHER_TYPES:
        return
    stated = Headers(scope=scope).get("content-type", "")
    if stated.partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body has the type {stated[:100] or 'of nothing stated'!r}, expected "
            "'Content-Type: application/json'",
        )


def mended(body: bytes) -> bytes:
    """Return JSON with each half of a surrogate pair replaced, one for one: it is no character.

    It can be escaped in JSON, but not written in UTF-8, and much that reads strings fails at it.
    """
    if _ESCAPED_SURROGATE.search(body) is None:
        return body
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return body  # the app says what is wrong
    return whole_characters(text).encode()
