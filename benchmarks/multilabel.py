"""A multi-label task from real texts: which branches of the Disease Ontology an abstract is about.

The texts are the abstracts of the NCBI disease corpus: the training set to learn from, the
development set to score on, which takes no part in any choice. An abstract's labels are the
branches (children of the children of the ontology's root) that the diseases lie in which people
marked in it; their MeSH and OMIM identifiers are found by the ontology's cross-references. The gold
gives the labels and nothing else: what the models link, they link by themselves. Branches with
fewer than 20 training abstracts are left out; an abstract may have no label.

The labels follow the hierarchy that the grafted models know. So the benchmark says what knowledge
gives where labels are those of the ontology, not what it gives for labels of any kind.

Seed s draws the training abstracts; with all of them it only cuts the folds. Finished results are
kept in ``multilabel.jsonl``; delete it to measure anew.

    python benchmarks/multilabel.py [--texts 50 100 200 all] [--seeds 0 1 2] [--models ...]
        [--table] [--labels]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import ALL, data_folder, drawn, keep, kept, number_of_texts, spread
from scipy.special import expit
from sklearn.metrics import f1_score

from ontograft.data import Document
from ontograft.data.pubtator import read_pubtator
from ontograft.kg import CrossReferences, KnowledgeGraph
from ontograft.pipeline import Project, fit
from ontograft.pipeline.building import build_model, frozen_features, label_names, targets_of
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.preparation import prepare
from ontograft.pipeline.probe import fit_probe
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.splits import Splits
from ontograft.pipeline.thresholds import with_thresholds

MODELS = ("probe-text", "probe-grafted", "text", "grafted")
PROBES = MODELS[:2]
CHANNELS: dict[str, list[str]] = {"text": [], "grafted": ["closure", "graph", "tokens"]}
ONTOLOGY = "doid-2016-03-04.obo"
FEWEST = 20
"""So many training abstracts a branch needs to be a label."""


@dataclass(frozen=True)
class Bench:
    """The data of the benchmark.

    Args:
        train: the training abstracts with their labels.
        test: the abstracts to score on.
        names: the names of the labels.
        folder: where the files of the project lie.
    """

    train: list[Document]
    test: list[Document]
    names: dict[str, str]
    folder: Path

    @classmethod
    def read(cls, folder: Path) -> Bench:
        """Read the abstracts, and find the branches of their diseases.

        Args:
            folder: where to write the names of the labels.
        """
        data = data_folder()
        graph = KnowledgeGraph.read(data / ONTOLOGY)
        branches = Branches(graph)
        parts = [
            [
                Document(document.id, document.text, label=branches(document.mentions))
                for document in read_pubtator(data / f"ncbi-disease-{name}.pubtator")
            ]
            for name in ("train", "dev")
        ]
        counts = branches.counts(parts[0])
        kept = {branch for branch, count in counts.items() if count >= FEWEST}
        train, test = (
            [
                Document(one.id, one.text, label=tuple(sorted(kept.intersection(one.label))))
                for one in part
                if isinstance(one.label, tuple)
            ]
            for part in parts
        )
        names = {iri: graph.preferred_label(graph.index(iri)) for iri in sorted(kept)}
        lines = ["label\tname", *(f"{iri}\t{name}" for iri, name in names.items())]
        (folder / "names.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return cls(train, test, names, folder)

    def project(self, model: str, seed: int) -> Project:
        """Return the project of a model: the defaults, but for its channels and the seed."""
        return Project.of(
            {
                "task": "multi-label",
                "ontology": str(data_folder() / ONTOLOGY),
                "corpus": {
                    "train": str(self.folder / "train.jsonl"),  # the texts come as splits
                    "label_names": str(self.folder / "names.tsv"),
                },
                "knowledge": {"channels": CHANNELS[model]},
                "training": {"seed": seed},
            }
        )

    def table(self) -> str:
        """Return the labels as a Markdown table, with their texts."""
        counts = [Branches.counts(part) for part in (self.train, self.test)]
        lines = ["| label | train | dev |", "|---|---|---|"]
        for iri, name in self.names.items():
            cells = (str(count.get(iri, 0)) for count in counts)
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        bare = (str(sum(not one.label for one in part)) for part in (self.train, self.test))
        lines.append("| (none) | " + " | ".join(bare) + " |")
        return "\n".join(lines)


class Branches:
    """Finds the branches that gold mentions lie in.

    Args:
        graph: the ontology.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._find = CrossReferences(graph)
        pointer, children = graph.children_csr
        # The root is the one concept without a parent that has children.
        level = {int(root) for root in graph.roots}
        for _ in range(2):
            level = {
                int(child)
                for parent in level
                for child in children[pointer[parent] : pointer[parent + 1]]
            }
        self._level = level

    def __call__(self, mentions: Sequence[Any]) -> tuple[str, ...]:
        """Return the IRIs of the branches of the concepts that mentions name, sorted."""
        ids = {id for mention in mentions for id in mention.ids}
        found = [self._graph.index(iri) for iri in sorted(self._find.concepts_of(ids))]
        closure = set(self._graph.closure(found)[0].tolist())
        return tuple(sorted(self._graph.concepts[one].iri for one in closure & self._level))

    @staticmethod
    def counts(documents: Sequence[Document]) -> dict[str, int]:
        """Return how many documents have each label."""
        result: dict[str, int] = {}
        for document in documents:
            for label in document.label if isinstance(document.label, tuple) else ():
                result[label] = result.get(label, 0) + 1
        return result


