from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ontograft.pipeline.label_prior import LabelNames, label_prior
from ontograft.pipeline.probe import class_shift, fit_probe
from ontograft.pipeline.probe_features import ProbeFeatures, unit_rows

LABELS = np.eye(3, 8, dtype=np.float32)


def near_the_names(count: int, noise: float, seed: int = 0) -> tuple[ProbeFeatures, np.ndarray]:
    """Return texts whose vectors lie around those of their labels' names."""
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 3, count)
    text = unit_rows((LABELS[y] + noise * generator.normal(size=(count, 8))).astype(np.float32))
    return ProbeFeatures(text), y


def test_names_alone_tell_the_labels() -> None:
    features, y = near_the_names(300, 0.2)
    prior = label_prior(features, LABELS)
    assert (prior.logits(features).argmax(axis=1) == y).mean() > 0.95


def test_each_label_is_standardised_and_so_is_the_whole() -> None:
    features, _ = near_the_names(300, 0.5)
    logits = label_prior(features, LABELS).logits(features)
    np.testing.assert_allclose(logits.mean(axis=0), 0, atol=1e-4)
    assert logits.std() == pytest.approx(1.0, abs=1e-5)


def test_concepts_speak_through_their_own_vectors() -> None:
    generator = np.random.default_rng(0)
    y = generator.integers(0, 3, 60)
    bags = csr_matrix(np.eye(3, dtype=np.float32)[y])
    features = ProbeFeatures(unit_rows(generator.normal(size=(60, 8)).astype(np.float32)), bags)
    names = LabelNames(LABELS, concept_vectors=LABELS)
    assert (names.prior(features).logits(features).argmax(axis=1) == y).mean() > 0.9
    assert names.prior(features.alone()).closure_weight is None


def test_concepts_that_labels_stand_for_speak_where_names_say_nothing() -> None:
    generator = np.random.default_rng(0)
    y = generator.integers(0, 3, 300)
    bags = csr_matrix(np.eye(3, dtype=np.float32)[y])
    text = unit_rows(generator.normal(size=(300, 8)).astype(np.float32))
    unlabelled = ProbeFeatures(text, bags)
    strange = unit_rows(generator.normal(size=(3, 8)).astype(np.float32))
    none = np.zeros(0, dtype=np.int64)
    right = {}
    for aligned in (None, np.eye(3)):
        names = LabelNames(strange, np.zeros((3, 8), dtype=np.float32), aligned)
        solution = fit_probe(
            unlabelled.take(none),
            none,
            task="single-label",
            seed=0,
            names=names,
            unlabelled=unlabelled,
        )
        right[aligned is not None] = (solution.logits(unlabelled).argmax(axis=1) == y).mean()
    assert right[True] > 0.9
    assert right[False] < 0.6
    assert names.without_knowledge() == LabelNames(strange)


def test_scaling_scales_the_logits() -> None:
    features, _ = near_the_names(50, 0.5)
    prior = label_prior(features, LABELS)
    np.testing.assert_allclose(
        prior.scaled(0.5).logits(features), prior.logits(features) / 2, rtol=1e-6
    )


def test_with_few_texts_names_help_the_probe() -> None:
    train, y = near_the_names(9, 0.7, seed=1)
    test, truth = near_the_names(400, 0.7, seed=2)
    accuracy = {}
    for names in (None, LabelNames(LABELS)):
        solution = fit_probe(train, y, task="single-label", seed=0, names=names)
        accuracy[names is not None] = (solution.logits(test).argmax(axis=1) == truth).mean()
    assert accuracy[True] > accuracy[False] + 0.05


def test_names_that_mislead_are_not_leant_on() -> None:
    train, y = near_the_names(30, 1.0)
    wrong = LabelNames(LABELS[[1, 2, 0]])
    assert fit_probe(train, y, task="single-label", seed=0, names=wrong).prior_share == 0
    right = LabelNames(LABELS)
    assert fit_probe(train, y, task="single-label", seed=0, names=right).prior_share > 0


def test_knowledge_that_only_confuses_is_left_out() -> None:
    train, y = near_the_names(60, 0.7)
    generator = np.random.default_rng(3)
    noise = csr_matrix((generator.random((60, 40)) < 0.1).astype(np.float32) * 5)
    features = ProbeFeatures(train.text, noise)
    solution = fit_probe(features, y, task="single-label", seed=0)
    assert not solution.knowledge
    assert solution.closure_weight is not None
    assert not solution.closure_weight.any()
    kept = fit_probe(features, y, task="single-label", seed=0, optional_knowledge=False)
    assert kept.knowledge
    assert kept.text_score is None


def test_unlabelled_texts_say_how_frequent_the_labels_are() -> None:
    train, y = near_the_names(60, 0.4)
    many, truth = near_the_names(900, 0.4, seed=4)
    rare = np.flatnonzero((truth != 0) | (np.arange(900) % 9 == 0))  # label 0 is rare now
    unlabelled = many.take(rare)
    solution = fit_probe(train, y, task="single-label", seed=0, unlabelled=unlabelled)
    assert solution.class_shift[0] < -0.3
    assert solution.class_shift[0] < solution.class_shift[1:].min()


def test_a_handful_of_unlabelled_texts_says_nothing() -> None:
    train, y = near_the_names(60, 0.4)
    few, _ = near_the_names(50, 0.4, seed=4)
    solution = fit_probe(train, y, task="single-label", seed=0)
    assert not class_shift(solution, y, few).any()


def test_without_labelled_texts_the_names_are_all_there_is() -> None:
    unlabelled, truth = near_the_names(300, 0.4)
    nothing = unlabelled.take(np.empty(0, dtype=np.int64))
    labels = np.empty(0, dtype=np.int64)
    names = LabelNames(LABELS)
    solution = fit_probe(
        nothing, labels, task="single-label", seed=0, names=names, unlabelled=unlabelled
    )
    assert (solution.logits(unlabelled).argmax(axis=1) == truth).mean() > 0.8
    with pytest.raises(ValueError, match="fit_probe needs names and unlabelled texts"):
        fit_probe(nothing, labels, task="single-label", seed=0, names=names)
