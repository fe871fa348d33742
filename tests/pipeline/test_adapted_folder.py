"""Models saved without their encoder: where it is found, and what is said where it is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import BertModel

from ontograft.errors import EncoderError, ModelFolderError
from ontograft.pipeline import Classifier, Project, fit
from ontograft.pipeline.adapted_folder import find_encoder, remember
from ontograft.pipeline.encoders import EncoderSource

Make = Callable[..., Project]
TEXT = "a good apple from the garden"


@pytest.fixture
def own_encoder(encoder_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the encoder that may be moved."""
    return shutil.copytree(encoder_folder, tmp_path / "mine" / "bert")


@pytest.fixture
def model(make_project: Make, own_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a model folder that lacks the weights of that encoder."""
    monkeypatch.setenv("ONTOGRAFT_CACHE", str(own_encoder.parent / "cache"))
    training = {"lora": {"rank": 2}, "epochs": 1, "learning_rate": 1e-2}
    return fit(make_project(encoder=str(own_encoder), training=training)).folder


def test_the_folder_says_nothing_of_where_the_encoder_lies(model: Path, own_encoder: Path) -> None:
    for path in model.rglob("*"):
        if path.is_file():
            assert str(own_encoder.parent).encode() not in path.read_bytes(), path.name


def test_it_is_found_where_this_machine_saw_it(model: Path) -> None:
    assert Classifier.load(model)(TEXT)[0].label == "sweet"


def test_elsewhere_it_is_found_in_or_linked_from_the_model_folder(
    model: Path, own_encoder: Path, tmp_path: Path
) -> None:
    here = Classifier.load(model)(TEXT)
    shutil.move(own_encoder, tmp_path / "elsewhere")
    with pytest.raises(
        ModelFolderError,
        match=r"without the weights of its encoder 'bert', which this machine does not know: copy "
        r"or link the encoder's folder to .*model/encoder, or fit .* training.lora.merge: true",
    ):
        Classifier.load(model)
    (model / "encoder").symlink_to(tmp_path / "elsewhere")
    assert Classifier.load(model)(TEXT) == here


def test_another_encoder_in_its_place_is_refused(
    model: Path, own_encoder: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(own_encoder, tmp_path / "other")
    changed = BertModel.from_pretrained(other, add_pooling_layer=False)
    changed.embeddings.word_embeddings.weight.data[7] += 0.5
    changed.save_pretrained(other)
    shutil.copytree(other, model / "encoder")
    with pytest.raises(ModelFolderError, match=r"made with the encoder of fingerprint .* but .*"):
        Classifier.load(model)


def test_a_changed_encoder_is_not_taken_for_the_one_that_was_seen(
    model: Path, own_encoder: Path
) -> None:
    with (own_encoder / "config.json").open("a") as file:
        file.write("\n")
    with pytest.raises(ModelFolderError, match="which this machine does not know"):
        Classifier.load(model)


def test_a_name_is_looked_up_and_what_is_found_is_checked(
    tmp_path: Path, own_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path / "cache"))
    source = EncoderSource("someone/bert", own_encoder, "hub cache")
    monkeypatch.setattr("ontograft.pipeline.adapted_folder.resolve_encoder", lambda _: source)
    right = source.fingerprint()
    found = find_encoder(tmp_path, name="someone/bert", named=True, fingerprint=right)
    assert found == source
    with pytest.raises(
        EncoderError, match=r"of fingerprint 000000000000, but .*bert holds that of"
    ):
        find_encoder(tmp_path, name="someone/bert", named=True, fingerprint="0" * 64)


def test_a_name_that_is_nowhere_gives_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(_: str) -> EncoderSource:
        raise EncoderError("encoder someone/bert: not in the hub's cache")

    monkeypatch.setattr("ontograft.pipeline.adapted_folder.resolve_encoder", nowhere)
    with pytest.raises(
        EncoderError, match=r"not in the hub's cache; or copy or link the encoder's"
    ):
        find_encoder(tmp_path, name="someone/bert", named=True, fingerprint="0" * 64)


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    own_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path / "file"))
    remember(EncoderSource("bert", own_encoder, "folder"), "0" * 64)
    assert (tmp_path / "file").read_text() == "in the way"
