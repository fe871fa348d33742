"""Figures about the server, in the text format of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TEXTS: Final = (1, 2, 4, 8, 16, 32)


class ServerMetrics:
    """The figures of one app, apart from those of any other in the process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        names = ("method", "route", "status")
        self._requests = Counter(
            "ontograft_requests", "Requests answered.", names, registry=self.registry
        )
        self._seconds = Histogram(
            "ontograft_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._batch = Histogram(
            "ontograft_batch_texts",
            "Texts that the model read together.",
            buckets=_TEXTS,
            registry=self.registry,
        )
        self._waiting = self._gauge("ontograft_waiting_texts", "Texts that wait for the model.")
        self._queries = self._gauge("ontograft_queries", "Queries that run or wait.")
        self._at_work = self._gauge("ontograft_requests_at_work", "Requests being answered.")
        self._ready = self._gauge("ontograft_ready", "1 where requests are taken, else 0.")

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self.registry)

    def batch(self, texts: int) -> None:
        """Note the size of a batch."""
        self._batch.observe(texts)

    def watch(
        self,
        *,
        waiting: Callable[[], float],
        queries: Callable[[], float],
        at_work: Callable[[], float],
        ready: Callable[[], float],
    ) -> None:
        """Say where the figures of the moment come from; they are asked for when read."""
        self._waiting.set_function(waiting)
        self._queries.set_function(queries)
        self._at_work.set_function(at_work)
        self._ready.set_function(ready)

    def tell(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        """Note that a request was answered; status 0 stands for a client that went away.

        Routes are counted by their pattern, not by what was asked for, so that no client can make
        the figures grow.
        """
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD") else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures."""
        return generate_latest(self.registry)