def figures_of(truth: Any, predicted: Any) -> dict[str, float]:
    """Return micro- and macro-averaged F1."""
    return {
        f"{average}_f1": float(f1_score(truth, predicted, average=average, zero_division=0.0))
        for average in ("micro", "macro")
    }


def probes(bench: Bench, model: str) -> Callable[[int, int], dict[str, Any]]:
    """Return how to fit and score a frozen linear probe; the features are computed once."""
    splits = Splits(bench.train, (), bench.test)
    prepared = prepare(bench.project(model, 0), LogReporter(), splits=splits)
    untrained, _ = build_model(prepared, LogReporter(), probe=False)
    documents = [*prepared.train, *prepared.test]
    features = frozen_features(prepared, untrained, documents, LogReporter())
    names = label_names(prepared, untrained, LogReporter())
    targets = targets_of(documents)
    test = np.arange(len(bench.train), len(documents))

    def score(texts: int, seed: int) -> dict[str, Any]:
        train = np.array(drawn(len(bench.train), texts, seed))
        solution = fit_probe(
            features.take(train), targets[train], task="multi-label", seed=seed, names=names
        )
        assert solution.held_out is not None
        logits, truth = solution.held_out
        plain = LabelSet("multi-label", prepared.labels.labels)
        tuned = with_thresholds(plain, logits / solution.temperature, truth)
        values = expit(solution.logits(features.take(test)) / solution.temperature)
        at_half = figures_of(targets[test], plain.predicted(values))
        return {
            **figures_of(targets[test], tuned.predicted(values)),
            **{f"{name}_at_half": figure for name, figure in at_half.items()},
            "strength": solution.strength,
            "prior_share": solution.prior_share,
            "knowledge": solution.knowledge,
        }

    return score


def tuned(bench: Bench, model: str, texts: int, seed: int) -> dict[str, Any]:
    """Fine-tune and evaluate through ``fit``, as a user would."""
    folder = Path(tempfile.mkdtemp(prefix="multilabel-"))
    train = [bench.train[row] for row in drawn(len(bench.train), texts, seed)]
    try:
        result = fit(
            bench.project(model, seed),
            output=folder / "model",
            splits=Splits(train, (), bench.test),
        )
        figures = {name: result.metrics["test"][name] for name in ("micro_f1", "macro_f1")}
        return figures | {"knowledge": result.metrics["probe"]["knowledge"]}
    finally:
        shutil.rmtree(folder)


def runs(options: argparse.Namespace) -> Iterator[tuple[int, str, int]]:
    """Yield (texts, model, seed), the quick ones first."""
    for models in (PROBES, MODELS[2:]):
        for texts in options.texts:
            for seed in options.seeds:
                yield from ((texts, model, seed) for model in models if model in options.models)


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """Run what has no result yet, and append each result to the file."""
    known = {(row["texts"], row["model"], row["seed"]) for row in kept(options.out)}
    scorers: dict[str, Callable[[int, int], dict[str, Any]]] = {}
    for texts, model, seed in runs(options):
        if (texts, model, seed) in known:
            continue
        start = time.process_time()
        if model in PROBES:
            name = model.removeprefix("probe-")
            if name not in scorers:
                scorers[name] = probes(bench, name)
            figures = scorers[name](texts, seed)
        else:
            figures = tuned(bench, model, texts, seed)
        row = {"texts": texts, "model": model, "seed": seed} | figures
        row["cpu_seconds"] = round(time.process_time() - start, 1)
        keep(row, options.out)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the results as a Markdown table: micro- / macro-F1, mean and spread over seeds.

    The probes have a second line: with 0.5 for the threshold of every label.
    """
    budgets = sorted({row["texts"] for row in rows}, key=lambda texts: texts or 10**9)
    lines = [
        "| model | " + " | ".join(str(texts or "all") for texts in budgets) + " |",
        "|---" * (len(budgets) + 1) + "|",
    ]
    for model in MODELS:
        for suffix, said in (("", model), ("_at_half", f"{model}, thresholds of 0.5")):
            found = [row for row in rows if row["model"] == model and f"micro_f1{suffix}" in row]
            cells = []
            for texts in budgets:
                own = [row for row in found if row["texts"] == texts]
                pair = ([row[f"{name}_f1{suffix}"] for row in own] for name in ("micro", "macro"))
                cells.append(" / ".join(map(spread, pair)) + f" ({len(own)})" if own else "")
            if found:
                lines.append(f"| {said} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", nargs="+", type=number_of_texts, default=[50, 100, 200, ALL])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(PROBES))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "multilabel.jsonl")
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    parser.add_argument("--labels", action="store_true", help="print the labels and their texts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="multilabel-") as folder:
        if options.labels:
            print(Bench.read(Path(folder)).table())
            return
        if not options.table:
            measure(options, Bench.read(Path(folder)))
    print(table(kept(options.out)))


if __name__ == "__main__":
    main()
