"""How long work tells someone how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

logger = logging.getLogger(__name__)

Progress = Callable[[int], None]
"""Called with the number of items done since the last call."""


@dataclass
class Pace:
    """How fast a stage goes.

    Args:
        title: what is done.
        total: how many items there are; None if that is not known.
        began: when it began, in seconds.
        done: how many items are done.
    """

    title: str
    total: int | None
    began: float
    done: int = 0

    def rate(self, now: float) -> str:
        """Return the items a second, for people; empty as long as none is done."""
        if not self.done or now <= self.began:
            return ""
        rate = self.done / (now - self.began)
        return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s"

    def line(self, now: float) -> str:
        """Return how far the stage is: ``predicting: 300 of 1,000 (25/s, 0:00:28 left)``."""
        many = f"{self.done:,}" + (f" of {self.total:,}" if self.total else "")
        facts = [self.rate(now)] if self.rate(now) else []
        if self.total and self.done:
            left = (now - self.began) * max(0, self.total - self.done) / self.done
            facts.append(f"{timedelta(seconds=round(left))} left")
        return f"{self.title}: {many}" + (f" ({', '.join(facts)})" if facts else "")


class Reporter(Protocol):
    """What long work reports to."""

    def stage(self, title: str, total: int | None = None) -> AbstractContextManager[Progress]:
        """Begin a stage of ``total`` items; the progress function lives until it ends."""

    def note(self, message: str) -> None:
        """Tell something that deserves the expert's eye."""


class LogReporter:
    """Reports to the log: stages as information, notes as warnings."""

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Progress]:
        """Log the stage's title and size."""
        logger.info("%s%s", title, f" ({total})" if total else "")
        yield _ignore

    def note(self, message: str) -> None:
        """Log the note."""
        logger.warning("%s", message)


def _ignore(_: int) -> None:
    """Take no note of progress."""


class Unnoted:
    """Reports the stages, but no notes: someone else told them already."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def stage(self, title: str, total: int | None = None) -> AbstractContextManager[Progress]:
        """Begin a stage of the other reporter."""
        return self._reporter.stage(title, total)

    def note(self, message: str) -> None:
        """Drop the note."""
