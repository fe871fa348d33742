"""Ohsumed with the Disease Ontology: what knowledge gives where labels are few, and where not.

The development split is a fixed, stratified fifth of Ohsumed-train (seed 0); the labelled texts are
drawn from the rest, by seed. The development split is only evaluated: every choice (C of the probe,
length of training) is made from the drawn texts alone or by the project's defaults, the same for
text-only and knowledge-grafted. Finished results are kept in ``ohsumed.jsonl``, so that an
interrupted run goes on where it stopped; delete it to measure anew.

    python benchmarks/ohsumed.py [--per-label 5 10 20 all] [--seeds 0 1 2] [--table]
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import data_folder, spread
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from ontograft.data import CorpusColumns, Document, few_shot_sample, read_corpus, stratified_split
from ontograft.pipeline import Project, fit
from ontograft.pipeline.building import build_model, frozen_features, targets_of
from ontograft.pipeline.preparation import prepare
from ontograft.pipeline.probe import fit_probe
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.splits import Splits

MODELS = ("tfidf-svm", "probe-text", "probe-grafted", "text", "grafted")
CHANNELS: dict[str, list[str]] = {"text": [], "grafted": ["closure", "graph", "tokens"]}
ALL = 0
"""Stands for all labelled texts, as a number of texts a label."""


@dataclass(frozen=True)
class Bench:
    """The data of the benchmark.

    Args:
        data: the folder of the benchmark data.
        train: the texts that labelled ones are drawn from.
        dev: the texts that are evaluated.
        settings: settings to try, over the defaults: dotted name and value.
    """

    data: Path
    train: list[Document]
    dev: list[Document]
    settings: dict[str, Any]

    @classmethod
    def read(cls, settings: dict[str, Any]) -> Bench:
        """Read Ohsumed-train and split off the development texts."""
        data = data_folder()
        columns = CorpusColumns(id="id", text="text", label="label")
        documents = list(read_corpus(data / "ohsumed-train.jsonl", columns=columns))
        train, dev = stratified_split(documents, share=0.2, seed=0)
        return cls(data, list(train), list(dev), settings)

    def sample(self, per_label: int, seed: int) -> list[Document]:
        """Draw the labelled texts."""
        return self.train if per_label == ALL else few_shot_sample(self.train, per_label, seed)

    def project(self, model: str, seed: int) -> Project:
        """Return the project of a model: the defaults, but for its channels and the seed."""
        content: dict[str, Any] = {
            "ontology": str(self.data / "doid-2016-03-04.obo"),
            "corpus": {
                "train": str(self.data / "ohsumed-train.jsonl"),
                "id": "id",
                "label_names": str(self.data / "ohsumed-labels.tsv"),
            },
            "knowledge": {"channels": CHANNELS[model]},
            "training": {"seed": seed},
        }
        for name, value in self.settings.items():
            section, _, field = name.partition(".")
            if section != "knowledge" or CHANNELS[model]:
                content.setdefault(section, {})[field] = value
        return Project.of(content)


def svm(bench: Bench, per_label: int, seed: int) -> dict[str, float]:
    """TF-IDF with a linear support vector machine."""
    train = bench.sample(per_label, seed)
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2)), LinearSVC()
    )
    model.fit([document.text for document in train], [document.label for document in train])
    predicted = model.predict([document.text for document in bench.dev])
    truth = [document.label for document in bench.dev]
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": float(f1_score(truth, predicted, average="macro", zero_division=0)),
    }


def probes(bench: Bench, model: str) -> Callable[[int, int], dict[str, float]]:
    """Return how to fit and score a frozen linear probe; the features are computed once."""
    project = bench.project(model, 0)
    prepared = prepare(project, LogReporter(), splits=Splits(bench.train, (), bench.dev))
    documents = [*prepared.train, *prepared.test]
    untrained, _ = build_model(prepared, LogReporter(), probe=False)
    features = frozen_features(prepared, untrained, documents, LogReporter())
    targets = targets_of(documents)
    rows = {document.id: row for row, document in enumerate(bench.train)}
    dev = np.arange(len(bench.train), len(targets))

    def score(per_label: int, seed: int) -> dict[str, float]:
        drawn = np.array([rows[document.id] for document in bench.sample(per_label, seed)])
        solution = fit_probe(features.take(drawn), targets[drawn], task="single-label", seed=seed)
        predicted = solution.logits(features.take(dev)).argmax(axis=1)
        return {
            "accuracy": float(accuracy_score(targets[dev], predicted)),
            "macro_f1": float(f1_score(targets[dev], predicted, average="macro", zero_division=0)),
            "strength": solution.strength,
        }

    return score


def tuned(bench: Bench, model: str, per_label: int, seed: int) -> dict[str, float]:
    """Fine-tune and evaluate through ``fit``, as a user would."""
    folder = Path(tempfile.mkdtemp(prefix="ohsumed-"))
    try:
        result = fit(
            bench.project(model, seed),
            output=folder / "model",
            splits=Splits(bench.sample(per_label, seed), (), bench.dev),
        )
        names = ("accuracy", "macro_f1", "loss", "calibration_error")
        return {name: result.metrics["test"][name] for name in names}
    finally:
        shutil.rmtree(folder)


def runs(options: argparse.Namespace) -> Iterator[tuple[int, str, int]]:
    """Yield (texts a label, model, seed), the quick ones first."""
    budgets = [ALL if value == "all" else int(value) for value in options.per_label]
    quick = [model for model in MODELS if model not in CHANNELS]
    for models in (quick, list(CHANNELS)):
        for per_label in budgets:
            for seed in options.seeds:
                for model in models:
                    if model in options.models:
                        yield per_label, model, seed


def measure(options: argparse.Namespace) -> None:
    """Run what has no result yet, and append each result to the file."""
    bench = Bench.read(options.settings)
    known = {(row["per_label"], row["model"], row["seed"]) for row in results(options.out)}
    scorers: dict[str, Callable[[int, int], dict[str, float]]] = {}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for per_label, model, seed in runs(options):
        if (per_label, model, seed) in known:
            continue
        start = time.perf_counter()
        if model == "tfidf-svm":
            figures = svm(bench, per_label, seed)
        elif model.startswith("probe-"):
            name = model.removeprefix("probe-")
            if name not in scorers:
                scorers[name] = probes(bench, name)
            figures = scorers[name](per_label, seed)
        else:
            figures = tuned(bench, model, per_label, seed)
        row = {"per_label": per_label, "model": model, "seed": seed} | figures
        row["seconds"] = round(time.perf_counter() - start, 1)
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def results(path: Path) -> list[dict[str, Any]]:
    """Return the results so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the results as a Markdown table: accuracy / macro-F1, mean and spread over seeds."""
    budgets = sorted({row["per_label"] for row in rows}, key=lambda value: value or 10**9)
    lines = [
        "| model | " + " | ".join(f"{value or 'all'}" for value in budgets) + " |",
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
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "ohsumed.jsonl")
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    parser.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="settings over the defaults, such as training.epochs=2",
    )
    options = parser.parse_args()
    pairs = (item.partition("=") for item in options.set)
    options.settings = {name: json.loads(value) for name, _, value in pairs}
    if not options.table:
        measure(options)
    print(table(results(options.out)))


if __name__ == "__main__":
    main()
