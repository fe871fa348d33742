"""What low-rank adapters cost and give: a step, the size of a model, its figures.

The embedded sample is fitted with the defaults and with ``training.lora``, in turns, so that
whatever else the machine does falls on both alike. Reported is the CPU time of a training step,
which other processes do not add to, the size of the weights that are saved, and the figures on the
test texts, over several seeds.

    python benchmarks/lora.py [--seeds 0 1 2] [--rank 8] [--encoder NAME_OR_FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import torch
import yaml
from common import spread

from ontograft.pipeline import Project, fit
from ontograft.pipeline.trainer import GraftTrainer

FIGURES = ("accuracy", "macro_f1", "calibration_error")


class Clock:
    """Measures the CPU time of the training steps of whatever is fitted meanwhile."""

    def __init__(self) -> None:
        self.step_s = 0.0
        train = GraftTrainer.train

        def measured(trainer: GraftTrainer, *args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            result = train(trainer, *args, **kwargs)
            self.step_s = (time.process_time() - began) / trainer.state.global_step
            return result

        GraftTrainer.train = measured  # type: ignore[method-assign]


def measure(content: dict[str, Any], samples: Path, clock: Clock) -> dict[str, float]:
    """Fit once; return the figures, the CPU seconds of a step and the megabytes of weights."""
    with tempfile.TemporaryDirectory() as folder:
        result = fit(Project.of(content, base=samples), output=Path(folder) / "model")
        weights = [
            *result.folder.glob("*.safetensors"),
            *result.folder.glob("adapter/*.safetensors"),
        ]
        size = sum(path.stat().st_size for path in weights)
    test = result.metrics["test"]
    return {name: test[name] for name in FIGURES} | {"step_s": clock.step_s, "MB": size / 1e6}


def row(name: str, runs: Sequence[dict[str, float]]) -> str:
    """Write the runs of a way to train as a row of the table."""
    figures = [spread([run[figure] for run in runs]) for figure in FIGURES]
    step = statistics.median(run["step_s"] for run in runs)
    return f"| {name} | {step:.3f} | {runs[0]['MB']:.1f} | {' | '.join(figures)} |"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--encoder", default=None, help="a name or a folder; the default's if none")
    options = parser.parse_args()
    torch.set_num_threads(1)
    ways: dict[str, dict[str, Any]] = {
        "the weights, lower half frozen": {},
        f"LoRA of rank {options.rank}, lower half frozen": {"lora": {"rank": options.rank}},
    }
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    clock = Clock()
    with as_file(files("ontograft.data.samples")) as samples:
        for seed in options.seeds:
            for name, training in ways.items():
                content = yaml.safe_load((samples / "project.yaml").read_text(encoding="utf-8"))
                content["training"] = {"seed": seed, **training}
                if options.encoder:
                    content["encoder"] = str(options.encoder)
                runs[name].append(measure(content, samples, clock))
                print(name, seed, runs[name][-1], flush=True)
    print("| what learns | CPU s a step | MB | accuracy | macro-F1 | calibration error |")
    print("|---|---|---|---|---|---|")
    for name in ways:
        print(row(name, runs[name]))


if __name__ == "__main__":
    main()
