"""Where the grafted probe is wrong on Ohsumed: by label, by links, with examples.

Every text of Ohsumed-train is predicted once, by the probe that has not seen its fold (the model
``probe-contrast`` of ``ohsumed.py``; without labels ``probe-grafted``), so that the table stands on
all of them.

    python benchmarks/ohsumed_errors.py [--per-label 10] [--examples 8]
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from ohsumed import ALL, FOLDS, NONE, Bench, Probes
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

SHOWN = 160
"""So many characters of a text are shown."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--per-label", default="10")
    parser.add_argument("--examples", type=int, default=8)
    options = parser.parse_args()
    per_label = {"all": ALL, "0": NONE}.get(options.per_label) or int(options.per_label)
    bench = Bench.read({})
    names = bench.label_names()
    parts = []
    for seed in range(FOLDS):
        probes = Probes(bench, "grafted", contrast=None if per_label == NONE else seed)
        parts.append(probes.predict(per_label, seed)[1:])
    logits, rows = (np.concatenate(part) for part in zip(*parts, strict=True))
    truth, predicted = probes.truth(rows), logits.argmax(axis=1)
    by_label(probes.labels, names, truth, predicted)
    linked = np.array([bool(probes.links[row]) for row in rows])
    right = truth == predicted
    print("\n| texts | share | accuracy |\n|---|---|---|")
    for name, some in (("with links", linked), ("without links", ~linked)):
        print(f"| {name} | {some.mean():.1%} | {right[some].mean():.1%} |")
    best_two = (np.argsort(-logits, axis=1)[:, :2] == truth[:, None]).any(axis=1)
    print(f"\nThe right label is first for {right.mean():.1%}, first or second for", end=" ")
    print(f"{best_two.mean():.1%} of the texts.\n\nThe surest errors:\n")
    margin = logits.max(axis=1) - logits[np.arange(len(truth)), truth]
    for at in np.argsort(-margin)[: options.examples]:
        text = bench.documents[rows[at]].text[:SHOWN].replace("\n", " ")
        is_one, called = probes.labels[truth[at]], probes.labels[predicted[at]]
        print(f'- {is_one} ({names[is_one]}), called {called} ({names[called]}): "{text} ..."')


def by_label(
    labels: tuple[str, ...],
    names: dict[str, str],
    truth: NDArray[np.int64],
    predicted: NDArray[np.int64],
) -> None:
    """Print precision, recall and F1 of each label, and what it is taken for."""
    numbers = np.arange(len(labels))
    found = precision_recall_fscore_support(truth, predicted, labels=numbers, zero_division=0)
    confused = confusion_matrix(truth, predicted, labels=numbers)
    print("| label | texts | precision | recall | F1 | most often taken for |")
    print("|---|---|---|---|---|---|")
    for label, precision, recall, f1, count in zip(labels, *found, strict=True):
        number = labels.index(label)
        others = np.where(numbers == number, 0, confused[number])
        top = [other for other in np.argsort(-others, kind="stable")[:2] if others[other]]
        taken = ", ".join(f"{labels[other]} ({others[other]})" for other in top)
        figures = f"{precision:.0%} | {recall:.0%} | {f1:.0%}"
        print(f"| {label} {names[label]} | {count} | {figures} | {taken} |")


if __name__ == "__main__":
    main()
