"""Two numbers to predict from real texts: the ontology tells about the one, not about the other.

The texts are the abstracts of the NCBI disease corpus, in which people marked all diseases: the
training set to learn from, the development set to score on, which takes no part in any choice.

``depth`` is how specific the diseases of an abstract are: the mean, over the distinct ones, of the
steps from the root of the Disease Ontology down to them. A curator who sorts abstracts wants the
specific ones ("Pelizaeus-Merzbacher disease") apart from those about cancer in general; nobody
would label that by hand, but it can be had where diseases are marked. Abstracts whose diseases the
ontology does not have are left out. ``diseases`` is how many different diseases an abstract has,
by their identifiers: whether a text is about one disease or compares several, which the hierarchy
says nothing about.

The gold gives the numbers and nothing else: what the models link, they link by themselves. Seed s
draws the training abstracts; with all of them it only cuts the folds. The control predicts the mean
of the training abstracts. Finished results are kept in ``regression.jsonl``; delete it to measure
anew.

    python benchmarks/regression.py [--targets depth diseases] [--texts 50 100 200 all]
        [--seeds 0 1 2] [--models mean probe-text probe-grafted text grafted] [--table]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import ALL, data_folder, drawn, keep, kept, number_of_texts, spread

from ontograft.data import Document, GoldDocument
from ontograft.data.pubtator import read_pubtator
from ontograft.kg import CrossReferences, KnowledgeGraph
from ontograft.pipeline import Project, fit, measure
from ontograft.pipeline.building import build_model, frozen_features, targets_of
from ontograft.pipeline.preparation import prepare
from ontograft.pipeline.probe import fit_probe
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.splits import Splits

TARGETS = ("depth", "diseases")
MODELS = ("mean", "probe-text", "probe-grafted", "text", "grafted")
CHANNELS: dict[str, list[str]] = {"text": [], "grafted": ["closure", "graph", "tokens"]}
FIGURES = {"r2": "R2", "spearman": "Spearman"}
ONTOLOGY = "doid-2016-03-04.obo"

Scorer = Callable[[int, int], dict[str, Any]]
"""Fits and scores a model: takes the number of texts and the seed."""


@dataclass(frozen=True)
class Bench:
    """The abstracts with the number to predict.

    Args:
        train: the training abstracts.
        test: the abstracts to score on.
    """

    train: list[Document]
    test: list[Document]

    @classmethod
    def read(cls, target: str) -> Bench:
        """Read the abstracts, and find their numbers."""
        data = data_folder()
        value: Callable[[GoldDocument], float | None] = diseases
        if target == "depth":
            value = Depth(KnowledgeGraph.read(data / ONTOLOGY))
        train, test = (
            [
                Document(document.id, document.text, label=number)
                for document in read_pubtator(data / f"ncbi-disease-{name}.pubtator")
                if (number := value(document)) is not None
            ]
            for name in ("train", "dev")
        )
        return cls(train, test)

    def truth(self) -> Any:
        """Return the numbers of the abstracts to score on; (document,)."""
        return np.array([document.label for document in self.test], dtype=np.float64)


class Depth:
    """Tells how deep in the ontology the diseases of an abstract lie, on average.

    Args:
        graph: the ontology.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._find = CrossReferences(graph)

    def __call__(self, document: GoldDocument) -> float | None:
        """Return the mean number of steps from the root; None if the ontology has no disease."""
        ids = {id for mention in document.mentions for id in mention.ids}
        found = sorted(self._find.concepts_of(ids))
        depths = [
            int(self._graph.ancestors(self._graph.index(iri))[1].max(initial=0)) for iri in found
        ]
        return statistics.fmean(depths) if depths else None


def diseases(document: GoldDocument) -> float:
    """Return how many different diseases an abstract has."""
    return float(len({id for mention in document.mentions for id in mention.ids}))


def project(model: str, seed: int) -> Project:
    """Return the project of a model: the defaults, but for its channels and the seed."""
    return Project.of(
        {
            "task": "regression",
            "ontology": str(data_folder() / ONTOLOGY),
            "corpus": {"train": "none.jsonl"},  # the texts come as splits
            "knowledge": {"channels": CHANNELS[model]},
            "training": {"seed": seed},
        }
    )


