from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import RunError
from ontograft.pipeline import Project, fit

from .training_runs import SMALL, assert_same_weights, interrupted, unlabelled

Make = Callable[..., Project]


@pytest.mark.parametrize("step", [1, 5, 6])
@pytest.mark.parametrize("dev", ["auto", 0.25])
def test_a_resumed_run_equals_an_unbroken_one(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dev: Any, step: int
) -> None:
    project = make_project(corpus={"dev": dev}, training=SMALL)
    whole = fit(project, output=tmp_path / "whole")
    interrupted(project, monkeypatch, step=step)
    resumed = fit(project, resume=True)
    assert_same_weights(whole.folder, resumed.folder)
    assert resumed.metrics == whole.metrics


@pytest.mark.parametrize("step", [1, 5])
def test_a_run_with_unlabelled_texts_is_resumed(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    project = make_project(corpus=unlabelled(tmp_path), training=SMALL)
    whole = fit(project, output=tmp_path / "whole")
    interrupted(project, monkeypatch, step=step)
    resumed = fit(project, resume=True)
    assert_same_weights(whole.folder, resumed.folder)
    assert resumed.metrics == whole.metrics


def test_a_broken_checkpoint_is_passed_over(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(training=SMALL)
    whole = fit(project, output=tmp_path / "whole")
    interrupted(project, monkeypatch, step=5)
    optimizer = tmp_path / "model/run/checkpoints/checkpoint-4/optimizer.pt"
    optimizer.write_bytes(optimizer.read_bytes()[:-10])
    resumed = fit(project, resume=True)
    assert_same_weights(whole.folder, resumed.folder)


KILLED_WHILE_SAVING = """
import os, signal, sys
from ontograft.pipeline import Project, fit, trainer

seal = trainer.seal

def killed(folder, **options):
    if folder.name == "checkpoint-4":
        os.kill(os.getpid(), signal.SIGKILL)
    seal(folder, **options)

trainer.seal = killed
fit(Project.of(eval(sys.argv[1]), base=sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_process_killed_while_saving_goes_on_as_if_nothing_had_been(
    make_project: Make, tmp_path: Path
) -> None:
    project = make_project(training=SMALL)
    whole = fit(project, output=tmp_path / "whole")
    content = project.model_dump(mode="json", exclude={"output"}) | {"output": "model"}
    command = [sys.executable, "-c", KILLED_WHILE_SAVING, repr(content), str(tmp_path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert (tmp_path / "model/run/checkpoints/checkpoint-4").is_dir()
    resumed = fit(project, resume=True)
    assert_same_weights(whole.folder, resumed.folder)


def test_an_unfinished_run_is_not_mixed_with_another(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(training=SMALL)
    interrupted(project, monkeypatch, step=3)
    with pytest.raises(RunError, match=r"holds an unfinished run; use --resume to continue it, or"):
        fit(project)


def test_a_finished_run_is_not_overwritten(make_project: Make) -> None:
    project = make_project(training={"epochs": 0})
    fit(project)
    with pytest.raises(RunError, match=r"holds a finished model; choose another --out"):
        fit(project)


def test_resuming_a_finished_run_returns_it(make_project: Make) -> None:
    project = make_project(training={"epochs": 0})
    assert fit(project).metrics == fit(project, resume=True).metrics


def test_resuming_with_other_settings_is_refused(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(make_project(training=SMALL), monkeypatch, step=3)
    other = make_project(training={**SMALL, "seed": 7})
    with pytest.raises(
        RunError, match=r"the settings changed since the run began \(training.seed: 0, now 7\)"
    ):
        fit(other, resume=True)


@pytest.mark.parametrize(
    ("file", "what"), [("train.jsonl", "the corpus"), ("fruit.ttl", "the ontology")]
)
def test_resuming_with_other_content_is_refused(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, what: str
) -> None:
    project = make_project(training=SMALL)
    interrupted(project, monkeypatch, step=3)
    path = tmp_path / file
    path.write_text(path.read_text().replace("pear", "medlar"))
    with pytest.raises(RunError, match=f"cannot be resumed: {what} changed since the run began"):
        fit(project, resume=True)


def test_resuming_with_other_names_of_labels_is_refused(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = tmp_path / "labels.tsv"
    names.write_text("label\tname\nsweet\tsweet food\nsavoury\tsavoury food\n")
    project = make_project(training=SMALL, corpus={"label_names": "labels.tsv"})
    interrupted(project, monkeypatch, step=3)
    names.write_text(names.read_text().replace("sweet food", "dessert"))
    with pytest.raises(
        RunError,
        match=r"the names of the labels changed .* \(sweet: 'sweet food', now 'dessert'\)",
    ):
        fit(project, resume=True)


def test_resuming_with_another_encoder_is_refused(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoder_folder: Path
) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / encoder_folder.name)
    project = make_project(training=SMALL, encoder=str(copy))
    interrupted(project, monkeypatch, step=3)
    config = copy / "config.json"
    config.write_text(config.read_text().replace("1e-12", "1e-11"))
    with pytest.raises(RunError, match="cannot be resumed: the encoder changed since"):
        fit(project, resume=True)


def test_a_folder_with_something_else_is_left_alone(make_project: Make, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/thesis.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(RunError, match=r"choose another --out"):
            fit(make_project(), resume=resume)
    assert (tmp_path / "model/thesis.txt").read_text() == "mine"
