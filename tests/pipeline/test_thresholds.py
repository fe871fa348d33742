from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import f1_score

from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.thresholds import best_threshold, choose_thresholds, with_thresholds


def test_the_threshold_lies_between_two_probabilities() -> None:
    assert best_threshold(np.array([0.1, 0.4, 0.2]), np.array([0, 1, 0])) == pytest.approx(0.3)


def test_one_half_is_kept_where_no_other_is_better() -> None:
    assert best_threshold(np.array([0.9, 0.3, 0.2]), np.array([1, 0, 0])) == 0.5


def test_of_equally_good_thresholds_the_nearest_to_one_half_is_chosen() -> None:
    # One hit of one predicted, or two of four: F1 is 2/3 either way.
    values, truth = np.array([0.9, 0.6, 0.55, 0.4, 0.1]), np.array([1, 0, 0, 1, 0])
    assert f1_score(truth, values >= 0.75) == pytest.approx(f1_score(truth, values >= 0.25))
    assert best_threshold(values, truth) == pytest.approx(0.75)


@pytest.mark.parametrize("values", [[0.9, 0.1], [0.0, 0.0]])
def test_where_nothing_is_true_the_threshold_is_one_half(values: list[float]) -> None:
    assert best_threshold(np.array(values), np.array([0, 0])) == 0.5


def test_probabilities_of_nothing_but_zero_leave_one_half() -> None:
    assert best_threshold(np.zeros(3), np.array([1, 0, 1])) == 0.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 20).map(lambda one: one / 20), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_no_other_threshold_has_a_better_f1(texts: list[tuple[float, bool]]) -> None:
    values, truth = np.array([value for value, _ in texts]), np.array([known for _, known in texts])
    chosen = best_threshold(values, truth.astype(int))
    found = f1_score(truth, values >= chosen, zero_division=0.0)
    others = [f1_score(truth, values >= one / 40, zero_division=0.0) for one in range(42)]
    assert found == pytest.approx(max(others))


def test_a_label_with_few_texts_shares_the_threshold() -> None:
    generator = np.random.default_rng(0)
    truth = np.zeros((200, 3), dtype=int)
    truth[:60, 0], truth[60:90, 1], truth[90:93, 2] = 1, 1, 1
    values = expit(4 * truth - 3 + generator.normal(size=truth.shape))
    first, second, rare = choose_thresholds(values, truth, enough=20)
    assert first == best_threshold(values[:, 0], truth[:, 0])
    assert second == best_threshold(values[:, 1], truth[:, 1])
    assert rare == best_threshold(values.ravel(), truth.ravel())
    assert rare != best_threshold(values[:, 2], truth[:, 2])


def unbalanced(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that are right about how probable rare labels are, and what is true."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(-2.5, 1.2, size=(3000, 4))
    return logits, (generator.random(logits.shape) < expit(logits)).astype(int)


@pytest.mark.parametrize("seed", range(3))
def test_chosen_thresholds_help_on_other_texts_with_unbalanced_labels(seed: int) -> None:
    logits, truth = unbalanced(seed)
    plain = LabelSet("multi-label", ("a", "b", "c", "d"))
    tuned = with_thresholds(plain, logits[:1500], truth[:1500])
    before, after = (
        f1_score(truth[1500:], labels.predicted(expit(logits[1500:])), average="macro")
        for labels in (plain, tuned)
    )
    assert max(tuned.thresholds) < 0.4
    assert after > before + 0.1


def test_thresholds_are_those_of_probabilities_that_implied_labels_raise() -> None:
    logits, truth = unbalanced(0)
    truth[:, 0] |= truth[:, 1]
    nested = LabelSet("multi-label", ("a", "b", "c", "d"), (), ((), (0,), (), ()))
    raised = expit(np.maximum(logits[:, 0], logits[:, 1]))
    tuned = with_thresholds(nested, logits, truth)
    assert tuned.thresholds[0] == best_threshold(raised, truth[:, 0])
    assert tuned.ancestors == nested.ancestors


@pytest.mark.parametrize("task", ["single-label", "regression"])
def test_other_tasks_have_no_thresholds(task: str) -> None:
    labels = LabelSet(task, ("a",))
    assert with_thresholds(labels, np.ones((3, 1)), np.array([0, 0, 0])) is labels
