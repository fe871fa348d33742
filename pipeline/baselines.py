"""Baselines: what else could be done with the same texts, fitted and measured like the model.

Each sees the same training texts, makes its choices on the same development texts (or by the same
folds), and is measured by the same figures. What is no single network's affair is the same for
all: the temperature of the logits, and the thresholds and implied labels of a multi-label task.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ..data import clean_text
from ..errors import SettingsError
from .bilstm import fit_bilstm, words_of
from .building import balanced_weights, build_model, frozen_features, label_names, targets_of
from .encoders import quiet_transformers
from .evaluation import Metrics, measure_labels
from .preparation import Prepared, prepare
from .probe import LinearSolution, fit_probe, temperature
from .progress import LogReporter, Progress
from .settings import Project
from .splits import Splits, read_splits
from .tfidf_svm import Floats, Numbers, fit_tfidf_svm
from .thresholds import with_thresholds
from .training import fit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..data import Document
    from .label_prior import LabelNames
    from .probe_features import ProbeFeatures
    from .progress import Reporter

BASELINES: Final = ("label-names", "tfidf-svm", "bilstm", "probe-text", "probe-grafted", "bert")
"""All of them, in the order in which they are fitted and shown."""


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
    no label may be used.
    """

    dev: Floats
    test: Floats
    held_out: tuple[Floats, Numbers] | None


def baselines(
    project: Project | str | Path,
    *,
    names: Sequence[str] = BASELINES,
    splits: Splits | None = None,
    reporter: Reporter | None = None,
) -> dict[str, BaselineResult]:
    """Fit and measure baselines on the texts of a project.

    - ``label-names``: cosine of text and names of the labels, standardised; no label is used.
    - ``tfidf-svm``: TF-IDF of words and pairs of words, linear support vector machines.
    - ``bilstm``: a bidirectional LSTM, word vectors learnt from scratch.
    - ``probe-text``: the linear probe on the frozen encoder.
    - ``probe-grafted``: the same with the linked concepts.
    - ``bert``: plain fine-tuning: the project without its channels.

    Args:
        project: a project, or the path of a project file.
        names: which of them; one that makes no sense for the project is left out with a note.
        splits: the documents, if they come from elsewhere than the project's files.
        reporter: is told how far things are; the log unless given.

    Returns:
        the results by name, in the order of ``BASELINES``.

    Raises:
        SettingsError: a name is unknown, or there is neither a development nor a test text.
        OntograftError: as for ``fit``.
    """
    if unknown := sorted(set(names) - set(BASELINES)):
        raise SettingsError(f"unknown baseline {unknown[0]!r}; choose of: {', '.join(BASELINES)}")
    if not isinstance(project, Project):
        project = Project.read(project)
    reporter = reporter or LogReporter()
    splits = splits or read_splits(project)
    check_comparable(splits)
    with quiet_transformers():
        fitter = _Fitter(prepare(project, _Unnoted(reporter), splits=splits), reporter)
        return fitter.results([name for name in BASELINES if name in names])


def check_comparable(splits: Splits) -> None:
    """Check that there are texts to compare on.

    Raises:
        SettingsError: there is neither a development nor a test text.
    """
    if not splits.dev and not splits.test:
        raise SettingsError(
            "baselines: there are no texts to compare on; name labelled ones in corpus.test, or "
            "hold some back with corpus.dev"
        )


class _Fitter:
    """Fits baselines.

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

    def results(self, names: Sequence[str]) -> dict[str, BaselineResult]:
        """Fit and measure the baselines with these names."""
        fitters: dict[str, Callable[[], _Outputs]] = {
            "label-names": self._label_names,
            "tfidf-svm": self._tfidf_svm,
            "bilstm": self._bilstm,
            "probe-text": lambda: self._probe(knowledge=False),
            "probe-grafted": lambda: self._probe(knowledge=True),
        }
        result: dict[str, BaselineResult] = {}
        for name in names:
            if reason := why_not(name, self._prepared):
                self._reporter.note(f"baseline {name} is left out: {reason}")
                continue
            if "probe" in name or name == "label-names":
                _ = self._features, self._names  # what they share is not their time
            began = time.perf_counter()
            if name == "bert":
                metrics = self._bert()
            else:
                with self._reporter.stage(f"baseline {name}"):
                    metrics = self._measured(fitters[name]())
            result[name] = BaselineResult(metrics, time.perf_counter() - began)
        return result

    def _measured(self, outputs: _Outputs) -> dict[str, Metrics]:
        """Divide by a temperature and set thresholds, as for the model; measure.

        Without a label to go by, the logits stay as they are.
        """
        prepared, labels, divisor = self._prepared, self._prepared.labels, 1.0
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
        return _Outputs(_shifted(solution, dev), _shifted(solution, test), None)

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
        held_out = solution.held_out
        return _Outputs(_shifted(solution, dev), _shifted(solution, test), held_out)

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
        return _Outputs(solution.logits(dev), solution.logits(test), solution.held_out)

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
        return _Outputs(solution.logits(dev), solution.logits(test), solution.held_out)

    def _bert(self) -> dict[str, Metrics]:
        with tempfile.TemporaryDirectory(prefix="ontograft-") as folder:
            result = fit(
                plain(self._prepared.project),
                output=Path(folder) / "model",
                splits=self._written_out(),
                reporter=_Unnoted(self._reporter),
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


def why_not(name: str, prepared: Prepared) -> str:
    """Return why a baseline makes no sense for a project; empty if it does."""
    project = prepared.project
    if name == "label-names":
        if project.task != "single-label":
            return f"it needs a task where a text has a single label, not {project.task}"
        if not all(prepared.label_names.get(label) for label in prepared.labels.labels):
            return "not every label has a name; name them in corpus.label_names"
    if name in ("tfidf-svm", "bilstm"):
        if not prepared.train:
            return "it needs labelled texts"
        if not any(words_of(document.text) for document in prepared.splits.train):
            return "no training text has a word"
    if name == "probe-grafted" and not {"closure", "graph"} & set(project.knowledge.channels):
        return "the probe sees the channels closure and graph only, and both are off"
    if name == "bert" and not project.knowledge.channels:
        return "without channels the model is plain BERT itself"
    return ""


def plain(project: Project) -> Project:
    """Return the project of plain BERT: no channels, nor the terms of the loss that need them."""
    return project.model_copy(
        update={
            "knowledge": project.knowledge.model_copy(update={"channels": ()}),
            "objective": project.objective.model_copy(
                update={"consistency": 0.0, "graph": 0.0, "alignment": 0.0}
            ),
        }
    )


def _shifted(solution: LinearSolution, features: ProbeFeatures) -> Floats:
    logits: Floats = solution.logits(features) + solution.class_shift
    return logits


class _Unnoted:
    """A reporter without notes: those on the corpus are told by whoever fits the model."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def stage(self, title: str, total: int | None = None) -> AbstractContextManager[Progress]:
        """Begin a stage of the other reporter."""
        return self._reporter.stage(title, total)

    def note(self, message: str) -> None:
        """Drop the note."""
