from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

from ontograft.pipeline import logistic
from ontograft.pipeline.logistic import fit_logistic


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(60, 6)).astype(np.float32)
    return x, generator.integers(0, 3, 60)


@pytest.mark.parametrize("strength", [0.3, 10.0])
def test_without_offset_it_is_that_of_scikit_learn(
    drawn: tuple[np.ndarray, np.ndarray], strength: float
) -> None:
    x, y = drawn
    peer = LogisticRegression(C=strength, tol=1e-8, max_iter=2000).fit(x, y)
    weight, bias = fit_logistic(
        x, (y[:, None] == np.arange(3)).astype(float), strength=strength, exclusive=True
    )
    np.testing.assert_allclose(weight.T, peer.coef_, atol=2e-3)
    np.testing.assert_allclose(
        bias - bias.mean(), peer.intercept_ - peer.intercept_.mean(), atol=2e-3
    )


def test_one_of_two_is_that_of_scikit_learn(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = drawn
    counts = np.where(y == 0, 2.0, 1.0)
    peer = LogisticRegression(C=2.0, tol=1e-8).fit(x, y == 0, sample_weight=counts)
    weight, bias = fit_logistic(
        x, (y == 0).astype(float)[:, None], strength=2.0, exclusive=False, weight=counts
    )
    np.testing.assert_allclose(weight[:, 0], peer.coef_[0], atol=2e-3)
    np.testing.assert_allclose(bias, peer.intercept_, atol=2e-3)


def test_a_perfect_offset_leaves_nothing_to_learn(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = drawn
    offset = np.where(y[:, None] == np.arange(3), 20.0, -20.0)
    weight, bias = fit_logistic(
        x, (y[:, None] == np.arange(3)).astype(float), strength=10.0, exclusive=True, offset=offset
    )
    assert np.abs(weight).max() < 1e-3
    assert np.abs(bias).max() < 1e-3


def test_unsure_targets_are_met(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    x, _ = drawn
    wanted = np.tile([0.7, 0.2, 0.1], (len(x), 1))
    weight, bias = fit_logistic(x, wanted, strength=1.0, exclusive=True)
    assert np.abs(weight).max() < 1e-2
    np.testing.assert_allclose(np.exp(log_softmax(bias)), [0.7, 0.2, 0.1], atol=1e-3)


def test_a_document_of_weight_two_counts_as_two(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = drawn
    targets = (y[:, None] == np.arange(3)).astype(float)
    weight = np.where(np.arange(60) < 20, 2.0, 1.0)
    once, _ = fit_logistic(x, targets, strength=1.0, exclusive=True, weight=weight)
    twice, _ = fit_logistic(
        np.concatenate([x, x[:20]]),
        np.concatenate([targets, targets[:20]]),
        strength=1.0,
        exclusive=True,
    )
    np.testing.assert_allclose(once, twice, atol=1e-3)


@pytest.mark.parametrize("worth", [1, 10**9])
def test_small_fits_have_one_thread(
    drawn: tuple[np.ndarray, np.ndarray], worth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = drawn
    seen: list[int] = []

    def threads() -> int:
        blas = [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]
        return int(max(blas))

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(threads())
        return minimize(*args, **kwargs)

    monkeypatch.setattr("ontograft.pipeline.logistic.minimize", watched)
    monkeypatch.setattr(logistic, "WORTH_THREADS", worth)
    with threadpool_limits(limits=2, user_api="blas"):
        fit_logistic(x, (y[:, None] == 0).astype(float), strength=1.0, exclusive=False)
        after = threads()
    assert seen == [after if worth == 1 else 1]
