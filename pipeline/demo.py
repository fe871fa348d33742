"""The demonstration: everything once, on the embedded sample, and what to try next."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from ..data.samples import sample_files
from ..errors import RunError
from ..kg import NIL
from .console import TerminalReporter, output, print_graph
from .knowledge import LinkedOntology
from .prediction import Classifier, Prediction
from .settings import Project
from .summary import summarise
from .training import FitResult, fit

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Mention

RUNS = {"text only": [], "knowledge-grafted": ["closure", "graph", "tokens"]}
FIGURES = {"accuracy": "accuracy", "macro_f1": "macro F1", "loss": "loss"}
SHOWN = 3
"""How many texts are shown with their predictions."""


def run_demo(folder: Path) -> dict[str, FitResult]:
    """Copy the sample into a folder, fit a text-only and a grafted model on it, and compare them.

    Args:
        folder: the folder to work in; must be empty or new.

    Returns:
        what each of the two runs left behind.

    Raises:
        RunError: the folder is not empty.
    """
    console = output()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder}: is not empty; remove it, or choose another --out")
    project = _copy_sample(folder)
    console.print(_INTRODUCTION.format(folder=folder))
    with TerminalReporter() as reporter:
        with reporter.stage("reading the ontology"):
            ontology = LinkedOntology.read(project)
        _say(console, "1. The ontology", f"ontograft kg {project.ontology[0]}")
        print_graph(_short(summarise(ontology.graph)))
        texts = _test_rows(project)
        _say(console, "2. Linking texts to it", "ontograft link ONTOLOGY CORPUS --out FILE")
        _show_links(console, ontology, texts[:SHOWN], project.corpus.text)
        results: dict[str, FitResult] = {}
        for number, (name, channels) in enumerate(RUNS.items(), start=3):
            path = folder / name.replace(" ", "-")
            _say(console, f"{number}. Fine-tuning: {name}", f"ontograft fit PROJECT --out {path}")
            knowledge = project.knowledge.model_copy(update={"channels": tuple(channels)})
            results[name] = fit(
                project.model_copy(update={"knowledge": knowledge}), output=path, reporter=reporter
            )
    _say(console, "5. Side by side, on the test texts", "ontograft evaluate MODEL CORPUS")
    console.print(_comparison(results))
    console.print(_HONESTY)
    _say(console, "6. Predictions, and the concepts behind them", "ontograft predict MODEL CORPUS")
    _show_predictions(console, results, texts, project)
    grafted = results["knowledge-grafted"].folder
    console.print(_NEXT.format(folder=folder, model=grafted))
    return results


_INTRODUCTION = """Ontograft grafts an ontology onto a text encoder. This shows it on the embedded
sample, copied to {folder}: an ontology, labelled texts and a project file."""

_HONESTY = """The sample was made for this purpose: its texts are few, and most of its test texts
name things that no training text names, so that an ontology can show its worth. Expect less where
labelled texts are many, or where the ontology says little about the labels; where it does not help,
the plain model (channels: []) is the right choice."""

_NEXT = """
What to try next:
  ontograft evaluate {model} {folder}/sample/test.jsonl
  ontograft predict {model} {folder}/sample/test.jsonl --out {folder}/predictions.jsonl
  ontograft fit --explain-settings
Then copy {folder}/sample/project.yaml, put in your own ontology and texts, and run
  ontograft fit project.yaml"""


def _copy_sample(folder: Path) -> Project:
    sample = folder / "sample"
    sample.mkdir(parents=True)
    for path in sample_files():
        shutil.copyfile(path, sample / path.name)
    return Project.read(sample / "project.yaml")


def _test_rows(project: Project) -> list[dict[str, Any]]:
    assert project.corpus.test is not None
    lines = project.corpus.test.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _say(console: Console, title: str, command: str) -> None:
    console.print(f"\n{title}  ({command})\n")


def _short(summary: dict[str, Any]) -> dict[str, Any]:
    return {**summary, "roots": summary["roots"][:5], "examples": summary["examples"][:3]}


def _show_links(
    console: Console, ontology: LinkedOntology, rows: Sequence[dict[str, Any]], text: str
) -> None:
    found = ontology.mentions([row[text] for row in rows])
    for row, mentions in zip(rows, found, strict=True):
        console.print(_quote(row[text]))
        for mention in mentions:
            if mention.iri != NIL and not mention.nested:
                console.print(f"    {mention.text!r} is {_chain(ontology.graph, mention)}")


def _quote(text: str) -> str:
    return f"  “{textwrap.shorten(text, 200, placeholder=' ...')}”"


def _chain(graph: KnowledgeGraph, mention: Mention) -> str:
    """Return the way up from a mention's concept: ``vine weevil < weevil < beetle``."""
    names = [mention.label]
    number, seen = graph.index(mention.iri), set[int]()
    pointer, parents = graph.parents_csr
    while pointer[number] < pointer[number + 1] and number not in seen:
        seen.add(number)
        number = int(parents[pointer[number]])
        names.append(graph.preferred_label(number))
    return " < ".join(names)


def _comparison(results: dict[str, FitResult]) -> Table:
    table = Table()
    table.add_column("")
    for name in results:
        table.add_column(name, justify="right")
    for key, words in FIGURES.items():
        table.add_row(words, *(f"{run.metrics['test'][key]:.3f}" for run in results.values()))
    return table


def _show_predictions(
    console: Console,
    results: dict[str, FitResult],
    rows: Sequence[dict[str, Any]],
    project: Project,
) -> None:
    """Show some texts on which the two models differ, each with what the ontology says."""
    classifiers = {name: run.classifier() for name, run in results.items()}
    texts = [row[project.corpus.text] for row in rows]
    predictions = {name: classifier(texts) for name, classifier in classifiers.items()}
    plain, grafted = (predictions[name] for name in RUNS)
    differing = [n for n in range(len(rows)) if plain[n].label != grafted[n].label]
    for number in differing[:SHOWN]:
        console.print(_quote(texts[number]))
        truth = rows[number][project.corpus.label]
        names = classifiers["knowledge-grafted"].label_names
        console.print(f"    is filed under: {names.get(truth, truth)}")
        for name, guesses in predictions.items():
            console.print(f"    {name}: {_verdict(guesses[number], names)}")
        _show_reasons(console, classifiers["knowledge-grafted"], grafted[number])


def _verdict(prediction: Prediction, names: dict[str, str]) -> str:
    label = str(prediction.label)
    return f"{names.get(label, label)} ({prediction.probabilities[label]:.2f})"


def _show_reasons(console: Console, classifier: Classifier, prediction: Prediction) -> None:
    assert classifier.ontology is not None
    chains = [
        _chain(classifier.ontology.graph, mention)
        for mention in prediction.mentions
        if mention.iri != NIL and not mention.nested
    ]
    for chain in dict.fromkeys(chains):
        console.print(f"        concept: {chain}")
