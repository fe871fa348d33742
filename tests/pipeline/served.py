"""A server without PyTorch: a stub classifier behind the real app, and a client that has the token.

Other tests of the server take what they need from here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from starlette.testclient import TestClient

from ontograft.kg import Mention
from ontograft.pipeline.prediction import Classifier, Prediction
from ontograft.pipeline.record import Results
from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_running import OrderlyServer, listen, make_server
from ontograft.pipeline.server_settings import ServerSettings
from ontograft.pipeline.serving import Served

from .predictors import StubPredictor

TOKEN = "a token that nobody guesses".replace(" ", "-")
HOST = "http://127.0.0.1:8321"


class StubClassifier(StubPredictor):
    """The stub as a classifier; a closed ``gate`` holds it up, ``begun`` that it came there."""

    def __init__(self, task: str = "single-label") -> None:
        super().__init__(task)
        self.sha256 = "0" * 64
        self.label_names = {"good": "Good news"}
        self.gate, self.begun = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict some texts."""
        self.begun.set()
        self.gate.wait()
        scores = self.scores(texts)
        rows = zip(
            scores.values, self.labels.predicted(scores.values), scores.mentions, strict=True
        )
        return [self._say(values, chosen, tuple(found)) for values, chosen, found in rows]

    def mentions(self, texts: Sequence[str]) -> list[tuple[Mention, ...]]:
        """Link some texts."""
        self.gate.wait()
        return [tuple(self._mentions(text)) for text in texts]

    def _say(self, values: Any, chosen: Any, mentions: tuple[Mention, ...]) -> Prediction:
        if self.labels.task == "regression":
            return Prediction(float(values[0]), {}, mentions)
        chances = dict(zip(self.labels.labels, map(float, values), strict=True))
        labels = tuple(name for name, one in zip(self.labels.labels, chosen, strict=True) if one)
        several = self.labels.task == "multi-label"
        return Prediction(labels if several else labels[0], chances, mentions)


def make_served(
    stub: StubClassifier | None = None,
    *,
    results: Results | None = None,
    corrections: Path | None = None,
    **settings: Any,
) -> Served:
    """Return what a stub serves.

    Args:
        stub: the classifier.
        results: results to serve.
        corrections: the folder of corrections.
        settings: settings of the server that differ from the usual.
    """
    kept: Any = None
    if corrections is not None:
        from ontograft.pipeline.corrections import Corrections

        kept = Corrections(corrections)
    return Served(
        cast(Classifier, stub or StubClassifier()),
        results=results,
        corrections=kept,
        settings=ServerSettings(**{"token": TOKEN, **settings}),
    )


@contextmanager
def running(served: Served) -> Iterator[tuple[int, OrderlyServer]]:
    """Run the real server in a thread; yield its port and itself."""
    listening, settings = listen(replace(served.settings, port=0))
    served.settings = settings
    server = make_server(served, settings)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.001)
        yield settings.port, server
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def client(app: FastAPI | Served, **headers: str) -> TestClient:
    """Return a client that has the token; headers with a value of "" are left out."""
    made = app if isinstance(app, FastAPI) else make_app(app)
    sent = {"Authorization": f"Bearer {TOKEN}", **headers}
    known = TestClient(made, base_url=HOST)
    known.headers.update({name: value for name, value in sent.items() if value})
    return known


def resident() -> float:
    """Return the resident memory of this process in MB."""
    fields = Path("/proc/self/status").read_text(encoding="ascii").split("VmRSS:")[1].split()
    return int(fields[0]) / 1024
