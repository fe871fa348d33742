"""What knowledge costs when predicting, end to end: texts in, labels and concepts out.

A text-only and a knowledge-grafted classifier of the same encoder, made by ``fit`` from five
Ohsumed abstracts a class, take turns over the same abstracts in one process. The grafted one also
links the texts. Reported is the CPU time of all threads, which other processes do not add to.

    python benchmarks/predicting.py [--texts 200] [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from ohsumed import Bench

from ontograft.pipeline import Classifier, Splits, fit


def classifier(bench: Bench, model: str, folder: Path) -> Classifier:
    """Return a classifier that starts from the linear probe and learns nothing more."""
    splits = Splits(bench.splits(5, 0).train)
    result = fit(bench.project(model, 0), output=folder / model, splits=splits)
    return result.classifier()


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=200, help="how many abstracts to predict")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds are measured")
    options = parser.parse_args()
    bench = Bench.read({"training.epochs": 0})
    texts = [document.text for document in bench.splits(5, 0).test[: options.texts]]
    with tempfile.TemporaryDirectory() as folder:
        models = {name: classifier(bench, name, Path(folder)) for name in ("text", "grafted")}
    times: dict[str, list[float]] = {name: [] for name in models}
    for round_number in range(options.rounds + 1):
        for name, model in models.items():
            start = time.process_time()
            model(texts)
            if round_number > 0:  # the first round warms up
                times[name].append(time.process_time() - start)
    ratios = [one / base for one, base in zip(times["grafted"], times["text"], strict=True)]
    print(f"{len(texts)} abstracts, {options.rounds} rounds\n")
    print("| model | CPU seconds, median | ratio, median |")
    print("|---|---|---|")
    print(f"| text | {statistics.median(times['text']):.2f} | 1 |")
    print(
        f"| grafted | {statistics.median(times['grafted']):.2f} | {statistics.median(ratios):.3f} |"
    )


if __name__ == "__main__":
    main()