def figures_of(predicted: Any, truth: Any) -> dict[str, float]:
    """Return the figures; a control that predicts one value for all has no rank correlation."""
    found = measure(predicted[:, None], truth, task="regression", labels=("value",))
    return {name: found[name] for name in FIGURES if found[name] is not None}


def means(bench: Bench) -> Scorer:
    """Return how to score the mean of the training abstracts."""

    def score(texts: int, seed: int) -> dict[str, Any]:
        rows = drawn(len(bench.train), texts, seed)
        mean = np.mean([bench.train[row].label for row in rows])
        return {"r2": figures_of(np.full(len(bench.test), mean), bench.truth())["r2"]}

    return score


def probes(bench: Bench, model: str) -> Scorer:
    """Return how to fit and score a frozen linear probe; the features are computed once."""
    splits = Splits(bench.train, (), bench.test)
    prepared = prepare(project(model, 0), LogReporter(), splits=splits)
    untrained, _ = build_model(prepared, LogReporter(), probe=False)
    documents = [*prepared.train, *prepared.test]
    features = frozen_features(prepared, untrained, documents, LogReporter())
    targets = targets_of(documents)
    test = features.take(np.arange(len(bench.train), len(documents)))

    def score(texts: int, seed: int) -> dict[str, Any]:
        train = np.array(drawn(len(bench.train), texts, seed))
        solution = fit_probe(features.take(train), targets[train], task="regression", seed=seed)
        return {
            **figures_of(solution.logits(test)[:, 0], bench.truth()),
            "strength": solution.strength,
            "knowledge": solution.knowledge,
        }

    return score


def tuned(bench: Bench, model: str) -> Scorer:
    """Return how to fine-tune and evaluate through ``fit``, as a user would."""

    def score(texts: int, seed: int) -> dict[str, Any]:
        folder = Path(tempfile.mkdtemp(prefix="regression-"))
        train = [bench.train[row] for row in drawn(len(bench.train), texts, seed)]
        try:
            result = fit(
                project(model, seed), output=folder / "model", splits=Splits(train, (), bench.test)
            )
            figures = {name: result.metrics["test"][name] for name in FIGURES}
            return figures | {"knowledge": result.metrics["probe"]["knowledge"]}
        finally:
            shutil.rmtree(folder)

    return score


def scorer(bench: Bench, model: str) -> Scorer:
    """Return how to fit and score a model."""
    if model == "mean":
        return means(bench)
    if model.startswith("probe-"):
        return probes(bench, model.removeprefix("probe-"))
    return tuned(bench, model)


def measure_all(options: argparse.Namespace) -> None:
    """Run what has no result yet, and append each result to the file."""
    known = {(row["target"], row["texts"], row["model"], row["seed"]) for row in kept(options.out)}
    for target in options.targets:
        bench = Bench.read(target)
        for model in options.models:
            open_runs = [
                (texts, seed)
                for texts in options.texts
                for seed in options.seeds
                if (target, texts, model, seed) not in known
            ]
            score = scorer(bench, model) if open_runs else None
            for texts, seed in open_runs:
                assert score is not None
                start = time.process_time()
                row = {"target": target, "texts": texts, "model": model, "seed": seed}
                row |= score(texts, seed)
                row["cpu_seconds"] = round(time.process_time() - start, 1)
                keep(row, options.out)


def table(rows: Sequence[dict[str, Any]], target: str) -> str:
    """Return the results for a target as a Markdown table: R2 / Spearman, times 100."""
    rows = [row for row in rows if row["target"] == target]
    budgets = sorted({row["texts"] for row in rows}, key=lambda texts: texts or 10**9)
    lines = [
        f"| {target} | " + " | ".join(str(texts or "all") for texts in budgets) + " |",
        "|---" * (len(budgets) + 1) + "|",
    ]
    for model in MODELS:
        cells = []
        for texts in budgets:
            own = [row for row in rows if row["model"] == model and row["texts"] == texts]
            values = ([row[name] for row in own if name in row] for name in FIGURES)
            shown = " / ".join(spread(found) for found in values if found)
            cells.append(f"{shown} ({len(own)})" if own else "")
        if any(cells):
            lines.append(f"| {model} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--texts", nargs="+", type=number_of_texts, default=[50, 100, 200, ALL])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS[:3]))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "regression.jsonl")
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    options = parser.parse_args()
    if not options.table:
        measure_all(options)
    print("\n\n".join(table(kept(options.out), target) for target in options.targets))


if __name__ == "__main__":
    main()
