"""The outermost layer: headers that keep a browser safe, figures, and an answer to every error."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from .server_errors import ProblemError, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .server_metrics import ServerMetrics

logger = logging.getLogger(__name__)

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What the page may load and run: its own files, and nothing that stands in a text or label."""

SECURITY: Final = {
    b"content-security-policy": CONTENT_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cache-control": b"no-store",
}
"""The headers of every answer that does not set them itself."""


class Outermost:
    """Adds headers, counts and times requests, and turns errors into problems.

    Args:
        app: the app.
        metrics: are told of each request.
    """

    def __init__(self, app: ASGIApp, *, metrics: ServerMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def secured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", []))
                there = {name.lower() for name, _ in headers}
                headers += [pair for pair in SECURITY.items() if pair[0] not in there]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self.app(scope, receive, secured)
        except ProblemError as error:
            if status:
                raise
            await error.response()(scope, receive, secured)
        except Exception as error:
            logger.error("%s %r failed", scope["method"], scope["path"], exc_info=error)
            if status:
                raise  # too late for another answer: the connection is closed
            said = "the server met an error that it did not expect; its log says more"
            await problem(500, said)(scope, receive, secured)
        finally:
            self.metrics.tell(scope, status, time.perf_counter() - began)
