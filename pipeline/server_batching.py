"""The one thread that runs the model, and the queue before it that puts requests together."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from .server_errors import busy
from .server_workers import settle

Answer = TypeVar("Answer")
Work = Callable[[Sequence[str]], Sequence[Any]]
"""Returns one answer for each text; a text's answer does not depend on its company."""

BATCH_CHARACTERS: Final = 65_536
"""The most characters of a batch of several texts."""


@dataclass(eq=False)
class _Job:
    """A request's texts, and the answers that are there.

    ``waiting`` holds the numbers of the texts that the model has not begun, the longest first.
    """

    work: Work
    texts: Sequence[str]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[list[Any]]
    waiting: list[int] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    missing: int = 0

    def __post_init__(self) -> None:
        self.waiting = sorted(range(len(self.texts)), key=lambda number: -len(self.texts[number]))
        self.answers = [None] * len(self.texts)
        self.missing = len(self.texts)


class Batcher:
    """Puts the texts of concurrent requests together for the model.

    One thread does all the work. It reads at most ``batch_texts`` texts at a time: a text of the
    request whose turn it is, and one of each other request, those nearest to it in length, so that
    little is padded; what room is left takes more texts of the same requests. So a request of a
    thousand texts does not keep one of a single text waiting for long.
    The texts of a request whose client has gone leave the queue.

    Args:
        batch_texts: the most texts of a batch.
        waiting_texts: the most texts that may wait.
        waiting_characters: the most characters that may wait; a request that finds nobody before
            it may have more.
        watch: is told the number of texts of each batch.
    """

    def __init__(
        self,
        *,
        batch_texts: int = 8,
        waiting_texts: int = 4096,
        waiting_characters: int = 8_000_000,
        watch: Callable[[int], object] | None = None,
    ) -> None:
        self._batch_texts = batch_texts
        self._most = (waiting_texts, waiting_characters)
        self._watch = watch
        self._jobs: deque[_Job] = deque()
        self._texts = self._characters = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many texts wait."""
        return self._texts

    async def ask(self, work: Work, texts: Sequence[str]) -> list[Any]:
        """Return the answers to some texts, in their order.

        Args:
            work: answers texts; those of requests with the same function are put together.
            texts: the texts.

        Raises:
            ProblemError: too much waits already.
        """
        if not texts:
            return []
        loop = asyncio.get_running_loop()
        job = _Job(work, texts, loop, loop.create_future())
        with self._changed:
            self._check_room(texts)
            self._count(texts, 1)
            self._jobs.append(job)
            self._changed.notify()
        try:
            return await job.done
        except asyncio.CancelledError:
            with self._changed:
                self._forget(job)
            raise

    async def alone(self, work: Callable[[], Answer], *, characters: int = 0) -> Answer:
        """Run a function in the model's thread, by itself, when its turn comes.

        Args:
            work: the function.
            characters: how many characters of text it is about, for the bound on what waits.

        Raises:
            ProblemError: too much waits already.
        """
        (answer,) = await self.ask(lambda _: [work()], [" " * characters])
        return answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Let the thread end after the batch it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _check_room(self, texts: Sequence[str]) -> None:
        most_texts, most_characters = self._most
        characters = sum(map(len, texts))
        if self._texts and (
            self._texts + len(texts) > most_texts or self._characters + characters > most_characters
        ):
            raise busy(
                f"{self._texts} texts wait for the model already, and it takes no more than "
                f"{most_texts} texts or {most_characters} characters; try again in a few seconds"
            )

    def _count(self, texts: Sequence[str], sign: int) -> None:
        self._texts += sign * len(texts)
        self._characters += sign * sum(map(len, texts))

    def _forget(self, job: _Job) -> None:
        """Drop the texts of a job that have not begun."""
        self._count([job.texts[number] for number in job.waiting], -1)
        job.waiting.clear()
        if job in self._jobs:
            self._jobs.remove(job)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                if self._closed:
                    return
                batch = self._take()
            if self._watch is not None:
                self._watch(len(batch))
            self._answer(batch)
            del batch

    def _take(self) -> list[tuple[_Job, int]]:
        """Take the next batch off the queue."""
        work = self._jobs[0].work
        same = [job for job in self._jobs if job.work == work]
        turn = [(job, job.waiting[0]) for job in same]  # a text of each request, in their turn
        more = [
            (job, number)
            for job in same
            for number in job.waiting[1 : self._batch_texts]
            if len(turn) < self._batch_texts
        ]
        batch: list[tuple[_Job, int]] = []
        characters = 0
        for job, number in [*_nearest(turn, turn[0]), *_nearest(more, turn[0])]:
            characters += _length(job, number)
            if len(batch) == self._batch_texts or (batch and characters > BATCH_CHARACTERS):
                break
            batch.append((job, number))
        for job, number in batch:
            job.waiting.remove(number)
            self._count([job.texts[number]], -1)
        self._jobs.rotate(-1)
        self._jobs = deque(job for job in self._jobs if job.waiting)
        return batch

    def _answer(self, batch: list[tuple[_Job, int]]) -> None:
        work, texts = batch[0][0].work, [job.texts[number] for job, number in batch]
        try:
            answers = list(work(texts))
        except Exception as error:  # told to whoever asked
            if len(batch) == 1:
                job = batch[0][0]
                self._tell(job, None, error)
            else:  # one text may be at fault; the others must not suffer for it
                for item in batch:
                    self._answer([item])
            return
        for (job, number), answer in zip(batch, answers, strict=True):
            job.answers[number] = answer
            job.missing -= 1
            if not job.missing:
                self._tell(job, job.answers, None)

    def _tell(self, job: _Job, answers: list[Any] | None, error: Exception | None) -> None:
        if error is not None:
            with self._changed:
                self._forget(job)
        try:
            job.loop.call_soon_threadsafe(settle, job.done, answers, error)
        except RuntimeError:  # the loop has ended: nobody waits any more
            return


def _nearest(items: list[tuple[_Job, int]], to: tuple[_Job, int]) -> list[tuple[_Job, int]]:
    """Sort texts by how near they are to one in length; equals keep their turn."""
    length = _length(*to)
    return sorted(items, key=lambda item: abs(_length(*item) - length))


def _length(job: _Job, number: int) -> int:
    return len(job.texts[number])
