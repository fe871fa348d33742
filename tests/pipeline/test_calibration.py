"""The temperature without a development split, on made logits whose right answer is known."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from ontograft.pipeline import Project, fit
from ontograft.pipeline.calibration import (
    COMPARED,
    compared_documents,
    matching_temperature,
    mean_confidence,
    probe_temperature,
)
from ontograft.pipeline.evaluation import calibration_error
from ontograft.pipeline.logit_fitting import LOG_TEMPERATURES, temperature
from ontograft.pipeline.probe_solving import ABSENT

from .conftest import rows

Make = Callable[..., Project]
LABELS = 4


def world(
    count: int, seed: int, shares: list[float] | None = None
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return logits that are exactly as sure as they are right, and the truth.

    The classes are clouds of width 1 around corners; the logits are those of Bayes for classes that
    are all as frequent.
    """
    generator = np.random.default_rng(seed)
    truth = generator.choice(LABELS, count, p=shares)
    corners = 1.4 * np.eye(LABELS)
    points = corners[truth] + generator.normal(size=(count, LABELS))
    return points @ corners.T - 0.5 * (corners**2).sum(axis=1), truth


def error(logits: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    chances = softmax(logits, axis=1)
    return calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth)


def solution(**changes: Any) -> Any:
    """Return what of a linear solution is looked at."""
    given = {"temperature": 1.0, "class_shift": np.zeros(LABELS), "held_out": None}
    return SimpleNamespace(**given | changes)


def test_a_model_that_grew_too_sure_is_brought_back_to_the_confidence_of_the_probe() -> None:
    probe, truth = world(4000, seed=0)
    assert error(probe, truth) < 0.03
    # The fine-tuned model errs elsewhere, but as often; and its logits grew to the threefold.
    tuned, other_truth = world(4000, seed=1)
    tuned = tuned * 3.0
    assert error(tuned, other_truth) > 0.1
    found = matching_temperature(
        tuned, mean_confidence(probe, task="single-label"), task="single-label"
    )
    assert found == pytest.approx(3.0, rel=0.1)
    assert error(tuned / found, other_truth) < 0.03


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
@pytest.mark.parametrize("factor", [0.5, 1.0, 4.0])
def test_the_factor_that_logits_were_multiplied_by_is_found(task: str, factor: float) -> None:
    logits, _ = world(500, seed=2)
    confidence = mean_confidence(logits, task=task)
    found = matching_temperature(logits * factor, confidence, task=task)
    assert found == pytest.approx(factor, rel=1e-3)


def test_a_confidence_that_is_out_of_reach_gives_the_nearest() -> None:
    logits, _ = world(100, seed=3)
    least, most = np.exp(LOG_TEMPERATURES)
    assert matching_temperature(logits, 1.0, task="single-label") == pytest.approx(least)
    assert matching_temperature(logits, 0.0, task="single-label") == pytest.approx(most)


def test_the_mean_confidence_by_hand() -> None:
    logits = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]))
    assert mean_confidence(logits, task="single-label") == pytest.approx(0.65)
    odds = np.array([[0.9, 0.2], [0.5, 0.6]])
    found = mean_confidence(np.log(odds / (1 - odds)), task="multi-label")
    assert found == pytest.approx((0.9 + 0.8 + 0.5 + 0.6) / 4)


def test_a_probe_of_texts_as_frequent_as_they_were_labelled_keeps_its_temperature() -> None:
    held_out = world(50, seed=4)
    assert (
        probe_temperature(solution(temperature=0.6, held_out=held_out), task="single-label") == 0.6
    )
    assert probe_temperature(solution(temperature=0.6), task="single-label") == 0.6


def test_held_out_texts_count_as_often_as_their_labels_occur() -> None:
    # Labelled label by label; but the first label is by far the most frequent among all texts.
    shares = [0.85, 0.05, 0.05, 0.05]
    shift = np.log(np.array(shares) * LABELS)
    logits, truth = world(8000, seed=5)
    # A probe that is far too sure of the first label only, where it knows least.
    logits[:, 0] *= 2.5
    found = probe_temperature(
        solution(
            temperature=temperature(logits, truth, task="single-label"),
            class_shift=shift,
            held_out=(logits, truth),
        ),
        task="single-label",
    )
    met, met_truth = world(8000, seed=6, shares=shares)
    met[:, 0] *= 2.5
    best = temperature(met + shift, met_truth, task="single-label")
    assert found == pytest.approx(best, rel=0.05)
    unweighted = temperature(logits, truth, task="single-label")
    assert abs(found - best) < 0.3 * abs(unweighted - best)


def test_a_text_of_weight_three_counts_as_three_texts() -> None:
    logits, truth = world(40, seed=7)
    truth = np.roll(truth, 5)  # so that it is wrong now and then
    weight = np.tile([1.0, 3.0], 20)
    rows = np.repeat(np.arange(40), weight.astype(int))
    expected = temperature(logits[rows], truth[rows], task="single-label")
    found = temperature(logits, truth, task="single-label", weight=weight)
    assert found == pytest.approx(expected)
    assert found != pytest.approx(temperature(logits, truth, task="single-label"))
    several = np.eye(LABELS)[truth]
    expected = temperature(logits[rows], several[rows], task="multi-label")
    assert temperature(logits, several, task="multi-label", weight=weight) == pytest.approx(
        expected
    )


def test_a_label_that_its_fold_lacked_has_no_say() -> None:
    """Its logit is ``ABSENT`` and what names and frequencies add, which once let it through."""
    logits, truth = world(200, seed=8)
    shift = np.array([0.5, 0.0, 0.0, -0.5])
    absent = logits.copy()
    absent[truth == 0, 0] = ABSENT + 1.0
    known = truth != 0
    expected = temperature(
        logits[known] + shift, truth[known], task="single-label", weight=np.exp(shift)[truth[known]]
    )
    found = probe_temperature(
        solution(class_shift=shift, held_out=(absent, truth)), task="single-label"
    )
    assert found == pytest.approx(expected)


def test_unlabelled_texts_are_compared_where_there_are_enough_evenly_spaced() -> None:
    train: list[Any] = list(range(30))
    few: Any = SimpleNamespace(unlabelled=list(range(20)), train=train)
    documents: Any
    documents, words = compared_documents(few)
    assert words == "the training texts"
    assert list(documents) == train
    many: Any = SimpleNamespace(unlabelled=list(range(1000)), train=train)
    documents, words = compared_documents(many)
    assert words == "the unlabelled texts"
    assert list(documents) == list(range(0, 1000, 3))
    assert len(documents) <= COMPARED


def test_after_fine_tuning_the_model_is_as_sure_as_the_calibrated_probe(make_project: Make) -> None:
    result = fit(make_project(training={"epochs": 6, "learning_rate": 5e-3, "frozen_layers": 0}))
    found = result.metrics["calibration"]
    assert found["from"] == (
        "the confidence of the cross-validated linear probe in the training texts"
    )
    probe = result.metrics["probe"]
    assert found["temperature"] > probe["temperature"]  # it learnt the texts by heart
    classifier = result.classifier()
    texts = [row["text"] for row in rows()[:24]]
    sure = np.mean([max(p.probabilities.values()) for p in classifier(texts)])
    assert sure == pytest.approx(probe["confidence"], abs=0.01)
