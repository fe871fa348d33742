"""What rare labels get back: on made logits whose lean is known, and through the probe and fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import f1_score

from ontograft.pipeline import Classifier, Project, fit, probe
from ontograft.pipeline.logit_fitting import logit_adjustment
from ontograft.pipeline.probe import fit_probe
from ontograft.pipeline.probe_features import ProbeFeatures, unit_rows
from ontograft.pipeline.probe_solving import ABSENT

Make = Callable[..., Project]
COUNTS = np.array([700, 200, 60, 40])
SHARES = COUNTS / COUNTS.sum()
LEAN = np.log(SHARES) - np.log(SHARES).mean()


def leaning(lean: float, count: int = 20_000) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the logits of Bayes plus ``lean`` times what is due to frequent labels; the truth."""
    generator = np.random.default_rng(0)
    truth = generator.choice(len(SHARES), count, p=SHARES)
    corners = 1.8 * np.eye(len(SHARES))
    points = corners[truth] + generator.normal(size=(count, len(SHARES)))
    logits = points @ corners.T - 0.5 * (corners**2).sum(axis=1) + np.log(SHARES)
    return logits + lean * LEAN, truth


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_a_lean_to_frequent_labels_is_taken_back_whatever_the_temperature(factor: float) -> None:
    logits, truth = leaning(0.4)
    found = logit_adjustment(factor * logits, truth, COUNTS)
    np.testing.assert_allclose(found, -0.4 * factor * LEAN, rtol=0.15)
    assert found.mean() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("lean", [0.0, -0.4])
def test_who_does_not_lean_to_frequent_labels_is_left_alone(lean: float) -> None:
    found = logit_adjustment(*leaning(lean), COUNTS)
    assert np.abs(found).max() < 0.1


def test_labels_that_are_as_frequent_as_each_other_stay_as_they_are() -> None:
    assert not logit_adjustment(*leaning(0.4), np.full(4, 250)).any()


def test_a_label_without_texts_or_that_its_fold_lacked_has_no_say() -> None:
    logits, truth = leaning(0.4)
    wider = np.column_stack([logits, np.full(len(logits), ABSENT)])
    strange = np.append(truth, [4, 4])  # of the fifth label, which no fold knew
    wider = np.vstack([wider, wider[:2]])
    found = logit_adjustment(wider, strange, np.append(COUNTS, 0))
    np.testing.assert_allclose(found, np.append(logit_adjustment(logits, truth, COUNTS), 0.0))
    nothing = logit_adjustment(wider[-2:], strange[-2:], np.append(COUNTS, 2))
    assert not nothing.any()


def cloud(count: int, seed: int) -> tuple[ProbeFeatures, np.ndarray[Any, Any]]:
    """Return texts around the corners of their labels, of which some are rare."""
    generator = np.random.default_rng(seed)
    y = generator.choice(len(SHARES), count, p=SHARES)
    y[: len(SHARES)] = np.arange(len(SHARES))
    corners = 2.6 * np.eye(len(SHARES), 96)
    points = corners[y] + generator.normal(size=(count, 96))
    return ProbeFeatures(unit_rows(points.astype(np.float32))), y


def test_a_probe_of_few_texts_finds_more_of_the_rare_labels() -> None:
    (train, y), (other, truth) = cloud(150, 0), cloud(4000, 1)
    solution = fit_probe(train, y, task="single-label", seed=0)
    assert (np.diff(solution.adjustment) > 0).all()  # the rarer, the more
    plain = solution.logits(other)
    before, after = (
        f1_score(truth, logits.argmax(axis=1), average="macro")
        for logits in (plain, plain + solution.shift)
    )
    assert after > before + 0.02
    # It is a matter of likelihood, so what the model says of other texts is likelier, too.
    chances = [
        softmax(logits / solution.temperature, axis=1)[np.arange(len(truth)), truth]
        for logits in (plain, plain + solution.shift)
    ]
    assert np.log(chances[1]).mean() > np.log(chances[0]).mean()


def test_where_hardly_a_text_is_wrong_there_is_little_to_take_back() -> None:
    logits, truth = leaning(0.0, count=200)
    sure = logits + 30 * np.eye(len(SHARES))[truth]  # every text is right, by far
    assert np.abs(logit_adjustment(sure, truth, COUNTS)).max() < 0.02


def test_where_labels_weigh_the_same_nothing_is_to_be_taken_back() -> None:
    train, y = cloud(150, 0)
    solution = fit_probe(train, y, task="single-label", seed=0, balanced=True)
    assert not solution.adjustment.any()


def test_frequencies_are_asked_of_a_model_that_no_longer_leans() -> None:
    (train, y), (other, _) = cloud(150, 0), cloud(2000, 1)
    solution = fit_probe(train, y, task="single-label", seed=0, unlabelled=other)
    chances = softmax(solution.logits(other) + solution.adjustment, axis=1).mean(axis=0)
    np.testing.assert_allclose(solution.class_shift, np.log(chances * 150 / np.bincount(y)))


@pytest.mark.parametrize("epochs", [0, 1])
def test_the_model_has_what_the_probe_found(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    biases = []
    for given in (np.zeros(2), np.array([0.7, -0.7])):
        monkeypatch.setattr(probe, "logit_adjustment", lambda *_, given=given: given)
        result = fit(make_project(training={"epochs": epochs}), output=tmp_path / str(given[0]))
        assert result.metrics["probe"]["adjustment"] == given.tolist()
        model = Classifier.load(result.folder).model
        biases.append(
            model.text_head.bias.detach().numpy() * result.metrics["calibration"]["temperature"]
        )
    np.testing.assert_allclose(biases[1] - biases[0], [0.7, -0.7], atol=1e-4)
