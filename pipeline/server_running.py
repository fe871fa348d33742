"""Run the app: listen at once, say when it is ready, and stop in good order."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final, cast

import uvicorn

from ..errors import SettingsError
from .server import make_app
from .server_access import is_loopback
from .server_lifetime import Lifetime
from .server_protocol import PatientProtocol
from .server_settings import ServerSettings
from .serving import Served

TOKEN_VARIABLE: Final = "ONTOGRAFT_TOKEN"
"""The environment variable that may hold the token."""

SHORTEST_TOKEN: Final = 16
_BACKLOG: Final = 1024
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def choose_token(file: Path | None, host: str) -> tuple[str, bool]:
    """Return the token, and whether it was made up here.

    Args:
        file: a file that holds it; else the environment variable does; else one is made up, for
            a loopback server only.
        host: the address to listen on.

    Raises:
        SettingsError: the file cannot be read, the token is too short, or there is none and the
            server would be open to other machines.
    """
    if file is not None:
        try:
            token, source = file.read_text(encoding="utf-8").strip(), f"--token-file {file}"
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
            raise SettingsError(
                f"--token-file {file}: cannot be read ({reason}); name a file with one line, the "
                "token"
            ) from error
    else:
        token, source = os.environ.get(TOKEN_VARIABLE, "").strip(), TOKEN_VARIABLE
        if not token:
            if is_loopback(host):
                return secrets.token_urlsafe(32), True
            raise SettingsError(
                f"--host {host} opens the server to other machines, and needs a token that you "
                f"choose: give --token-file FILE, or set {TOKEN_VARIABLE}"
            )
    if len(token) < SHORTEST_TOKEN or any(mark.isspace() for mark in token):
        raise SettingsError(
            f"{source}: the token must have at least {SHORTEST_TOKEN} characters and no space; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    return token, False


def listen(settings: ServerSettings) -> tuple[socket.socket, ServerSettings]:
    """Return a socket that listens, and the settings with the port that it got.

    Raises:
        SettingsError: the address is not of this machine, or the port is taken.
    """
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"--host {settings.host} --port {settings.port}: cannot be listened on "
            f"({error.strerror or error}); choose another port, or 0 for any free one"
        ) from error
    return opened, replace(settings, port=opened.getsockname()[1])


def serve(
    load: Callable[[], Served],
    listening: socket.socket,
    settings: ServerSettings,
    *,
    told: Callable[[str], object] = lambda _: None,
) -> None:
    """Serve until a signal comes.

    Args:
        load: loads what is served, while the server listens already.
        listening: the socket.
        settings: the settings.
        told: is told when the server is ready, and when it stops.

    Raises:
        OntograftError: what is served cannot be loaded.
    """
    server = make_server(load, settings, told=told)
    server.run(sockets=[listening])
    if server.lifetime.failure is not None:
        raise server.lifetime.failure


def make_server(
    load: Served | Callable[[], Served],
    settings: ServerSettings,
    *,
    told: Callable[[str], object] = lambda _: None,
) -> OrderlyServer:
    """Return the server; see ``serve``."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # clients cannot fill the log
    app = make_app(load, settings=settings)
    config = uvicorn.Config(
        app,
        http=cast(Any, partial(PatientProtocol, settings=settings)),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,  # its lines would hold tokens
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=settings.header_bytes,
        timeout_keep_alive=cast(Any, settings.keep_alive_s),
        timeout_graceful_shutdown=cast(Any, settings.stop_s),
    )
    lifetime: Lifetime = app.state.lifetime
    return OrderlyServer(config, lifetime=lifetime, drain_s=settings.drain_s, told=told)


class OrderlyServer(uvicorn.Server):
    """A server that says it is stopping before it stops, and ends without an error then.

    Args:
        config: uvicorn's configuration.
        lifetime: what the app tells from.
        drain_s: seconds between the word and the deed.
        told: is told what happens.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        lifetime: Lifetime,
        drain_s: float,
        told: Callable[[str], object],
    ) -> None:
        super().__init__(config)
        self.lifetime = lifetime
        self.drain_s = drain_s
        self.told = told
        self._stopping_since = 0.0
        self._was_ready = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at a signal; uvicorn would raise it once more at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begin to stop; a second Ctrl-C stops at once."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Return whether it is time to stop listening; called ten times a second."""
        ends = await super().on_tick(counter)
        if self.lifetime.failure is not None:
            return True
        if not self._was_ready and self.lifetime.served is not None:
            self._was_ready = True
            self.told("ready")
        if not ends:
            return False
        if not self.lifetime.stopping:
            self.told("stopping: what is at work is answered")
            self.lifetime.stop.set()
            self._stopping_since = time.monotonic()
        return self.force_exit or time.monotonic() - self._stopping_since >= self.drain_s
