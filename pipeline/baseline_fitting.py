"""How a baseline is fitted and measured."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..data import clean_text
from .arrays import Floats, Numbers
from .bilstm import BiLstmSolution, fit_bilstm
from .building import balanced_weights, build_model, frozen_features, label_names, targets_of
from .calibration import probe_temperature
from .evaluation import Metrics, measure_labels
from .linear_solution import LinearSolution
from .logit_fitting import temperature
from .preparation import Prepared
from .probe import fit_probe
from .progress import Unnoted
from .settings import Project
from .splits import Splits
from .tfidf_svm import TfidfSvm, fit_tfidf_svm
from .thresholds import with_thresholds
from .training import fit

if TYPE_CHECKING:
    from ..data import Document
    from .label_prior import LabelNames
    from .probe_features import ProbeFeatures
    from .progress import Reporter


@dataclass(frozen=True)
class BaselineResult:
    """How good a baseline is.

    Args:
        metrics: the figures by split, ``dev`` and ``test``, where there are texts.
        seconds: how long fitting and predicting took, without what several of them share: reading,
            linking and encoding with the frozen encoder.
    """

    metrics: dict[str, Metrics]
    seconds: float


class _Outputs(NamedTuple):
    """What a baseline says of texts; (document, label), before any temperature.

    ``held_out`` is the same for the texts by which choices were made, and their targets; None where
    no label may be used. ``temperature`` is what to divide by where there are no development texts.
    """

    dev: Floats
    test: Floats
    held_out: tuple[Floats, Numbers] | None
    temperature: float


class BaselineFitter:
    """Fits and measures baselines, one at a time.

    Args:
        prepared: the project with its texts.
        reporter: is told how far things are.
    """

    def __init__(self, prepared: Prepared, reporter: Reporter) -> None:
        self._prepared = prepared
        self._reporter = reporter
        self._task = prepared.labels.task
        self._seed = prepared.project.training.seed
        self._balanced = prepared.project.training.class_weights == "balanced"

    def result(self, name: str) -> BaselineResult:
        """Fit and measure the baseline of this name."""
        fitters: dict[str, Callable[[], _Outputs]] = {
            "label-names": self._label_names,
            "tfidf-svm": self._tfidf_svm,
            "bilstm": self._bilstm,
            "probe-text": lambda: self._probe(knowledge=False),
            "probe-grafted": lambda: self._probe(knowledge=True),
        }
        if "probe" in name or name == "label-names":
            _ = self._features, self._names  # what they share is not their time
        began = time.perf_counter()
        if name == "bert":
            metrics = self._bert()
        else:
            with self._reporter.stage(f"baseline {name}"):
                metrics = self._measured(fitters[name]())
        return BaselineResult(metrics, time.perf_counter() - began)

    def _measured(self, outputs: _Outputs) -> dict[str, Metrics]:
        """Divide by a temperature and set thresholds, as for the model; measure."""
        prepared, labels, divisor = self._prepared, self._prepared.labels, outputs.temperature
        if outputs.held_out is not None:
            logits, truth = outputs.held_out
            if prepared.dev:
                logits, truth = outputs.dev, targets_of(prepared.dev)
                divisor = temperature(logits, truth, task=self._task)
            labels = with_thresholds(labels, logits / divisor, truth)
        parts = {
            "dev": (outputs.dev, prepared.dev),
            "test": (outputs.test, prepared.test),
        }
        return {
            name: measure_labels(logits / divisor, targets_of(documents), labels)
            for name, (logits, documents) in parts.items()
            if documents
        }

    def _label_names(self) -> _Outputs:
        """Compare texts with names; labelled texts are taken for unlabelled ones."""
        train, dev, test, unlabelled = (part.alone() for part in self._features)
        names = self._names
        assert names is not None
        solution = fit_probe(
            train.take(np.arange(0)),
            np.zeros(0, dtype=np.int64),
            task=self._task,
            seed=self._seed,
            names=names.without_knowledge(),
            unlabelled=train.joined(unlabelled),
        )
        return _outputs(solution, dev, test, task=self._task)

    def _probe(self, *, knowledge: bool) -> _Outputs:
        train, dev, test, unlabelled = (
            part if knowledge else part.alone() for part in self._features
        )
        names = self._names
        if names is not None and not knowledge:
            names = names.without_knowledge()
        prepared = self._prepared
        solution = fit_probe(
            train,
            targets_of(prepared.train),
            task=self._task,
            seed=self._seed,
            balanced=self._balanced,
            dev=(dev, targets_of(prepared.dev)) if prepared.dev else None,
            names=names,
            unlabelled=unlabelled if prepared.unlabelled else None,
            optional_knowledge=prepared.project.knowledge.keep == "if-helpful",
        )
        return _outputs(solution, dev, test, task=self._task)

    def _tfidf_svm(self) -> _Outputs:
        prepared = self._prepared
        dev, test = self._texts(prepared.splits.dev), self._texts(prepared.splits.test)
        solution = fit_tfidf_svm(
            self._texts(prepared.splits.train),
            targets_of(prepared.train),
            num_labels=len(prepared.labels.labels),
            task=self._task,
            seed=self._seed,
            balanced=self._balanced,
            dev=(dev, targets_of(prepared.dev)) if dev else None,
        )
        return self._of_words(solution, dev, test)

    def _bilstm(self) -> _Outputs:
        prepared = self._prepared
        dev, test = self._texts(prepared.splits.dev), self._texts(prepared.splits.test)
        num_labels = len(prepared.labels.labels)
        weights = None
        if self._balanced:
            weights = balanced_weights(prepared.train, num_labels, task=self._task)
        solution = fit_bilstm(
            self._texts(prepared.splits.train),
            targets_of(prepared.train),
            num_labels=num_labels,
            task=self._task,
            seed=self._seed,
            class_weights=weights,
            dev=(dev, targets_of(prepared.dev)) if dev else None,
        )
        return self._of_words(solution, dev, test)

    def _of_words(
        self, solution: TfidfSvm | BiLstmSolution, dev: Sequence[str], test: Sequence[str]
    ) -> _Outputs:
        held_out = solution.held_out
        divisor = temperature(*held_out, task=self._task)
        return _Outputs(solution.logits(dev), solution.logits(test), held_out, divisor)

    def _bert(self) -> dict[str, Metrics]:
        with tempfile.TemporaryDirectory(prefix="ontograft-") as folder:
            result = fit(
                _plain(self._prepared.project),
                output=Path(folder) / "model",
                splits=self._written_out(),
                reporter=Unnoted(self._reporter),
            )
        return {name: result.metrics[name] for name in ("dev", "test") if name in result.metrics}

    def _written_out(self) -> Splits:
        """Return the documents with the labels that their own imply: plain BERT knows no ontology.

        Without this it would be measured by other labels than the model.
        """
        labels, splits = self._prepared.labels, self._prepared.splits
        if not labels.ancestors:
            return splits

        def written(documents: Sequence[Document]) -> list[Document]:
            rows: Sequence[Any] = labels.numbers(documents)
            return [
                replace(document, label=tuple(np.array(labels.labels)[row > 0].tolist()))
                for document, row in zip(documents, rows, strict=True)
            ]

        return replace(
            splits,
            train=written(splits.train),
            dev=written(splits.dev),
            test=written(splits.test),
        )

    def _texts(self, documents: Sequence[Document]) -> list[str]:
        """Return the texts as the model reads them."""
        clean = self._prepared.project.corpus.clean
        return [clean_text(one.text).text if clean else one.text for one in documents]

    @cached_property
    def _untrained(self) -> Any:
        return build_model(self._prepared, self._reporter, probe=False)[0]

    @cached_property
    def _features(self) -> tuple[ProbeFeatures, ...]:
        """What the linear probe sees of train, dev, test and unlabelled documents."""
        prepared = self._prepared
        parts = [prepared.train, prepared.dev, prepared.test, prepared.unlabelled]
        documents = [document for part in parts for document in part]
        found = frozen_features(prepared, self._untrained, documents, self._reporter)
        rows = np.split(np.arange(len(documents)), np.cumsum([len(part) for part in parts[:-1]]))
        return tuple(found.take(some) for some in rows)

    @cached_property
    def _names(self) -> LabelNames | None:
        return label_names(self._prepared, self._untrained, self._reporter)


def _plain(project: Project) -> Project:
    """Return the project of plain BERT: no channels, nor the terms of the loss that need them."""
    return project.model_copy(
        update={
            "knowledge": project.knowledge.model_copy(update={"channels": ()}),
            "objective": project.objective.model_copy(
                update={"consistency": 0.0, "graph": 0.0, "alignment": 0.0}
            ),
        }
    )


def _outputs(
    solution: LinearSolution, dev: ProbeFeatures, test: ProbeFeatures, *, task: str
) -> _Outputs:
    return _Outputs(
        solution.logits(dev) + solution.shift,
        solution.logits(test) + solution.shift,
        solution.held_out,
        probe_temperature(solution, task=task),
    )
