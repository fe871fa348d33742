"""What a model folder holds, and how it is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForSequenceClassification

from ontograft.errors import ModelFolderError
from ontograft.model import OntograftForSequenceClassification
from ontograft.pipeline import Classifier


@pytest.fixture
def model_folder(model_folder_of: Callable[..., Path]) -> Path:
    return model_folder_of()


@pytest.mark.parametrize(
    "home", [OntograftForSequenceClassification, AutoModelForSequenceClassification]
)
def test_the_folder_is_a_hugging_face_model(model_folder: Path, home: Any) -> None:
    model = home.from_pretrained(model_folder)
    assert isinstance(model, OntograftForSequenceClassification)
    assert model.config.id2label == {0: "savoury", 1: "sweet"}


def files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_every_file_of_a_model_folder_is_checked(
    model_folder: Path, tmp_path: Path, harm: str
) -> None:
    for number, name in enumerate(files(model_folder)):
        copy = shutil.copytree(model_folder, tmp_path / str(number))
        content = (copy / name).read_bytes()
        if harm == "missing":
            (copy / name).unlink()
        else:
            middle = len(content) // 2
            changed = bytes(byte ^ 1 for byte in content[middle : middle + 1]) or b"x"
            (copy / name).write_bytes(content[:middle] + changed + content[middle + 1 :])
        with pytest.raises(ModelFolderError, match=f"{name} is (missing|damaged)|manifest.json"):
            Classifier.load(copy)


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(ModelFolderError, match="no such model folder; make one with 'ontograft"):
        Classifier.load("/nowhere/model")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"manifest\.json is missing: this is no model"):
        Classifier.load(tmp_path)


def test_a_run_that_is_not_finished_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(ModelFolderError, match="the run in this folder is not finished; continue"):
        Classifier.load(tmp_path)


def test_another_layout_is_refused(model_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model_folder, tmp_path / "copy")
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"ontograft_model_folder": 1', '"x": 1'))
    with pytest.raises(ModelFolderError, match="has layout None, expected 1"):
        Classifier.load(copy)


def test_the_model_card_states_ontology_settings_and_limits(model_folder: Path) -> None:
    card = (model_folder / "README.md").read_text()
    assert card.startswith("---\nlanguage: en\n")
    stated = ("Fingerprint", "- `sweet`", "## Limits", "channels:", "Not evaluated", "held out (")
    for words in stated:
        assert words in card
    assert str(model_folder.parent) not in card


def test_the_model_folder_does_not_tell_where_it_was_made(model_folder: Path) -> None:
    for name in ("settings.json", "manifest.json", "README.md", "config.json"):
        assert str(model_folder.parent) not in (model_folder / name).read_text()
