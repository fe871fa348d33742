from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
import uvicorn

from ontograft.pipeline.server_protocol import PatientProtocol
from ontograft.pipeline.server_running import listen
from ontograft.pipeline.server_settings import ServerSettings

from .served import TOKEN, make_served, resident, running

HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HEAD = (
    f"POST /classify HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/json\r\n"
).encode()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """Yield a connection to the server."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def answer(connection: socket.socket, count: int = 1) -> bytes:
    """Return the next answers, whose bodies are short objects of JSON."""
    found = b""
    while found.count(b"}") < count:
        part = connection.recv(65536)
        if not part:
            break
        found += part
    return found


def test_one_connection_serves_several_requests() -> None:
    with running(make_served()) as (port, _), connected(port) as connection:
        for _ in range(3):
            connection.sendall(HEALTH)
            assert answer(connection).startswith(b"HTTP/1.1 200 OK")
        connection.sendall(HEALTH * 2)
        assert answer(connection, 2).count(b"200 OK") == 2


@pytest.mark.parametrize("sent", [b"", b"GET /hea", HEAD])
def test_a_head_that_does_not_come_is_waited_for_no_longer(sent: bytes) -> None:
    with running(make_served(header_s=0.2)) as (port, _), connected(port) as connection:
        connection.sendall(sent)
        assert rest(connection).startswith(b"HTTP/1.1 408" if sent else b"")


def test_a_head_that_drips_has_no_more_time() -> None:
    with running(make_served(header_s=0.3)) as (port, _), connected(port) as connection:
        began = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - began < 10:
                connection.sendall(b"X")
                time.sleep(0.02)
        assert time.monotonic() - began < 5


def test_an_idle_connection_is_closed() -> None:
    with running(make_served(keep_alive_s=0.2)) as (port, _), connected(port) as connection:
        connection.sendall(HEALTH)
        assert b"200 OK" in rest(connection)


def test_after_an_answer_the_next_head_has_its_time_too() -> None:
    served = make_served(header_s=0.2, keep_alive_s=60)
    with running(served) as (port, _), connected(port) as connection:
        connection.sendall(HEALTH)
        answer(connection)
        connection.sendall(b"GET /")
        assert rest(connection).startswith(b"HTTP/1.1 408")


def test_the_rest_of_a_body_that_was_refused_is_not_waited_for() -> None:
    served = make_served(header_s=0.2, body_bytes=100)
    with running(served) as (port, _), connected(port) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert answer(connection).startswith(b"HTTP/1.1 413")
        connection.sendall(b"  ")
        assert rest(connection) == b""


def test_a_slow_body_is_told() -> None:
    with running(make_served(body_s=0.2)) as (port, _), connected(port) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert rest(connection).startswith(b"HTTP/1.1 408")


def test_what_is_no_http_is_refused() -> None:
    with running(make_served()) as (port, _):
        for sent in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"x" * 40_000):
            with connected(port) as connection:
                connection.sendall(sent)
                assert rest(connection).startswith(b"HTTP/1.1 400")


def test_when_there_are_too_many_connections_the_most_silent_makes_room() -> None:
    with running(make_served(connections=3)) as (port, _), ExitStack() as stack:
        silent = [stack.enter_context(connected(port)) for _ in range(3)]
        for connection in silent[1:]:
            time.sleep(0.02)
            connection.sendall(b"GET /")
        time.sleep(0.05)
        with connected(port) as late:
            late.sendall(HEALTH)
            assert b"200 OK" in answer(late)
        assert rest(silent[0]) == b""
        for connection in silent[1:]:
            connection.sendall(HEALTH.removeprefix(b"GET /"))
            assert b"200 OK" in answer(connection)


def test_when_all_connections_work_a_new_one_is_cut_off() -> None:
    with running(make_served(connections=2)) as (port, _), ExitStack() as stack:
        working = [stack.enter_context(connected(port)) for _ in range(2)]
        for connection in working:
            connection.sendall(HEAD + b"Content-Length: 16\r\n\r\n")
        time.sleep(0.1)
        with connected(port) as late:
            assert rest(late) == b""
        for connection in working:
            connection.sendall(b'{"text":"apple"}')
            assert answer(connection).startswith(b"HTTP/1.1 200")


def test_a_client_that_does_not_read_is_cut_off() -> None:
    async def endless(scope: Any, _: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    listening, settings = listen(ServerSettings(port=0, token=TOKEN, write_s=0.3))

    def http(**others: Any) -> PatientProtocol:
        return PatientProtocol(settings=settings, **others)

    config = uvicorn.Config(endless, http=http, ws="none", lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        with connected(settings.port) as connection:
            connection.sendall(HEALTH)
            while not server.server_state.connections:
                time.sleep(0.01)
            began = time.monotonic()
            while server.server_state.connections and time.monotonic() - began < 10:
                time.sleep(0.01)
            assert not server.server_state.connections
        with connected(settings.port) as reader:  # one that reads gets all of it
            reader.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert len(rest(reader)) > 100_000_000
    finally:
        server.should_exit = True
        thread.join(20)


def health_p99(port: int) -> float:
    """Return the seconds within which 99 of 100 new connections are told that the server lives."""
    times = []
    for _ in range(300):
        began = time.perf_counter()
        with connected(port) as connection:
            connection.sendall(HEALTH)
            assert b"200 OK" in answer(connection)
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=100)[98]


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent", [b"", b"GET /cla", HEAD, HEAD + b"Content-Length: 8000000\r\n\r\n" + b" " * 60_000]
)
def test_500_slow_clients_disturb_nobody(sent: bytes) -> None:
    with running(make_served()) as (port, _), ExitStack() as stack:
        with connected(port) as connection:
            connection.sendall(HEALTH)
            answer(connection)
        idle = health_p99(port)
        before = resident()
        slow = [stack.enter_context(connected(port)) for _ in range(500)]
        for connection in slow:
            connection.sendall(sent)
        assert health_p99(port) < max(0.2, 2 * idle)  # where the machine itself is slow
        assert resident() - before < 50
