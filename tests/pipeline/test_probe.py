from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Link
from ontograft.pipeline.linear_solution import LinearSolution
from ontograft.pipeline.logit_fitting import temperature
from ontograft.pipeline.probe import fit_probe, worse
from ontograft.pipeline.probe_features import ProbeFeatures, probe_features, unit_rows
from ontograft.pipeline.probe_solving import ABSENT


def separable(count: int = 24, labels: int = 3) -> tuple[ProbeFeatures, NDArray[np.int64]]:
    """Return documents of which only the closure tells the label."""
    generator = np.random.default_rng(0)
    y = np.arange(count) % labels
    text = unit_rows(generator.normal(size=(count, 4)).astype(np.float32))
    closure = np.zeros((count, labels + 2), dtype=np.float32)
    closure[np.arange(count), y] = 1
    return ProbeFeatures(text, csr_matrix(closure), text[:, :2]), y


def logits_of(features: ProbeFeatures, solution: Any) -> NDArray[np.floating[Any]]:
    assert features.closure is not None
    assert features.graph is not None
    result: NDArray[np.floating[Any]] = (
        features.text @ solution.text_weight.T
        + features.closure @ solution.closure_weight
        + features.graph @ solution.graph_weight.T
        + solution.bias
    )
    return result


@pytest.mark.parametrize("labels", [2, 3])
@pytest.mark.parametrize("balanced", [False, True])
def test_the_blocks_together_tell_the_labels(labels: int, balanced: bool) -> None:
    features, y = separable(labels=labels)
    solution = fit_probe(features, y, task="single-label", seed=0, balanced=balanced)
    assert (logits_of(features, solution).argmax(axis=1) == y).all()
    assert solution.score == 1.0


def test_concepts_that_do_not_occur_have_no_weight() -> None:
    features, y = separable()
    solution = fit_probe(features, y, task="single-label", seed=0)
    assert solution.closure_weight is not None
    assert not solution.closure_weight[3:].any()


def test_the_strength_is_chosen_on_the_development_split() -> None:
    features, y = separable()
    solution = fit_probe(features, y, task="single-label", seed=0, dev=(features, y))
    assert solution.score == 1.0
    assert solution.strength == 10.0  # all are perfect: the usual one


@pytest.mark.parametrize("each", [1, 2, 3])
def test_so_few_texts_that_folds_are_hard_to_cut(each: int) -> None:
    features, y = separable(count=3 * each)
    solution = fit_probe(features, y, task="single-label", seed=0)
    assert np.isfinite(solution.text_weight).all()


def test_a_label_with_a_single_text_is_no_obstacle() -> None:
    features, y = separable()
    y = y.copy()
    y[0] = 3
    solution = fit_probe(features, y, task="single-label", seed=0)
    assert solution.bias.shape == (4,)
    assert np.isfinite(solution.bias).all()


def test_multi_label_solves_each_label_alone_even_a_constant_one() -> None:
    features, y = separable()
    truth = np.zeros((len(y), 4), dtype=np.float32)
    truth[np.arange(len(y)), y] = 1
    truth[:, 3] = 1
    solution = fit_probe(features, truth, task="multi-label", seed=0)
    assert ((logits_of(features, solution) > 0) == (truth > 0)).all()


def test_regression_follows_the_values() -> None:
    features, y = separable()
    solution = fit_probe(features, y.astype(float), task="regression", seed=0)
    assert np.abs(logits_of(features, solution)[:, 0] - y).max() < 0.2


def test_text_alone_needs_no_knowledge() -> None:
    features, y = separable()
    text = np.eye(3, dtype=np.float32)[y]
    solution = fit_probe(ProbeFeatures(text), y, task="single-label", seed=0)
    assert solution.closure_weight is None
    assert solution.graph_weight is None
    assert (text @ solution.text_weight.T + solution.bias).argmax(axis=1).tolist() == y.tolist()


@pytest.mark.parametrize(
    ("count", "told", "kept"), [(900, 0, True), (1000, 0, False), (1000, 50, True)]
)
def test_where_texts_are_many_knowledge_must_help(count: int, told: int, kept: bool) -> None:
    # The text tells the labels, but of some; of these knowledge does.
    features, y = separable(count)
    text = np.eye(3, dtype=np.float32)[y]
    text[:told] = 1 / np.sqrt(3)
    assert features.closure is not None
    closure = features.closure if told else csr_matrix(np.ones((count, 1), dtype=np.float32))
    solution = fit_probe(ProbeFeatures(text, closure), y, task="single-label", seed=0)
    assert solution.knowledge is kept


@pytest.fixture
def graph() -> KnowledgeGraph:
    concepts = [Concept("child"), Concept("parent"), Concept("stranger")]
    return KnowledgeGraph(concepts, [("child", BROADER, "parent")])


