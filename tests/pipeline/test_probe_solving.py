from __future__ import annotations

import numpy as np
import pytest

from ontograft.pipeline.probe_solving import cut_folds


@pytest.mark.parametrize(
    ("count", "labels", "folds"), [(999, 2, 5), (1000, 2, 1), (1000, 20, 5), (1200, 20, 1)]
)
def test_one_fold_is_enough_where_texts_are_many(count: int, labels: int, folds: int) -> None:
    truth = np.arange(count) % labels
    cut = list(cut_folds(truth, task="single-label", seed=0))
    assert len(cut) == folds
    for fit, check in cut:
        assert len(check) == pytest.approx(count / 5, abs=1)
        assert set(fit) | set(check) == set(range(count))
        assert set(truth[check]) == set(range(labels))


@pytest.mark.parametrize(("num_labels", "folds"), [(16, 1), (17, 5)])
def test_of_several_labels_each_wants_texts(num_labels: int, folds: int) -> None:
    truth = np.zeros((1000, num_labels))
    assert len(list(cut_folds(truth, task="multi-label", seed=0))) == folds


def test_a_number_to_predict_is_no_label() -> None:
    truth = np.linspace(0, 1, 1000)
    assert len(list(cut_folds(truth, task="regression", seed=0))) == 1
