"""Connections with patience that ends: slow, silent and too many clients cost next to nothing.

uvicorn waits for ever for the head of a request, and for a client that does not read its answer.
Here each of them has its time, and when there are too many connections, the one that has been
silent longest makes room: so that clients that say nothing keep nobody else out.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from .server_settings import ServerSettings

_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """A connection as uvicorn has it, with an end to each kind of waiting.

    Args:
        settings: the times, and the number of connections.
        others: what uvicorn gives a connection.
    """

    def __init__(self, *, settings: ServerSettings, **others: Any) -> None:
        super().__init__(**others)
        self.settings = settings
        self.heard = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    @property
    def at_work(self) -> bool:
        """Whether a request has come, and its answer is not yet complete."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > self.settings.connections:
            self._make_room()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is not complete has its time from the first byte on."""
        self.heard = self.loop.time()
        super().data_received(data)
        if not self.at_work and not self.transport.is_closing():
            self._await_head()
        elif self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def on_response_complete(self) -> None:
        """Wait for the next request; not long for the rest of one that is answered already."""
        self.heard = self.loop.time()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._await_head()

    def pause_writing(self) -> None:
        """Give the client its time to read."""
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(self.settings.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that it reads."""
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.settings.header_s, self._give_up)

    def _give_up(self) -> None:
        """Close a connection whose request did not come in time."""
        if self.transport.is_closing():
            return
        begun = self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        if begun and not self.at_work:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _make_room(self) -> None:
        """Cut off the connection that has been silent longest; this one if all others work."""
        others = [cast(PatientProtocol, one) for one in self.connections if one is not self]
        silent = [one for one in others if not one.at_work]
        oldest = min(silent, key=lambda one: one.heard, default=self)
        oldest.transport.abort()
        self.connections.discard(oldest)

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._write_timer = None
