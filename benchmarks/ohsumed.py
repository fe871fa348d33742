"""Ohsumed with the Disease Ontology: what knowledge gives where labels are few, and where not.

Ohsumed-train is cut into five stratified folds. Seed s draws the labelled texts from the other
folds, has the rest of these as unlabelled texts, and is scored on fold s, which takes no part in
any choice: C of the probe, whether names and knowledge help, the length of training come from the
drawn texts or the project's defaults, the same for text-only and knowledge-grafted. Finished
results are kept in ``ohsumed-folds.jsonl``, so that an interrupted run goes on where it stopped;
delete it to measure anew. ``--label-names benchmarks/ohsumed-concepts.tsv`` says also which
concepts the labels stand for, as an expert would. ``--random`` draws texts as they come, so that
labels are as frequent as they are.

    python benchmarks/ohsumed.py [--per-label 5 10 20 all] [--seeds 0 1 2] [--table]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from common import data_folder, keep, kept, spread
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

from ontograft.data import (
    CorpusColumns,
    Document,
    few_shot_sample,
    read_corpus,
    read_label_table,
)
from ontograft.pipeline import Project, fit
from ontograft.pipeline.bilstm import fit_bilstm
from ontograft.pipeline.building import build_model, frozen_features, label_names, targets_of
from ontograft.pipeline.contrast import contrasted
from ontograft.pipeline.linear_solution import LinearSolution
from ontograft.pipeline.preparation import Prepared, prepare
from ontograft.pipeline.probe import fit_probe
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.schedule import CONTRAST_EPOCHS
from ontograft.pipeline.splits import Splits
from ontograft.pipeline.tfidf_svm import fit_tfidf_svm

CHANNELS = ["closure", "graph", "tokens"]
TUNED: dict[str, dict[str, Any]] = {
    "text": {"knowledge": {"channels": []}},
    "grafted-plain": {"knowledge": {"channels": CHANNELS}, "training": {"contrast_epochs": 0}},
    "grafted": {"knowledge": {"channels": CHANNELS}},
}
"""The settings of the models that are fine-tuned, beyond the defaults."""

WORDS: dict[str, Callable[..., Any]] = {"tfidf-svm": fit_tfidf_svm, "bilstm": fit_bilstm}
"""The models that see nothing but the words of labelled texts."""

MODELS = (*WORDS, "probe-text", "probe-grafted", "probe-contrast", *TUNED)
ONTOLOGY = "doid-2016-03-04.obo"
FOLDS = 5
ALL, NONE = 0, -1
"""Stand for all labelled texts and for none, as a number of texts a label."""


@dataclass(frozen=True)
class Bench:
    """The data of the benchmark.

    Args:
        data: the folder of the benchmark data.
        documents: all texts.
        folds: the rows of each fold.
        ontology: the file of the ontology.
        settings: settings to try, over the defaults: dotted name and value.
        names: the file of label names.
        at_random: draw as many texts in all, but at random, not label by label.
    """

    data: Path
    documents: list[Document]
    folds: list[list[int]]
    ontology: Path
    settings: dict[str, Any]
    names: Path
    at_random: bool = False

    @classmethod
    def read(
        cls,
        settings: dict[str, Any],
        ontology: str = ONTOLOGY,
        names: Path | None = None,
        *,
        at_random: bool = False,
    ) -> Bench:
        """Read Ohsumed-train and cut it into folds."""
        data = data_folder()
        columns = CorpusColumns(id="id", text="text", label="label")
        documents = list(read_corpus(data / "ohsumed-train.jsonl", columns=columns))
        truth = [document.label for document in documents]
        cut = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(truth, truth)
        folds = [fold.tolist() for _, fold in cut]
        names = names or data / "ohsumed-labels.tsv"
        return cls(data, documents, folds, data / ontology, settings, names, at_random)

    def splits(self, per_label: int, seed: int) -> Splits:
        """Draw the labelled texts; the rest of their folds is unlabelled, fold s the test."""
        fold = set(self.folds[seed % FOLDS])
        pool = [document for row, document in enumerate(self.documents) if row not in fold]
        test = [self.documents[row] for row in sorted(fold)]
        if per_label == NONE:
            rest = [replace(document, label=None) for document in pool]
            return Splits([], (), test, rest)
        if per_label == ALL:
            return Splits(pool, (), test)
        if self.at_random:
            count = per_label * len({document.label for document in pool})
            train = random.Random(seed).sample(pool, count)
        else:
            train = few_shot_sample(pool, per_label, seed)
        drawn = {document.id for document in train}
        rest = [replace(document, label=None) for document in pool if document.id not in drawn]
        return Splits(train, (), test, rest)

    def label_names(self) -> dict[str, str]:
        """Return the names of the labels."""
        return {row.label: row.name for row in read_label_table(self.names)}

    def project(self, model: str, seed: int) -> Project:
        """Return the project of a model: the defaults, but for its channels and the seed."""
        content: dict[str, Any] = {
            "ontology": str(self.ontology),
            "corpus": {
                "train": str(self.data / "ohsumed-train.jsonl"),
                "id": "id",
                "label_names": str(self.names),
            },
            **TUNED[model],
        }
        content["training"] = {"seed": seed, **content.get("training", {})}
        for name, value in self.settings.items():
            section, _, field = name.partition(".")
            if not field:
                content[section] = value
            elif section != "knowledge" or content["knowledge"]["channels"]:
                content.setdefault(section, {})[field] = value
        return Project.of(content)


def from_words(bench: Bench, model: str, per_label: int, seed: int) -> dict[str, float]:
    """Fit and score a model that sees nothing but the words of labelled texts."""
    splits = bench.splits(per_label, seed)
    names = sorted({str(document.label) for document in bench.documents})
    train, test = (
        ([document.text for document in part], np.array([names.index(str(d.label)) for d in part]))
        for part in (splits.train, splits.test)
    )
    found = WORDS[model](*train, num_labels=len(names), task="single-label", seed=seed)
    return figures_of(found.logits(test[0]), test[1])


def figures_of(logits: Any, truth: Any) -> dict[str, float]:
    """Return accuracy and macro-F1; of logits (document, label) and numbers of labels."""
    predicted = logits.argmax(axis=1)
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": float(f1_score(truth, predicted, average="macro", zero_division=0)),
    }


class Probes:
    """Fits frozen linear probes; the features are computed once.

    Args:
        bench: the data.
        model: ``text`` or ``grafted``.
        contrast: the seed for which the encoder is pre-trained on the folds it is not scored on;
            None for the encoder as it is.
    """

    def __init__(self, bench: Bench, model: str, contrast: int | None = None) -> None:
        self._bench = bench
        self._optional = contrast is None  # an encoder is pre-trained where knowledge has helped
        project = bench.project(model, contrast or 0)
        prepared = prepare(project, LogReporter(), splits=Splits(bench.documents))
        if contrast is not None:
            prepared = _contrasted(prepared, set(bench.folds[contrast % FOLDS]))
        untrained, _ = build_model(prepared, LogReporter(), probe=False)
        self._features = frozen_features(prepared, untrained, prepared.train, LogReporter())
        self._names = label_names(prepared, untrained, LogReporter())
        self._targets = targets_of(prepared.train)
        self._rows = {document.id: row for row, document in enumerate(bench.documents)}
        self.labels = prepared.labels.labels
        self.links = [example.links for example in prepared.train]

    def predict(
        self, per_label: int, seed: int
    ) -> tuple[LinearSolution, NDArray[np.floating[Any]], NDArray[np.int64]]:
        """Return a probe, its logits for the test (document, label), and the test's rows."""
        splits = self._bench.splits(per_label, seed)
        train, test, rest = (
            np.array([self._rows[document.id] for document in part], dtype=np.int64)
            for part in (splits.train, splits.test, splits.unlabelled)
        )
        take, targets = self._features.take, self._targets
        solution = fit_probe(
            take(train),
            targets[train],
            task="single-label",
            seed=seed,
            names=self._names,
            unlabelled=take(rest) if len(rest) else None,
            optional_knowledge=self._optional,
        )
        return solution, solution.logits(take(test)) + solution.shift, test

    def truth(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the labels of some documents."""
        return self._targets[rows].astype(np.int64)

    def score(self, per_label: int, seed: int) -> dict[str, float]:
        """Fit a probe and score it."""
        solution, logits, test = self.predict(per_label, seed)
        return figures_of(logits, self.truth(test)) | {
            "strength": solution.strength,
            "prior_share": solution.prior_share,
            "knowledge": float(solution.knowledge),
            "score": solution.score,
        }


def _contrasted(prepared: Prepared, left_out: Container[int]) -> Prepared:
    """Return all texts, with the encoder that the others than those left out have made."""
    rest = [one for row, one in enumerate(prepared.train) if row not in left_out]
    found = contrasted(
        replace(prepared, train=rest), epochs=CONTRAST_EPOCHS, reporter=LogReporter()
    )
    assert found is not None
    return replace(found, train=prepared.train)


def tuned(bench: Bench, model: str, per_label: int, seed: int) -> dict[str, Any]:
    """Fine-tune and evaluate through ``fit``, as a user would."""
    folder = Path(tempfile.mkdtemp(prefix="ohsumed-"))
    try:
        result = fit(
            bench.project(model, seed),
            output=folder / "model",
            splits=bench.splits(per_label, seed),
        )
        names = ("accuracy", "macro_f1", "loss", "calibration_error")
        figures = {name: result.metrics["test"][name] for name in names}
        probe = result.metrics["probe"]
        found = {name: probe[name] for name in ("contrast", "contrast_scores", "text_score")}
        return figures | {"knowledge": float(probe["knowledge"]), **found}
    finally:
        shutil.rmtree(folder)


def runs(options: argparse.Namespace) -> Iterator[tuple[int, str, int]]:
    """Yield (texts a label, model, seed), the quick ones first."""
    named = {"all": ALL, "0": NONE}
    budgets = [named[value] if value in named else int(value) for value in options.per_label]
    quick = [model for model in MODELS if model not in TUNED]
    for models in (quick, list(TUNED)):
        for per_label in budgets:
            for seed in options.seeds:
                for model in models:
                    if model in options.models and (per_label != NONE or model not in WORDS):
                        yield per_label, model, seed


def measure(options: argparse.Namespace) -> None:
    """Run what has no result yet, and append each result to the file."""
    bench = Bench.read(
        options.settings, options.ontology, options.label_names, at_random=options.random
    )
    known = {(row["per_label"], row["model"], row["seed"]) for row in kept(options.out)}
    scorers: dict[str, Callable[[int, int], dict[str, Any]]] = {}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for per_label, model, seed in runs(options):
        if (per_label, model, seed) in known:
            continue
        start = time.perf_counter()
        if model in WORDS:
            figures = from_words(bench, model, per_label, seed)
        elif model.startswith("probe-"):
            name = f"{model} {seed}" if model == "probe-contrast" else model
            if name not in scorers:
                scorers[name] = _probes(bench, model, seed).score
            figures = scorers[name](per_label, seed)
        else:
            figures = tuned(bench, model, per_label, seed)
        row = {"per_label": per_label, "model": model, "seed": seed} | figures
        row["seconds"] = round(time.perf_counter() - start, 1)
        keep(row, options.out)


def _probes(bench: Bench, model: str, seed: int) -> Probes:
    """Return the probes of a model."""
    if model == "probe-contrast":
        return Probes(bench, "grafted", contrast=seed)
    return Probes(bench, model.removeprefix("probe-"))


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the results as a Markdown table: accuracy / macro-F1, mean and spread over seeds."""
    budgets = sorted(
        {row["per_label"] for row in rows}, key=lambda value: 10**9 if value == ALL else value
    )
    shown = ["all" if value == ALL else str(max(value, 0)) for value in budgets]
    lines = [
        "| model | " + " | ".join(shown) + " |",
        "|---" * (len(budgets) + 1) + "|",
    ]
    for model in MODELS:
        cells = []
        for per_label in budgets:
            found = [r for r in rows if r["model"] == model and r["per_label"] == per_label]
            accuracy, f1 = ([row[name] for row in found] for name in ("accuracy", "macro_f1"))
            cells.append(f"{spread(accuracy)} / {spread(f1)} ({len(found)})" if found else "")
        lines.append(f"| {model} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--per-label", nargs="+", default=["5", "10", "20", "all"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    usual = Path(__file__).parent / "ohsumed-folds.jsonl"
    parser.add_argument("--out", type=Path, default=usual)
    parser.add_argument("--ontology", default=ONTOLOGY, help="a file of the benchmark data")
    parser.add_argument(
        "--label-names", type=Path, help="another file of label names, such as one with concepts"
    )
    parser.add_argument(
        "--random",
        action="store_true",
        help="draw as many texts in all at random, not label by label",
    )
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    parser.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="settings over the defaults, such as training.epochs=2 or encoder='\"PATH\"'",
    )
    options = parser.parse_args()
    other = options.set or options.random or options.label_names or options.ontology != ONTOLOGY
    if other and options.out == usual:
        parser.error(f"{usual.name} is for the defaults; name another file with --out")
    pairs = (item.partition("=") for item in options.set)
    options.settings = {name: json.loads(value) for name, _, value in pairs}
    if not options.table:
        measure(options)
    print(table(kept(options.out)))


if __name__ == "__main__":
    main()
