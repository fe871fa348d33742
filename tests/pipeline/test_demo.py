from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ontograft.errors import RunError
from ontograft.pipeline.demo import run_demo
from ontograft.pipeline.encoders import PACKAGED, resolve_encoder
from ontograft.pipeline.settings import DEFAULT_ENCODER


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(RunError, match="is not empty; remove it, or choose another --out"):
        run_demo(tmp_path)


@pytest.mark.slow
def test_the_packaged_weights_are_those_of_the_hub() -> None:
    pytest.importorskip(PACKAGED[DEFAULT_ENCODER].module)
    assert resolve_encoder(DEFAULT_ENCODER).folder.is_dir()


@pytest.mark.slow
def test_the_demo_shows_that_knowledge_helps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = run_demo(tmp_path / "demo")
    plain, grafted = (
        results[name].metrics["test"]["accuracy"] for name in ("text only", "knowledge-grafted")
    )
    assert grafted > plain + 0.1
    shown = capsys.readouterr().out
    for words in ("Side by side", "was made for this purpose", "What to try next"):
        assert words in shown


@pytest.mark.slow
def test_the_hash_seed_does_not_matter(tmp_path: Path, encoder_folder: Path) -> None:
    from .conftest import ONTOLOGY, rows, write_jsonl

    (tmp_path / "fruit.ttl").write_text(ONTOLOGY)
    write_jsonl(tmp_path / "train.jsonl", rows())
    (tmp_path / "project.yaml").write_text(
        f"ontology: fruit.ttl\ncorpus: {{train: train.jsonl}}\nencoder: {encoder_folder}\n"
        "training: {epochs: 1}\n"
    )
    digests = []
    for seed in ("0", "1"):
        out = tmp_path / seed
        code = "from ontograft.pipeline.cli import main; main()"
        command = [sys.executable, "-c", code, "fit", str(tmp_path / "project.yaml")]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"}
        subprocess.run([*command, "--out", str(out)], env=environment, check=True)
        digests.append((out / "model.safetensors").read_bytes())
    assert digests[0] == digests[1]
