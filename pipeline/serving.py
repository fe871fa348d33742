"""What the server serves: one classifier, and the results, queries and corrections about it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .concept_tree import ConceptTree
from .database import SqlLimits
from .query import ResultQuery
from .server_batching import Batcher
from .server_errors import ProblemError, busy
from .server_settings import ServerSettings
from .server_workers import Workers

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Mention
    from .corrections import Corrections
    from .prediction import Classifier, Prediction
    from .record import Results
    from .sparql import SparqlEndpoint

Answer = TypeVar("Answer")


class Served:
    """Everything behind the routes; they get it by ``server_lifetime.ServedNow``.

    Work on the event loop must be short: the model is reached through ``predict``, ``mentions``
    and ``on_model``, whatever reads results or searches through ``run``.

    Args:
        classifier: the one model in memory.
        results: the results that are served, if any.
        corrections: keeps what users correct, if anything does; closed with it.
        settings: what the server bears.

    Raises:
        ResultsError: a file of the results was changed.
        SettingsError: DuckDB is not installed.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        results: Results | None = None,
        corrections: Corrections | None = None,
        settings: ServerSettings | None = None,
    ) -> None:
        self.settings = settings or ServerSettings()
        self.classifier = classifier
        self.results = results
        self.corrections = corrections
        self.limits = SqlLimits(timeout_s=self.settings.query_s)
        self.asked = ResultQuery(results, limits=self.limits) if results is not None else None
        self.tree = ConceptTree(classifier.graph, self.asked, language=classifier.language)
        self.batch_sizes: Callable[[int], object] = lambda _: None
        self.batcher = Batcher(
            batch_texts=self.settings.batch_texts,
            waiting_texts=self.settings.waiting_texts,
            waiting_characters=self.settings.waiting_characters,
            watch=lambda count: self.batch_sizes(count),
        )
        self.queries = Workers(
            "queries", count=self.settings.queries, waiting=self.settings.waiting_queries
        )
        # SPARQL waits for its own processes; that must not keep other queries from running.
        self.sparql = Workers(
            "sparql", count=self.settings.queries, waiting=self.settings.waiting_queries
        )
        self.writers = Workers("writer", count=1, waiting=self.settings.requests)
        self._endpoint: SparqlEndpoint | None = None
        self._fields: list[str] | None = None
        self._opening = threading.Lock()

    @classmethod
    def load(
        cls,
        model: str | Path,
        *,
        results: str | Path | None = None,
        corrections: str | Path | None = None,
        settings: ServerSettings | None = None,
    ) -> Served:
        """Load everything from folders, and run the model once, so that the first user need not.

        Raises:
            OntograftError: a folder is not what it should be.
        """
        from .corrections import Corrections
        from .prediction import Classifier
        from .record import Results

        opened = Results.open(results) if results is not None else None
        with ExitStack() as undone:
            kept = None
            if corrections is not None:
                kept = undone.enter_context(Corrections(Path(corrections)))
            classifier = Classifier.load(model)
            classifier(["Warm up.", "And once more, with a longer text."])
            made = cls(classifier, results=opened, corrections=kept, settings=settings)
            undone.pop_all()
        return made

    @property
    def graph(self) -> KnowledgeGraph | None:
        """The ontology that the model knows; None for plain BERT."""
        return self.classifier.graph

    @property
    def asking(self) -> int:
        """How many queries run or wait."""
        return self.queries.taken + self.sparql.taken

    def need_results(self) -> ResultQuery:
        """Return the results, opened for queries.

        Raises:
            ProblemError: none are served.
        """
        if self.asked is None:
            raise ProblemError(
                404,
                "no results are served; make some with 'ontograft predict MODEL CORPUS --out "
                "RESULTS' and start the server with --results RESULTS",
            )
        return self.asked

    def need_corrections(self) -> Corrections:
        """Return what keeps corrections.

        Raises:
            ProblemError: nothing does.
        """
        if self.corrections is None:
            raise ProblemError(
                404, "corrections are not kept; start the server with --corrections FOLDER"
            )
        return self.corrections

    def endpoint(self) -> SparqlEndpoint:
        """Return the SPARQL endpoint over the results; it is made, and its store, when first asked.

        Call it where it may take its time: in ``run``.

        Raises:
            ProblemError: no results are served, or another request is building the store.
            ResultsError: the store cannot be built.
        """
        from .sparql import SparqlEndpoint, SparqlLimits
        from .store import open_store

        asked = self.need_results()
        if self._endpoint is None:
            if not self._opening.acquire(blocking=False):
                raise busy("the store of the results is being built; try again later", status=503)
            try:
                if self._endpoint is None:
                    self._endpoint = SparqlEndpoint(
                        open_store(asked.results),
                        limits=SparqlLimits(timeout_s=self.settings.query_s),
                        workers=min(2, self.settings.queries),
                    )
            finally:
                self._opening.release()
        return self._endpoint

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict some texts, together with those of other requests.

        Raises:
            ProblemError: a text is too long, or too much waits already.
        """
        self.check_texts(texts)
        return await self.batcher.ask(self.classifier, texts)

    async def mentions(self, texts: Sequence[str]) -> list[tuple[Mention, ...]]:
        """Link some texts.

        Raises:
            ProblemError: a text is too long, or too much waits already.
        """
        self.check_texts(texts)
        return await self.batcher.ask(self.classifier.mentions, texts)

    async def on_model(
        self, work: Callable[..., Answer], *arguments: Any, text: str = ""
    ) -> Answer:
        """Run a function that uses the classifier, alone in the model's thread.

        Args:
            work: the function.
            arguments: its arguments.
            text: the text it is about, for the limits.

        Raises:
            ProblemError: the text is too long, or too much waits already.
        """
        self.check_texts([text])
        return await self.batcher.alone(lambda: work(*arguments), characters=len(text))

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function that reads results or searches concepts, off the event loop.

        Raises:
            ProblemError: too many wait already.
        """
        return await self.queries.run(work, *arguments)

    async def write(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function that writes an answer, which may be long, off the event loop.

        Raises:
            ProblemError: too many wait already.
        """
        return await self.writers.run(work, *arguments)

    def fields(self) -> list[str]:
        """Return the other columns of the corpus of the results, looked up once; takes its time."""
        if self._fields is None:
            self._fields = self.need_results().fields()
        return self._fields

    def check_texts(self, texts: Sequence[str]) -> None:
        """Refuse more texts, or a longer one, than a request may have.

        Raises:
            ProblemError: there is one.
        """
        limits = self.settings
        if len(texts) > limits.texts:
            raise ProblemError(
                413,
                f"a request may have {limits.texts} texts, got {len(texts)}; send them in several "
                "requests, or use 'ontograft predict'",
            )
        for number, text in enumerate(texts):
            if len(text) > limits.characters:
                raise ProblemError(
                    413,
                    f"text {number} has {len(text)} characters, expected at most "
                    f"{limits.characters}; cut it into parts",
                )

    def close(self) -> None:
        """Let go of files, threads and processes.

        A correction that is being written is waited for; one that is not begun is not kept.
        """
        self.batcher.close()
        self.queries.close()
        self.sparql.close()
        self.writers.close()
        if self.corrections is not None:
            self.corrections.close()
        if self._endpoint is not None:
            self._endpoint.close()
        if self.asked is not None and not self.asking:
            self.asked.close()
