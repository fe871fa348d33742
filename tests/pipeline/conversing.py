"""A client that speaks ASGI with the app, for what happens while a request is on its way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ontograft.pipeline.server import make_app
from ontograft.pipeline.serving import Served

from .served import TOKEN


class Client:
    """Speaks ASGI with an app, piece by piece; what TestClient cannot do."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.sent: list[dict[str, Any]] = []
        self._coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def start(
        self, path: str = "/classify", *, headers: Iterable[tuple[bytes, bytes]] = ()
    ) -> asyncio.Task[None]:
        """Begin a POST."""
        stated = [
            (b"host", b"127.0.0.1"),
            (b"authorization", f"Bearer {TOKEN}".encode()),
            (b"content-type", b"application/json"),
            *headers,
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": stated,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8321),
            "state": {},
        }
        return asyncio.create_task(self.app(scope, self._coming.get, self._take))

    def send(self, body: bytes, *, more: bool = False) -> None:
        """Send a piece of the body."""
        self._coming.put_nowait({"type": "http.request", "body": body, "more_body": more})

    def leave(self) -> None:
        """Go away."""
        self._coming.put_nowait({"type": "http.disconnect"})

    async def _take(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def detail(self) -> str:
        """What a problem says."""
        return str(json.loads(self.sent[1]["body"])["detail"])


def run(served: Served, conversation: Callable[[Any], Awaitable[None]]) -> None:
    """Have a conversation with the app of what is served."""

    async def talk() -> None:
        await asyncio.wait_for(conversation(make_app(served)), 30)

    asyncio.run(talk())
    served.close()