def test_features_by_hand(graph: KnowledgeGraph) -> None:
    vectors = np.array([[1, 0], [0, 1], [5, 5]], dtype=np.float32)
    found = probe_features(
        np.ones((2, 1), dtype=np.float32),
        graph=graph,
        links=[(Link(0, 1.0, 0, 1),), ()],
        vectors=vectors,
        channels=("closure", "graph"),
        decay=0.5,
    )
    assert found.closure is not None
    assert found.graph is not None
    damped = np.log1p([1.0, 0.5])
    expected = [[*(damped / np.linalg.norm(damped)), 0], [0, 0, 0]]
    np.testing.assert_allclose(found.closure.toarray(), expected, rtol=1e-6)
    direction = np.array([1.0, 0.5]) / np.linalg.norm([1.0, 0.5])
    np.testing.assert_allclose(found.graph, [direction, [0, 0]], rtol=1e-6)


def test_features_of_channels_that_are_off(graph: KnowledgeGraph) -> None:
    text = np.ones((1, 1), dtype=np.float32)
    found = probe_features(text, graph=graph, links=[()], channels=("tokens",))
    assert found == ProbeFeatures(text)


@pytest.mark.parametrize("factor", [0.1, 1.0, 5.0])
def test_the_temperature_undoes_a_scale_of_the_logits(factor: float) -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(4000, 3)) * 2
    likelihood = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    truth = (likelihood.cumsum(axis=1) < rng.random((4000, 1))).sum(axis=1)
    found = temperature(honest * factor, truth, task="single-label")
    assert found == pytest.approx(factor, rel=0.1)


def test_the_temperature_of_several_labels_and_of_regression() -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(4000, 2)) * 2
    truth = (rng.random((4000, 2)) < 1 / (1 + np.exp(-honest))).astype(float)
    assert temperature(honest * 4, truth, task="multi-label") == pytest.approx(4, rel=0.1)
    assert temperature(honest, honest[:, 0], task="regression") == 1.0


def test_a_label_that_the_folds_never_saw_does_not_spoil_the_temperature() -> None:
    logits = np.array([[2.0, 0.0, ABSENT], [0.0, 2.0, ABSENT], [2.0, 0.0, ABSENT]])
    truth = np.array([0, 1, 2])
    assert temperature(logits, truth, task="single-label") < 1
    assert temperature(logits[2:], truth[2:], task="single-label") == 1.0


def test_the_probe_is_as_sure_as_it_is_right() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(4, 8))
    labels = np.arange(400) % 4
    text = unit_rows((centres[labels] + 1.5 * rng.normal(size=(400, 8))).astype(np.float32))
    solution = fit_probe(ProbeFeatures(text[:200]), labels[:200], task="single-label", seed=0)
    logits = solution.logits(ProbeFeatures(text[200:])) / solution.temperature
    sure = np.exp(logits - logits.max(axis=1, keepdims=True))
    sure /= sure.sum(axis=1, keepdims=True)
    right = logits.argmax(axis=1) == labels[200:]
    assert sure.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.1)


def test_another_strength_is_chosen_only_where_it_is_clearly_better() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(400) % 2
    signs = np.where(y == 1, 1.0, -1.0)
    many = rng.normal(size=(400, 60))
    # One loud column that says nothing reliable, one faint one that tells the labels apart.
    faint = np.hstack([0.02 * signs[:, None], many]).astype(np.float32)
    clear = fit_probe(ProbeFeatures(faint), y, task="single-label", seed=0)
    assert clear.strength == 100.0
    noise = fit_probe(ProbeFeatures(many.astype(np.float32)), y, task="single-label", seed=0)
    assert noise.strength == 10.0


@pytest.mark.parametrize(
    ("right", "other_right", "expected"),
    [
        (90, 90, False),
        (90, 80, False),
        (85, 87, False),  # within a standard error
        (70, 90, True),
    ],
)
def test_worse_is_what_chance_does_not_explain(
    right: int, other_right: int, expected: bool
) -> None:
    features, y = separable()
    solution = fit_probe(features, y, task="single-label", seed=0)
    truth = np.zeros(100, dtype=np.int64)

    def with_right(found: NDArray[np.bool_]) -> LinearSolution:
        logits = np.stack([found, ~found], axis=1).astype(float)
        return replace(solution, held_out=(logits, truth), score=float(found.mean()))

    rows = np.arange(100)
    one, other = with_right(rows < right), with_right(rows >= 100 - other_right)
    assert worse(one, other, task="single-label") is expected
    assert worse(one, other, task="regression") is (right < other_right)


def test_the_choices_of_another_solution_can_be_taken() -> None:
    features, y = separable()
    chosen = fit_probe(features, y, task="single-label", seed=0)
    like = replace(chosen, strength=3.0)
    taken = fit_probe(features, y, task="single-label", seed=0, like=like)
    assert taken.strength == 3.0
    assert taken.text_score is None  # nor is it asked whether knowledge helps
    assert taken.knowledge
