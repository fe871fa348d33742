"""What an app does from its start to its end, and how its routes get what is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from .server_errors import busy
from .serving import Served

if TYPE_CHECKING:
    from .server_models import Status


class Lifetime:
    """What an app does from its start to its end, kept at ``app.state.lifetime``.

    Args:
        watch: is told the number of texts of each batch.
    """

    def __init__(self, watch: Callable[[int], object] = lambda _: None) -> None:
        self.served: Served | None = None
        self.failure: BaseException | None = None
        self.at_work = 0
        self.watch = watch
        self.stop = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether no more requests are taken."""
        return self.stop.is_set()

    @property
    def status(self) -> Status:
        """What the server does now."""
        if self.stopping:
            return "stopping"
        return "ready" if self.served is not None else "starting"

    def begin(self, served: Served) -> None:
        """Serve from now on."""
        served.batch_sizes = self.watch
        self.served = served


def served(request: Request) -> Served:
    """Return what the app serves; for ``Depends``.

    Raises:
        ProblemError: the model is not loaded yet.
    """
    lifetime: Lifetime = request.app.state.lifetime
    if lifetime.served is None:
        raise busy("the server is starting: the model is being loaded", status=503)
    return lifetime.served


ServedNow = Annotated[Served, Depends(served)]
"""The type of a route's parameter that is what the server serves."""
