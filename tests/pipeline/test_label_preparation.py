from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ontograft.data import read_label_table
from ontograft.errors import CorpusError, SettingsError
from ontograft.pipeline import Project, fit
from ontograft.pipeline.label_preparation import align_project
from ontograft.pipeline.preparation import prepare
from ontograft.pipeline.progress import LogReporter

Make = Callable[..., Project]

FRUIT = "http://example.org/fruit/"


@pytest.fixture
def names(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Return a function that writes a file of label names and returns the corpus settings."""

    def write(content: str) -> dict[str, str]:
        (tmp_path / "names.tsv").write_text(content, encoding="utf-8")
        return {"label_names": "names.tsv"}

    return write


def test_labels_that_are_named_by_concepts_take_their_words(
    make_project: Make, names: Callable[[str], dict[str, str]]
) -> None:
    corpus = names(f"label\tname\nsweet\t{FRUIT}fruit\nsavoury\tVegetable\n")
    prepared = prepare(make_project(corpus=corpus), LogReporter())
    assert prepared.label_names == {"sweet": "fruit", "savoury": "Vegetable"}
    assert prepared.label_texts == {
        "sweet": "fruit. The part of a plant that holds its seeds.",
        "savoury": "Vegetable",
    }
    found = {entry.label: (entry.iris, entry.way) for entry in prepared.labels.alignment}
    assert found == {
        "savoury": ((FRUIT + "vegetable",), "name"),
        "sweet": ((FRUIT + "fruit",), "given"),
    }


def test_plain_bert_takes_the_same_words_and_no_concepts(
    make_project: Make, names: Callable[[str], dict[str, str]]
) -> None:
    corpus = names(f"label\tname\nsweet\t{FRUIT}fruit\nsavoury\tVegetable\n")
    project = make_project(corpus=corpus, knowledge={"channels": []})
    prepared = prepare(project, LogReporter())
    assert prepared.label_names == {"sweet": "fruit", "savoury": "Vegetable"}
    assert prepared.labels.alignment == ()


def test_an_unknown_concept_stops_before_any_training(
    make_project: Make, names: Callable[[str], dict[str, str]]
) -> None:
    corpus = names(f"label\tname\nsweet\t{FRUIT}fruits\nsavoury\tVegetable\n")
    with pytest.raises(CorpusError, match=r"names.tsv, row 1 \(line 2\): .*fruits'; the nearest"):
        prepare(make_project(corpus=corpus), LogReporter())


def test_the_model_folder_holds_the_table_and_a_corrected_one_counts(
    make_project: Make, names: Callable[[str], dict[str, str]]
) -> None:
    corpus = names("label\tname\nsweet\tFruit\nsavoury\tVegetables\n")
    training = {"epochs": 0}
    first = fit(make_project(corpus=corpus, training=training))
    table = first.folder / "labels.tsv"
    rows = {row.label: row.concepts for row in read_label_table(table)}
    assert rows == {"sweet": (FRUIT + "fruit",), "savoury": (FRUIT + "vegetable",)}
    corrected = table.read_text(encoding="utf-8").replace(f"{FRUIT}fruit", f"{FRUIT}plum")
    second = fit(make_project(corpus=names(corrected), training=training, output="second"))
    alignment = {entry.label: entry for entry in second.classifier().labels.alignment}
    assert alignment["sweet"].iris == (FRUIT + "plum",)
    assert {entry.way for entry in alignment.values()} == {"given"}
    settings = json.loads((second.folder / "settings.json").read_text(encoding="utf-8"))
    assert settings["label_names"] == {"sweet": "Fruit", "savoury": "Vegetables"}


def test_concepts_of_labels_make_a_hierarchy_by_themselves(
    make_project: Make, names: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    lines = [
        {"text": "an apple", "label": ["F", "A"]},
        {"text": "a leek", "label": ["V"]},
        {"text": "a pear", "label": ["F"]},
        {"text": "a pippin", "label": ["A"]},
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, lines)))
    corpus = names("label\tname\nA\tapples\nF\tFruit or Plums\nV\tvegetable\n")
    project = make_project(
        task="multi-label", corpus={"train": "many.jsonl", "test": None, "id": None, **corpus}
    )
    labels = prepare(project, LogReporter()).labels
    assert labels.labels == ("A", "F", "V")
    assert labels.ancestors == ((1,), (), ())


def test_labels_can_be_aligned_without_training(
    make_project: Make, names: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    corpus = names("label\tname\nsweet\tFruit\nsavoury\tVegetables\n")
    project = make_project(corpus=corpus, knowledge={"channels": []})
    assert [entry.iris for entry in align_project(project, LogReporter())] == [
        (FRUIT + "vegetable",),
        (FRUIT + "fruit",),
    ]
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ontology": [], "knowledge": {"channels": []}}, "ontology: missing: name the ontology"),
        ({"task": "regression"}, "task: regression predicts a number"),
    ],
)
def test_projects_without_labels_or_concepts_are_refused(
    make_project: Make, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        align_project(make_project(**changes), LogReporter())
