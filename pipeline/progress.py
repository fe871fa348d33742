"""How long work tells someone how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

logger = logging.getLogger(__name__)

Progress = Callable[[int], None]
"""Called with the number of items done since the last call."""


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
