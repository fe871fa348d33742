"""What the tests of training and of resuming share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from transformers import TrainerCallback

from ontograft.pipeline import Project, fit
from ontograft.pipeline.trainer import GraftTrainer

from .conftest import rows, write_jsonl


def weights(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    return dict(load_file(folder / "model.safetensors"))


def assert_same_weights(first: Path, second: Path) -> None:
    one, other = weights(first), weights(second)
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


class Interrupt(TrainerCallback):
    """Stop the process, so to speak, after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        if state.global_step == self.step:
            raise KeyboardInterrupt


def interrupted(project: Project, monkeypatch: pytest.MonkeyPatch, *, step: int) -> None:
    """Begin a run and break it off after a step."""
    begin = GraftTrainer.train

    def train(self: GraftTrainer, *args: Any, **kwargs: Any) -> Any:
        self.add_callback(Interrupt(step))
        return begin(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(GraftTrainer, "train", train)
        with pytest.raises(KeyboardInterrupt):
            fit(project)


SMALL = {"epochs": 3, "batch_size": 8, "save_steps": 2}


def unlabelled(tmp_path: Path, count: int = 240) -> dict[str, Any]:
    """Write unlabelled texts, and return the settings that name them and the labels."""
    texts = [
        {"id": f"u{n}", "text": rows()[n % 24]["text"] + " " + "and" * (n // 24)}
        for n in range(count)
    ]
    write_jsonl(tmp_path / "more.jsonl", texts)
    (tmp_path / "names.tsv").write_text("label\tname\nsweet\tfruit\nsavoury\tvegetable\n")
    return {"unlabelled": "more.jsonl", "label_names": "names.tsv"}
