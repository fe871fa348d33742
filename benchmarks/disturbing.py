"""What the other clients of a server notice while some try to wear it down; see ``serve.py``.

Both figures are measured strictly: against the server's own figures when nobody disturbs it, on the
machine as it is. A machine that others use at the same time makes them worse.
"""

from __future__ import annotations

import http.client
import socket
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

IDLE_S: Final = 10.0
"""How long the undisturbed server is asked, and the disturbed one for each kind of slow client."""

PAUSE_S: Final = 0.02
DRIP_S: Final = 1.0

_HEAD: Final = b"POST /classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def slow_kinds(authorization: str) -> dict[str, tuple[bytes, bytes]]:
    """Return what slow clients send: at first, and then once a second."""
    head = _HEAD + f"Authorization: {authorization}\r\n".encode()
    return {
        "say nothing": (b"", b""),
        "drip the first line": (b"GET /cla", b"x"),
        "drip a header": (head + b"X-Long: ", b"x"),
        "drip a body": (head + b"Content-Length: 8000000\r\n\r\n" + b" " * 60_000, b" "),
    }


@contextmanager
def slow_clients(port: int, count: int, first: bytes, drip: bytes) -> Iterator[list[int]]:
    """Hold connections whose requests never end; one that is cut off comes back within a second.

    Yields a list with one number: how many connections were made.
    """
    made = [0]

    def begun() -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        made[0] += 1
        with suppress(OSError):  # refused at once: the next round makes another
            connection.sendall(first)
        connection.setblocking(False)
        return connection

    connections = [begun() for _ in range(count)]
    ended = threading.Event()

    def hold() -> None:
        while not ended.wait(DRIP_S):
            for number, connection in enumerate(connections):
                if not _is_open(connection, drip):
                    connection.close()
                    connections[number] = begun()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield made
    finally:
        ended.set()
        holder.join()
        for connection in connections:
            connection.close()


def _is_open(connection: socket.socket, drip: bytes) -> bool:
    """Send what a slow client sends next; return whether the server still listens to it."""
    try:
        if drip:
            connection.send(drip)
        connection.recv(1)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False  # it answered, or closed the connection


class Neighbour(threading.Thread):
    """Another client: asks the same again and again, each time on a new connection.

    Args:
        port: the port of the server.
        path: what it asks for.
        headers: the headers it sends.
    """

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.port = port
        self.path = path
        self.headers = dict(headers)
        self.times: list[float] = []
        self.failed = 0
        self._ended = threading.Event()

    def run(self) -> None:
        """Ask until told to stop; an answer other than 200 counts as failed."""
        while not self._ended.is_set():
            began = time.perf_counter()
            self.failed += not self._is_answered()
            self.times.append(time.perf_counter() - began)
            self._ended.wait(PAUSE_S)

    def _is_answered(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.path, headers=self.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop asking, and wait for the last answer."""
        self._ended.set()
        self.join()


@contextmanager
def neighbours(port: int, headers: Mapping[str, str], *paths: str) -> Iterator[list[Neighbour]]:
    """Let some clients ask meanwhile."""
    asking = [Neighbour(port, path, headers) for path in paths]
    for one in asking:
        one.start()
    try:
        yield asking
    finally:
        for one in asking:
            one.stop()


def row(what: str, neighbour: Neighbour, *more: object) -> str:
    """Return a row of a table: how long a client waited, in milliseconds."""
    times = [1000 * one for one in neighbour.times]
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    figures = (f"{cuts[49]:.1f}", f"{cuts[98]:.1f}", f"{max(times):.1f}", str(neighbour.failed))
    return f"| {what} | {len(times)} | " + " | ".join((*figures, *map(str, more))) + " |"


def measure_slow_clients(port: int, process: int, count: int, headers: Mapping[str, str]) -> None:
    """Print how long ``/health`` takes while many clients never end their requests."""
    print(
        f"{count} slow clients (required: p99 of /health at most 200 ms, memory at most +50 MB)\n"
    )
    print("| they | /health, times | median, ms | p99, ms | greatest, ms | failed | ", end="")
    print("connections made | memory of the server, MB |\n|---|---|---|---|---|---|---|---|")
    with neighbours(port, headers, "/health") as (alone,):
        time.sleep(IDLE_S)
    before = resident(process)
    print(row("are not there", alone, 0, f"{before:.0f}"), flush=True)
    for what, (first, drip) in slow_kinds(headers["Authorization"]).items():
        with (
            neighbours(port, headers, "/health") as (meanwhile,),
            slow_clients(port, count, first, drip) as made,
        ):
            time.sleep(IDLE_S)
            memory = f"{resident(process) - before:+.0f}"
        print(row(what, meanwhile, made[0], memory), flush=True)
    print()


def measure_torture(port: int, headers: Mapping[str, str]) -> None:
    """Print how long others wait while queries that are made to kill the engine are asked."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "pipeline"))
    from sparql_torture import TORTURE

    paths = ("/health", f"/sparql?query={quote('ASK {}')}")
    _torture(port, headers, "ASK {}")  # the first query waits for the store to be built
    with neighbours(port, headers, *paths) as alone:
        time.sleep(IDLE_S)
    answers: Counter[int] = Counter()
    slowest, slowest_name = 0.0, ""
    with neighbours(port, headers, *paths) as meanwhile:
        for name, query in TORTURE.items():
            began = time.perf_counter()
            answers[_torture(port, headers, query)] += 1
            slowest, slowest_name = max(
                (slowest, slowest_name), (time.perf_counter() - began, name)
            )
    print(f"{len(TORTURE)} queries, one after another (required: p99 below twice the idle one)\n")
    print("| neighbour asks | times | median, ms | p99, ms | greatest, ms | failed |")
    print("|---|---|---|---|---|---|")
    for path, before, now in zip(("/health", "ASK {}"), alone, meanwhile, strict=True):
        print(row(f"{path}, undisturbed", before))
        print(row(f"{path}, meanwhile", now))
    said = ", ".join(f"{count} by {status}" for status, count in sorted(answers.items()))
    print(f"\nAnswered: {said}. The slowest: {slowest_name}, {slowest:.1f} s.\n", flush=True)


def _torture(port: int, headers: Mapping[str, str], query: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        stated = {**headers, "Content-Type": "application/sparql-query"}
        connection.request("POST", "/sparql", query.encode(), stated)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def resident(process: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
