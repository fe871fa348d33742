"""A process of our own that does dangerous work, and is killed when it takes too long.

What a query engine does can neither be cancelled nor trusted to survive. So it runs in a process
that is started anew (never forked: a fork could write to an open store), and asked over pipes. A
frame is the length of a header and of a body, the header as JSON, and the body as it is.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

_LENGTHS: Final = struct.Struct(">II")
_START_S: Final = 60.0
_GRACE_S: Final = 0.3
_ONE_ARENA: Final = {"MALLOC_ARENA_MAX": "1"}
"""With glibc every thread would reserve 64 to 128 MiB of the address space that is limited."""
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET

Frame = tuple[dict[str, Any], bytes]
"""A header and a body."""


class ChildGoneError(Exception):
    """The process ended before it answered.

    Args:
        expired: whether it was killed because its time was up.
        code: its exit code, as ``subprocess`` gives it.
    """

    def __init__(self, *, expired: bool, code: int) -> None:
        super().__init__(f"expired: {expired}, exit code: {code}")
        self.expired = expired
        self.code = code


class Child:
    """A process that answers requests, one at a time.

    Args:
        module: the module to run; its ``main`` calls ``answer_requests``.
        arguments: its arguments.

    Raises:
        ChildGoneError: it ended before it was ready.
    """

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        # -P: a module that lies in the folder one works in is not ours, whatever its name.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in os.environ if not _is_proxy(key)} | _ONE_ARENA,
        )
        self._stdin, self._stdout = _pipe(self._process.stdin), _pipe(self._process.stdout)
        self.about: dict[str, Any] = self._within(_START_S, lambda: read_frame(self._stdout))[0]

    def ask(self, request: Mapping[str, Any], *, timeout_s: float) -> Frame:
        """Send a request and return the answer.

        Args:
            request: the request, as JSON.
            timeout_s: the process is killed after this time.

        Raises:
            ChildGoneError: it was killed, or ended by itself.
        """

        def exchange() -> Frame:
            write_frame(self._stdin, request)
            return read_frame(self._stdout)

        return self._within(timeout_s, exchange)

    @property
    def alive(self) -> bool:
        """Whether the process can be asked."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            try:
                pipe.close()
            except OSError:  # what was left to write finds nobody to read it
                continue

    def _within(self, seconds: float, work: Callable[[], Frame]) -> Frame:
        """Do some work with the process, which is killed if it takes longer."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            return work()
        except (EOFError, OSError, ValueError) as error:
            self.close()
            raise ChildGoneError(expired=expired.is_set(), code=self._process.returncode) from error
        except BaseException:  # an interruption leaves an answer behind that nobody reads
            self.close()
            raise
        finally:
            timer.cancel()


def write_frame(pipe: IO[bytes], header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write a frame."""
    packed = json.dumps(header).encode()
    pipe.write(_LENGTHS.pack(len(packed), len(body)) + packed)
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Frame:
    """Read a frame.

    Raises:
        EOFError: the other side closed the pipe.
    """
    header, body = _LENGTHS.unpack(_read(pipe, _LENGTHS.size))
    content: dict[str, Any] = json.loads(_read(pipe, header))
    return content, _read(pipe, body)


def answer_requests(answer: Callable[[dict[str, Any]], Frame], about: Mapping[str, Any]) -> None:
    """Answer the requests of the parent process until it closes the pipe; for the child.

    Args:
        answer: takes a request, which says under ``timeout_s`` how long it may take.
        about: what to tell the parent when all is ready.
    """
    write_frame(sys.stdout.buffer, about)
    while True:
        try:
            request, _ = read_frame(sys.stdin.buffer)
        except EOFError:
            return
        with_alarm = hasattr(signal, "setitimer")
        if with_alarm:
            # If the parent is gone nobody kills us: then the system does, without Python's help,
            # which a query that is running does not leave time for.
            signal.setitimer(signal.ITIMER_REAL, float(request["timeout_s"]) + _GRACE_S)
        header, body = answer(request)
        if with_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sys.stdout.buffer, header, body)


def confine(*, memory_mb: int) -> dict[str, Any]:
    """Take from this process what it does not need: the network, memory beyond a limit.

    Args:
        memory_mb: see ``limit_memory``.

    Returns:
        ``network``: whether the network is ``cut``, which needs rights that not every system
        gives, or ``open``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and decides
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    limit_memory(memory_mb)
    return {"network": "cut" if _cut_network() else "open"}


def limit_memory(memory_mb: int) -> None:
    """Let this process take no more than some memory beside what it has, and dump none of it.

    Args:
        memory_mb: the most address space that it may add, in MiB; a stricter limit stays.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + (memory_mb << 20)
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Return the bytes of address space that this process has, 0 where the system does not say."""
    try:
        pages, _ = Path("/proc/self/statm").read_text(encoding="ascii").split(maxsplit=1)
    except OSError:  # no Linux
        return 0
    return int(pages) * os.sysconf("SC_PAGESIZE")


def _cut_network() -> bool:
    """Move this process to a network of its own, with nothing in it; return whether that worked."""
    if not sys.platform.startswith("linux"):
        return False
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USERS | _NEW_NETWORK) == 0)


def _read(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError("the pipe was closed")
    return content


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # we asked for it
    return pipe


def _is_proxy(name: str) -> bool:
    return name.lower().endswith("_proxy")
