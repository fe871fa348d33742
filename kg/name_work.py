"""What takes longest about very many names, shared with a second process."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Final, TypeVar

from .forms import Forms
from .guards import Guard
from .patterns import PatternBuilder
from .workers import settle

_CHUNK: Final = 4096
_LEAST_FORKED: Final = 50_000

_forking: Final = threading.Lock()
_shared: NameWork | None = None  # of a process while it is forked, and of its worker
_Part = TypeVar("_Part", int, Sequence[str])
_Result = TypeVar("_Result")


class NameWork:
    """Works out the orders of some names, and the words related to theirs.

    Of many names it has a second process begin at once with the orders of the first of them, which
    then knows the names because it is a fork. Who asks for the orders works out those that the
    process has not come to, from the last one on. The related words are shared out likewise.

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
        self._waiting: list[Future[PatternBuilder]] = []
        if len(labels) >= _LEAST_FORKED and _may_fork():
            self._fork()

    def _fork(self) -> None:
        global _shared  # noqa: PLW0603 - a fork inherits it; sent, the names would cost more
        context = multiprocessing.get_context("fork")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        with _forking:
            _shared = self
            self._waiting = self._submitted(_ordered, self._starts)
            _shared = None

    def _submitted(
        self, work: Callable[[_Part], _Result], parts: Sequence[_Part]
    ) -> list[Future[_Result]]:
        """Ask the second process for some work; nothing comes of it where there is none."""
        if self._pool is not None:
            with suppress(BrokenProcessPool, OSError):  # no room for another: all is done here
                return [self._pool.submit(work, part) for part in parts]
        return []

    def __call__(self) -> Iterator[PatternBuilder]:
        """Yield the orders of the names that may link, in order, some thousand at a time; once."""
        return _shared_out(self._waiting, self.ordered, self._starts)

    def related(self, words: Sequence[str]) -> Iterator[list[str]]:
        """Yield for each of some words those that may stand for it, see ``Forms.related``."""
        parts = [words[start : start + _CHUNK] for start in range(0, len(words), _CHUNK)]
        for found in _shared_out(self._submitted(_related, parts), self.all_related, parts):
            yield from found

    def close(self) -> None:
        """End the second process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def ordered(self, start: int) -> PatternBuilder:
        """Return the orders of a chunk of names."""
        builder = PatternBuilder()
        for row in range(start, min(start + _CHUNK, len(self._labels))):
            guard = self._guards[row]
            if guard is not Guard.NEVER:
                builder.add(row, self._forms.orders(self._labels[row], self._names[row], guard))
        return builder

    def all_related(self, words: Sequence[str]) -> list[list[str]]:
        """Return the related words of some; in lists, for a set that is sent changes its order."""
        return [list(self._forms.related(word)) for word in words]


def _shared_out(
    waiting: Sequence[Future[_Result]], work: Callable[[_Part], _Result], parts: Sequence[_Part]
) -> Iterator[_Result]:
    """Yield the results of some work in order.

    Args:
        waiting: those that another process works on, or none.
        work: does the same here: what the process has not begun, from the last one on, and all
            if it was killed.
        parts: what the work is to be done on.
    """
    own: dict[int, _Result] = {}
    for number in reversed(range(len(waiting))):
        if not waiting[number].cancel():
            break
        own[number] = work(parts[number])
    for number, part in enumerate(parts):
        found = own.pop(number, None)
        if found is None and waiting:
            with suppress(BrokenProcessPool):
                found = waiting[number].result()
        yield work(part) if found is None else found


def _may_fork() -> bool:
    """Return whether forking is safe: elsewhere than on Linux it is not, nor in a worker."""
    return sys.platform == "linux" and not multiprocessing.current_process().daemon


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    settle()


def _ordered(start: int) -> PatternBuilder:
    assert _shared is not None
    return _shared.ordered(start)


def _related(words: Sequence[str]) -> list[list[str]]:
    assert _shared is not None
    return _shared.all_related(words)
