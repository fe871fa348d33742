from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ontograft.errors import SettingsError
from ontograft.pipeline.settings import Project, describe

SMALLEST: dict[str, Any] = {"ontology": "terms.ttl", "corpus": {"train": "train.csv"}}

FULL = """
ontology: [terms.ttl, more.obo]
language: de
corpus: {train: train.jsonl, dev: auto, test: test.jsonl, id: id, text: text, label: label,
         label_names: labels.tsv}
task: single-label
encoder: sentence-transformers/all-MiniLM-L6-v2
knowledge: {channels: [tokens, closure]}
training: {seed: 3, learning_rate: 1e-5}
output: runs/doid
"""


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(FULL)
    project = Project.read(tmp_path / "project.yaml")
    assert project.ontology == (tmp_path / "terms.ttl", tmp_path / "more.obo")
    assert project.corpus.train == tmp_path / "train.jsonl"
    assert project.corpus.label_names == tmp_path / "labels.tsv"
    assert project.output == tmp_path / "runs/doid"


def test_numbers_and_channels_are_read_as_meant(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(FULL)
    project = Project.read(tmp_path / "project.yaml")
    assert project.training.learning_rate == 1e-5
    assert project.knowledge.channels == ("closure", "tokens")
    assert project.encoder == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.parametrize(
    ("given", "expected"), [("auto", "auto"), (0.2, 0.2), ("dev.csv", Path("dev.csv"))]
)
def test_dev_is_auto_a_share_or_a_file(given: object, expected: object) -> None:
    project = Project.of({**SMALLEST, "corpus": {"train": "train.csv", "dev": given}})
    assert project.corpus.dev == expected


def test_norwegian_is_a_language(tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_text("ontology: a.ttl\nlanguage: no\ncorpus: {train: t.csv}\n")
    assert Project.read(path).language == "no"


def test_an_encoder_folder_is_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "bert").mkdir()
    assert Project.of({**SMALLEST, "encoder": "bert"}, base=tmp_path).encoder == str(
        tmp_path / "bert"
    )


def test_the_weights_of_the_page_on_assertion_are_accepted() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "assertion.md"
    (text,) = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    project = Project.of({**SMALLEST, **yaml.safe_load(text)})
    assert project.knowledge.assertion.hypothetical == 0.5
    assert project.knowledge.section_weights == {"methods": 0.5, "references": 0}


def test_sections_are_named_in_small_letters() -> None:
    project = Project.of({**SMALLEST, "knowledge": {"section_weights": {" Case  Report ": 0.5}}})
    assert project.knowledge.section_weights == {"case report": 0.5}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"knowledge": {"channels": ["closure", "grap"]}},
            "project: knowledge.channels: unknown channel 'grap'; choose one of: closure, graph, "
            "tokens",
        ),
        ({"corpos": 1}, "project: corpos: unknown key; did you mean 'corpus'? choose one of: ont"),
        (
            {"corpus": {"train": "t.csv", "labels": "l.tsv"}},
            "project: corpus.labels: unknown key; did you mean 'label'? choose one of: train, dev",
        ),
        ({"corpus": {}}, "project: corpus.train: missing: name a file of labelled texts; or"),
        (
            {"corpus": {"train": "t.csv", "dev": 3}},
            "project: corpus.dev: a share must lie between 0 and 1, got 3",
        ),
        (
            {"training": {"optimizer": "adam"}},
            "project: training.optimizer: unknown optimizer 'adam'; choose one of: adamw, ada",
        ),
        (
            {"training": {"learning_rate": "fast"}},
            "project: training.learning_rate: expected 'auto' or a number, got 'fast'",
        ),
        (
            {"training": {"learning_rate": -1}},
            "project: training.learning_rate: expected 'auto' or a number greater than 0, got -1",
        ),
        (
            {"training": {"batch_size": 0}},
            "project: training.batch_size: expected a number of at least 1, got 0",
        ),
        (
            {"training": {"seed": "x"}},
            "project: training.seed: expected a whole number, got 'x'",
        ),
        (
            {"knowledge": {"channels": "closure"}},
            "project: knowledge.channels: expected a list, such as [closure], got 'closure'",
        ),
        (
            {"knowledge": {"assertion": {"negated": 1.5}}},
            "project: knowledge.assertion.negated: expected a number of at most 1, got 1.5",
        ),
        (
            {"knowledge": {"assertion": {"negation": 0}}},
            "project: knowledge.assertion.negation: unknown key; did you mean 'negated'? choose",
        ),
        (
            {"knowledge": {"section_weights": {"methods": -1}}},
            "project: knowledge.section_weights: the weight of 'methods' must be between 0 and 1",
        ),
        (
            {"knowledge": {"section_weights": {"Methods": 1, "methods": 0}}},
            "project: knowledge.section_weights: a section is named twice: names do not differ by",
        ),
        (
            {"knowledge": []},
            "project: knowledge: expected keys with values, such as {key: value}, got []",
        ),
        (
            {"language": ""},
            "project: language: expected a text of at least 2 characters, got ''",
        ),
        (
            {"ontology": []},
            "project: ontology: missing: name an ontology file, or set knowledge.channels to []",
        ),
        ({"task": "ranking", "nonsense": 1}, r"choose one of: single-label, .*\(and 1 more\)"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(changes: dict[str, Any], message: str) -> None:
    pattern = message if "(" in message else message.replace("[", r"\[").replace("?", r"\?")
    with pytest.raises(SettingsError, match=pattern) as caught:
        Project.of({**SMALLEST, **changes})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ontology: a\nontology: b\n", "project.yaml, line 2: the key 'ontology' is given twice"),
        ("a: &x [1]\nb: *x\n", "project.yaml, line 2: aliases .* are not allowed"),
        ("ontology: [a\n", "project.yaml, line 2: "),
        ("", "project.yaml: expected keys with values, .* got an empty file"),
        ("- a\n", "project.yaml: expected keys with values, .* got list"),
        ("ontology: !!python/object:os.system a\n", "could not determine a constructor"),
    ],
)
def test_yaml_traps_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "project.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        Project.read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope\.yaml: no such project file; write one"):
        Project.read(tmp_path / "nope.yaml")


def test_a_folder_is_no_project_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is a folder; expected a project file"):
        Project.read(tmp_path)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_bytes("ontology: B\u00e4ume.ttl".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"not UTF-8 text \(byte 11\)"):
        Project.read(path)


def test_every_setting_is_explained() -> None:
    rows = describe()
    assert all(meaning for _, _, meaning in rows)
    assert ("training.seed", "0") in {(name, default) for name, default, _ in rows}
    assert ("corpus.test", "none") in {(name, default) for name, default, _ in rows}


def test_a_corpus_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "a", "label": "b"}\n')
    with pytest.raises(SettingsError, match=r"looks like a corpus; expected a project file \(YAML"):
        Project.read(path)
