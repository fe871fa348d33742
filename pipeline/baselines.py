"""Baselines: what else could be done with the same texts, fitted and measured like the model.

Each sees the same training texts, makes its choices on the same development texts (or by the same
folds), and is measured by the same figures. What is no single network's affair is the same for
all: the temperature of the logits, and the thresholds and implied labels of a multi-label task.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import SettingsError
from .baseline_fitting import BaselineFitter, BaselineResult
from .bilstm import words_of
from .encoders import quiet_transformers
from .preparation import Prepared, prepare
from .progress import LogReporter, Unnoted
from .settings import Project
from .splits import Splits, read_splits

if TYPE_CHECKING:
    from .progress import Reporter

BASELINES: Final = ("label-names", "tfidf-svm", "bilstm", "probe-text", "probe-grafted", "bert")
"""All of them, in the order in which they are fitted and shown."""


def baselines(
    project: Project | str | Path,
    *,
    names: Sequence[str] = BASELINES,
    splits: Splits | None = None,
    reporter: Reporter | None = None,
) -> dict[str, BaselineResult]:
    """Fit and measure baselines on the texts of a project.

    - ``label-names``: the linear probe that learns from names of labels; no label is used.
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
        prepared = prepare(project, Unnoted(reporter), splits=splits)
        fitter = BaselineFitter(prepared, reporter)
        found: dict[str, BaselineResult] = {}
        for name in (name for name in BASELINES if name in names):
            if reason := _why_not(name, prepared):
                reporter.note(f"baseline {name} is left out: {reason}")
            else:
                found[name] = fitter.result(name)
    return found


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


def _why_not(name: str, prepared: Prepared) -> str:
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
