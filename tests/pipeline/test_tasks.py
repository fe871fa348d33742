"""Every task learns from knowledge: texts whose words are new, and only the ontology can place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ontograft.data import CorpusColumns, Document, read_corpus
from ontograft.pipeline import Classifier, Project, fit
from ontograft.pipeline.splits import Splits

from .conftest import FRAMES, write_jsonl

Make = Callable[..., Project]

BRANCHES = ("bird", "fish", "tree")
VALUES = {"bird": 1.0, "fish": 5.0, "tree": 9.0}
LEAVES = 20
TRAINED = 14
"""So many leaves of each branch occur in training texts; the others only in test texts."""


def word(number: int) -> str:
    """Return a made-up word that looks like no other."""
    generator = np.random.default_rng(number)
    return "".join(generator.choice(list("abcdefghijklmnopqrstuvwxyz"), 7))


def leaves(branch: str) -> list[str]:
    return [word(LEAVES * BRANCHES.index(branch) + number) for number in range(LEAVES)]


def ontology() -> str:
    lines = [
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        "@prefix : <http://example.org/life/> .",
        ':life a skos:Concept ; skos:prefLabel "life"@en .',
    ]
    for branch in BRANCHES:
        lines.append(f':{branch} a skos:Concept ; skos:broader :life ; skos:prefLabel "{branch}" .')
        lines += [
            f':{leaf} a skos:Concept ; skos:broader :{branch} ; skos:prefLabel "{leaf}"@en .'
            for leaf in leaves(branch)
        ]
    return "\n".join(lines) + "\n"


def texts(of: slice) -> list[tuple[str, tuple[str, ...]]]:
    """Return texts about one or two branches, and these."""
    result: list[tuple[str, tuple[str, ...]]] = []
    for number, branch in enumerate(BRANCHES):
        other = BRANCHES[(number + 1) % len(BRANCHES)]
        pairs = zip(leaves(branch)[of], reversed(leaves(other)[of]), strict=True)
        for turn, (leaf, further) in enumerate(pairs):
            frame = FRAMES[turn % len(FRAMES)]
            result.append((frame.format(leaf), (branch,)))
            result.append((f"{frame.format(leaf)} and {frame.format(further)}", (branch, other)))
    return result


def value(branches: tuple[str, ...]) -> float:
    return sum(VALUES[branch] for branch in branches) / len(branches)


def rows(of: slice, task: str) -> list[dict[str, Any]]:
    return [
        {
            "id": str(number),
            "text": text,
            "label": value(branches) if task == "regression" else list(branches),
        }
        for number, (text, branches) in enumerate(texts(of))
    ]


@pytest.fixture
def project_of(make_project: Make, tmp_path: Path) -> Make:
    """Return a function that makes a project whose test texts are of words never seen."""

    def make(task: str, **changes: Any) -> Project:
        (tmp_path / "life.ttl").write_text(ontology(), encoding="utf-8")
        write_jsonl(tmp_path / "known.jsonl", rows(slice(TRAINED), task))
        write_jsonl(tmp_path / "new.jsonl", rows(slice(TRAINED, LEAVES), task))
        changes["corpus"] = {
            "train": "known.jsonl",
            "test": "new.jsonl",
            **changes.get("corpus", {}),
        }
        return make_project(task=task, **{"ontology": "life.ttl", **changes})

    return make


@pytest.mark.parametrize("epochs", [0, 2])
@pytest.mark.parametrize(
    ("task", "figure", "least", "most"),
    [("multi-label", "micro_f1", 0.9, 0.75), ("regression", "r2", 0.6, 0.2)],
)
def test_a_task_learns_from_knowledge_what_the_text_cannot_tell(
    project_of: Make, tmp_path: Path, task: str, figure: str, least: float, most: float, epochs: int
) -> None:
    training = {"epochs": epochs}
    grafted = fit(project_of(task, training=training), output=tmp_path / "grafted")
    plain = fit(
        project_of(task, training=training, knowledge={"channels": []}), output=tmp_path / "plain"
    )
    assert grafted.metrics["test"][figure] > least
    assert plain.metrics["test"][figure] < most
    birds, trees = grafted.classifier()(
        [f"the {leaves(branch)[-1]} was ripe" for branch in ("bird", "tree")]
    )
    if isinstance(birds.label, float) and isinstance(trees.label, float):
        assert birds.label < trees.label - 2
    else:
        assert isinstance(birds.label, tuple)
        assert isinstance(trees.label, tuple)
        assert "bird" in birds.label
        assert "tree" in trees.label


@pytest.mark.parametrize("dev", ["auto", 0.3])
def test_thresholds_are_kept_in_the_model_folder_and_used_everywhere(
    project_of: Make, tmp_path: Path, dev: Any
) -> None:
    # Folds of the linear probe, or a development split.
    result = fit(project_of("multi-label", corpus={"dev": dev}, training={"epochs": 1}))
    settings = json.loads((result.folder / "settings.json").read_text(encoding="utf-8"))
    classifier = Classifier.load(result.folder)
    thresholds = np.array(classifier.labels.thresholds)
    assert settings["thresholds"] == thresholds.tolist()
    assert len(thresholds) == len(BRANCHES)
    documents = list(
        read_corpus(
            tmp_path / "new.jsonl", columns=CorpusColumns(label="label"), task="multi-label"
        )
    )
    again = classifier.evaluate(documents)
    assert again["micro_f1"] == pytest.approx(result.metrics["test"]["micro_f1"])
    for prediction in classifier([document.text for document in documents]):
        likely = np.array(list(prediction.probabilities.values())) >= thresholds
        names = tuple(np.array(classifier.labels.labels)[likely])
        assert prediction.label == names


def test_a_folder_without_thresholds_predicts_from_one_half_on(project_of: Make) -> None:
    result = fit(project_of("multi-label", training={"epochs": 0}))
    parts = Classifier.load(result.folder).parts
    for name in ("thresholds", "implied_labels"):
        del parts.settings[name]
    prediction = Classifier(parts)(f"the {leaves('tree')[-1]} was ripe")[0]
    assert prediction.label == tuple(
        label for label, chance in prediction.probabilities.items() if chance >= 0.5
    )


def test_a_predicted_concept_implies_those_above_it(project_of: Make) -> None:
    # The annotators wrote the branch where they could, and "life" where they could not.
    documents = [
        Document(str(number), text, label=branches if number % 4 else ("life",))
        for number, (text, branches) in enumerate(texts(slice(TRAINED)))
    ]
    new = [
        Document(f"new {number}", text, label=branches)
        for number, (text, branches) in enumerate(texts(slice(TRAINED, LEAVES)))
    ]
    project = project_of("multi-label", training={"epochs": 0})
    result = fit(project, splits=Splits(documents, (), new))
    classifier = result.classifier()
    assert result.metrics["test"]["per_label"]["life"]["support"] == len(new)
    for prediction in classifier([document.text for document in new]):
        assert isinstance(prediction.label, tuple)
        assert not prediction.label or "life" in prediction.label
        chances = prediction.probabilities
        assert chances["life"] == max(chances.values())
    assert result.metrics["test"]["micro_f1"] > 0.85
    settings = classifier.parts.settings["implied_labels"]
    assert settings == {branch: ["life"] for branch in BRANCHES}
