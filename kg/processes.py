"""Linking in several processes, so that none of them hangs or is left behind."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Final

from ..errors import OntologyError
from .linking import Linker
from .mentions import Mention
from .workers import settle

_WAITING: Final = 2  # batches that wait for each process

_linker: Linker | None = None  # of this worker process


def link_texts(
    linker: Linker, texts: Iterable[str], *, processes: int = 2, batch_size: int = 64
) -> Iterator[list[Mention]]:
    """Yield the mentions of each text, linked by several processes.

    The processes are new ones, not forks. So a script that calls this must keep what it runs under
    ``if __name__ == "__main__":``.

    Args:
        linker: the linker; an encoder attached to it stays behind.
        texts: the texts, of which only as many are read as are worked on.
        processes: how many processes.
        batch_size: how many texts a process takes at once.

    Raises:
        OntologyError: a process was killed.
    """
    batches = iter(texts)
    running: deque[Future[list[list[Mention]]]] = deque()
    with tempfile.TemporaryDirectory(prefix="ontograft-") as folder:
        linker.save(folder)
        pool = ProcessPoolExecutor(
            processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_load,
            initargs=(folder,),
        )
        try:
            while True:
                while len(running) < _WAITING * processes and (
                    batch := list(islice(batches, batch_size))
                ):
                    running.append(pool.submit(_link, batch))
                if not running:
                    return
                yield from running.popleft().result()
        except BrokenProcessPool as error:
            raise OntologyError(
                "a linking process was killed, perhaps for want of memory: use fewer processes"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _load(folder: str) -> None:
    global _linker  # noqa: PLW0603 - the way in for an initializer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    settle()
    _linker = Linker.load(folder)


def _link(texts: list[str]) -> list[list[Mention]]:
    assert _linker is not None
    return list(_linker.many(texts))
