"""The orders of the words of very many names, worked out by a second process."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Final

from .forms import Forms
from .guards import Guard
from .workers import settle

_CHUNK: Final = 4096
_LEAST_FORKED: Final = 50_000

_forking: Final = threading.Lock()
_shared: NameOrders | None = None  # of a process while it is forked, and of its worker


class NameOrders:
    """Works out the orders of some names, as far as it can while other work is done.

    Of many names it has a second process begin at the first of them, which then knows the names
    because it is a fork. Who asks for the orders works out those that the process has not come to,
    from the last one on.

    Args:
        forms: makes the orders of a name.
        labels: the labels as the ontology writes them.
        names: the labels, folded.
        guards: how each label is guarded; those that are never linked have no orders.
    """

    def __init__(
        self,
        forms: Forms,
        labels: Sequence[str],
        names: Sequence[str],
        guards: Sequence[Guard],
    ) -> None:
        self._forms = forms
        self._labels = labels
        self._names = names
        self._guards = tuple(guards)  # as they are now
        self._starts = range(0, len(labels), _CHUNK)
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: list[Future[str]] = []
        if len(labels) >= _LEAST_FORKED and _may_fork():
            self._fork()

    def _fork(self) -> None:
        global _shared  # noqa: PLW0603 - a fork inherits it; sent, the names would cost more
        context = multiprocessing.get_context("fork")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        with _forking:
            _shared = self
            with suppress(BrokenProcessPool, OSError):  # no room for another: all is done here
                self._waiting = [self._pool.submit(_joined, start) for start in self._starts]
            _shared = None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each name that may link, in order, with its orders; once."""
        try:
            own: dict[int, str] = {}
            for chunk in reversed(range(len(self._waiting))):
                if not self._waiting[chunk].cancel():
                    break
                own[chunk] = self.joined(self._starts[chunk])
            for chunk, start in enumerate(self._starts):
                found = own.pop(chunk, None)
                if found is None and self._waiting:
                    with suppress(BrokenProcessPool):  # killed: then all is done here
                        found = self._waiting[chunk].result()
                yield from self._parted(start, found or self.joined(start))
        finally:
            self.close()

    def close(self) -> None:
        """End the second process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def joined(self, start: int) -> str:
        """Return the orders of a chunk of names, a line for each, and an empty one after a name.

        No folded name holds the end of a line.
        """
        return "\n\n".join(
            "\n".join(self._forms.orders(self._labels[row], self._names[row], self._guards[row]))
            for row in self._rows(start)
        )

    def _parted(self, start: int, joined: str) -> Iterator[tuple[int, list[str]]]:
        for row, orders in zip(self._rows(start), joined.split("\n\n"), strict=False):
            yield row, orders.split("\n")

    def _rows(self, start: int) -> list[int]:
        rows = range(start, min(start + _CHUNK, len(self._labels)))
        return [row for row in rows if self._guards[row] is not Guard.NEVER]


def _may_fork() -> bool:
    """Return whether forking is safe: elsewhere than on Linux it is not, nor in a worker."""
    return sys.platform == "linux" and not multiprocessing.current_process().daemon


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    settle()


def _joined(start: int) -> str:
    assert _shared is not None
    return _shared.joined(start)
