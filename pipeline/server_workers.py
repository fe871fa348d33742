"""A few threads for work that would hold up the event loop, and a bounded queue before them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from .server_errors import busy

Answer = TypeVar("Answer")
_Task = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Workers:
    """Runs functions in threads; what finds no place to wait is refused at once.

    The threads end with the process, whatever they are at: a query that nobody waits for must not
    keep the server from stopping.

    Args:
        name: what the threads are called.
        count: how many functions run at a time.
        waiting: how many more may wait.
    """

    def __init__(self, name: str, *, count: int, waiting: int) -> None:
        self._most = count + waiting
        self._taken = 0
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._count = count
        for number in range(count):
            thread = threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            thread.start()

    @property
    def taken(self) -> int:
        """How many functions run or wait."""
        return self._taken

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function in one of the threads and return what it returns.

        Raises:
            ProblemError: too many wait already.
        """
        if self._taken >= self._most:
            raise busy("too many queries wait already; try again in a few seconds")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._taken += 1
        self._tasks.put((loop, answer, lambda: work(*arguments)))
        return await answer

    def close(self) -> None:
        """Let the threads end when they have done what waits."""
        for _ in range(self._count):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            loop, answer, work = task
            error: BaseException | None = None
            value: Any = None
            if not answer.cancelled():
                try:
                    value = work()
                except BaseException as raised:  # told to whoever asked
                    error = raised
            try:
                loop.call_soon_threadsafe(self._settle, answer, value, error)
            except RuntimeError:  # the loop has ended: nobody waits any more
                return
            del task, answer, work, value, error

    def _settle(self, answer: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
        self._taken -= 1
        settle(answer, value, error)


def settle(answer: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    """Give a future its answer, in its own loop, unless nobody waits for it any more."""
    if answer.done():
        return
    if error is None:
        answer.set_result(value)
    else:
        answer.set_exception(error)
