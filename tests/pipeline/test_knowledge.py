from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ontograft.errors import SettingsError
from ontograft.kg import Overlay, mentions_of
from ontograft.kg.spacy_linker import nlp_for
from ontograft.pipeline import Project
from ontograft.pipeline.cli import main
from ontograft.pipeline.knowledge import LinkedOntology, linker_options
from ontograft.pipeline.preparation import stated_settings

from .conftest import write_jsonl

Make = Callable[..., Project]
FRUIT = "http://example.org/fruit/"


@pytest.fixture
def overlay(make_project: Make, tmp_path: Path) -> Path:
    make_project()
    corrections = Overlay()
    corrections.add_label(FRUIT + "leek", "pickle", "en")
    corrections.forbid(FRUIT + "pear", "pear", "en")
    path = tmp_path / "corrections.ttl"
    corrections.write(path)
    return path


def linked(project: Project) -> list[str]:
    found = LinkedOntology.read(project).mentions(["a pear and a pickle"])[0]
    return [mention.iri.removeprefix(FRUIT) for mention in found]


def test_the_overlay_of_a_project_corrects_its_ontology(make_project: Make, overlay: Path) -> None:
    plain, corrected = make_project(), make_project(overlay=overlay.name)
    assert linked(plain) == ["pear"]
    assert linked(corrected) == ["leek"]
    assert stated_settings(corrected)["overlay"] == "corrections.ttl"
    overlay.rename(overlay.with_name("fruit.overlay.ttl"))
    assert linked(plain) == ["leek"]  # it lies beside the ontology now


def test_mentions_are_those_of_the_spacy_pipeline(make_project: Make) -> None:
    ontology = LinkedOntology.read(make_project())
    texts = ["a pear and no leek", "", "Pears.\u2028PEARS", "nothing at all"]
    expected = [mentions_of(doc) for doc in nlp_for(ontology.linker).pipe(texts)]
    assert ontology.mentions(texts) == expected
    assert sum(map(len, expected)) == 3


def test_what_was_made_without_the_overlay_is_not_taken_for_it(
    make_project: Make, overlay: Path, tmp_path: Path
) -> None:
    plain = LinkedOntology.read(make_project())
    corrected = LinkedOntology.read(make_project(overlay=overlay.name))
    assert plain.linker.fingerprint != corrected.linker.fingerprint
    corrected.save(tmp_path / "saved")
    loaded = LinkedOntology.load(tmp_path / "saved", corrected.settings)
    assert loaded.graph.fingerprint == corrected.graph.fingerprint
    assert loaded.mentions(["a pear"]) == [()]


@pytest.mark.parametrize("beside", [False, True])
def test_commands_take_an_overlay(overlay: Path, beside: bool) -> None:
    folder = overlay.parent
    corpus = write_jsonl(folder / "new.jsonl", [{"text": "a pear and a pickle"}])
    out, summary = folder / "mentions.jsonl", folder / "kg.json"
    option = ["--overlay", str(overlay)]
    if beside:
        overlay.rename(folder / "fruit.overlay.ttl")
        option = []
    terms = str(folder / "fruit.ttl")
    for command in (
        ["link", terms, str(corpus), "--out", str(out), *option],
        ["kg", terms, "--json", str(summary), *option],
    ):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert ended.value.code == 0
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["text"] == "pickle"
    assert json.loads(summary.read_text("utf-8"))["languages"] == {"en": 11, "de": 1}


def test_an_unknown_linking_option_is_refused() -> None:
    with pytest.raises(SettingsError, match="knowledge.linking: unknown option 'colour'"):
        linker_options({"colour": 1})
