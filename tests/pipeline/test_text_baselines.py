"""The baselines that see nothing but the texts: what TF-IDF and the recurrent network learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ontograft.pipeline import bilstm
from ontograft.pipeline.bilstm import BiLstm, fit_bilstm, passes
from ontograft.pipeline.tfidf_svm import fit_tfidf_svm

from .conftest import rows

Array = NDArray[np.floating[Any]]
TRAIN, TEST = rows()[:24], rows()[24:]


def texts_of(part: Sequence[dict[str, str]]) -> list[str]:
    return [row["text"] for row in part]


def targets_for(part: Sequence[dict[str, str]], task: str) -> Array:
    """Return the targets of rows: the label, it and one that all have, or a value."""
    sweet = np.array([row["label"] == "sweet" for row in part])
    if task == "single-label":
        return sweet.astype(np.float64)
    if task == "multi-label":
        return np.stack([sweet, ~sweet, np.ones(len(part))], axis=1).astype(np.float64)
    return np.where(sweet, 1000.0, 200.0)


WIDTHS = {"single-label": 2, "multi-label": 3, "regression": 1}


def right(logits: Array, truth: Array, task: str) -> bool:
    if task == "single-label":
        return bool((logits.argmax(axis=1) == truth).mean() >= 0.8)
    if task == "multi-label":
        return bool(((logits > 0) == truth).mean() >= 0.8)
    return bool(np.abs(logits[:, 0] - truth).mean() < 250)


@pytest.mark.parametrize("with_dev", [False, True])
@pytest.mark.parametrize("task", list(WIDTHS))
@pytest.mark.parametrize("fitted", [fit_tfidf_svm, fit_bilstm])
def test_the_text_only_ones_learn_every_task(
    fitted: Callable[..., Any], task: str, with_dev: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bilstm, "EPOCHS", (25, 25))
    dev = (texts_of(TEST), targets_for(TEST, task)) if with_dev else None
    solution = fitted(
        texts_of(TRAIN),
        targets_for(TRAIN, task),
        num_labels=WIDTHS[task],
        task=task,
        seed=0,
        dev=dev,
    )
    assert right(solution.logits(texts_of(TEST)), targets_for(TEST, task), task)
    logits, truth = solution.held_out
    assert logits.shape == (len(truth), WIDTHS[task])
    assert solution.logits([]).shape == (0, WIDTHS[task])


@pytest.mark.usefixtures("short_bilstm")
def test_the_network_is_that_of_its_seed_and_leaves_the_generators_alone() -> None:
    def logits(seed: int) -> Array:
        torch.rand(seed + 1)  # whatever was drawn before
        state = torch.get_rng_state()
        solution = fit_bilstm(
            texts_of(TRAIN),
            targets_for(TRAIN, "single-label"),
            num_labels=2,
            task="single-label",
            seed=seed,
        )
        assert torch.equal(state, torch.get_rng_state())
        result: Array = solution.logits(texts_of(TEST))
        return result

    first = logits(0)
    np.testing.assert_array_equal(first, logits(0))
    assert not np.allclose(first, logits(1))


def test_padding_does_not_change_what_the_network_says() -> None:
    model = BiLstm(9, 2)
    model.train(False)
    together = model(torch.tensor([[3, 4, 0, 0], [5, 6, 7, 8]]), torch.tensor([2, 4]))
    alone = model(torch.tensor([[3, 4]]), torch.tensor([2]))
    torch.testing.assert_close(together[:1], alone)


def test_the_network_reads_each_text_from_both_ends() -> None:
    model = BiLstm(9, 2)
    model.train(False)
    words = torch.tensor([[3, 4, 5]])
    x = model.vectors(words)
    states = [model.onwards(x)[0].amax(dim=1), model.backwards(x.flip(1))[0].amax(dim=1)]
    expected = model.head(torch.cat(states, dim=-1))
    torch.testing.assert_close(model(torch.tensor([[3, 4, 5, 0]]), torch.tensor([3])), expected)


def test_passes_are_fewer_where_texts_are_many() -> None:
    assert [passes(number) for number in (10, 4_000, 10**6)] == [60, 10, 3]


def test_a_label_that_training_texts_lack_is_never_predicted() -> None:
    solution = fit_tfidf_svm(
        texts_of(TRAIN),
        targets_for(TRAIN, "single-label"),
        num_labels=3,
        task="single-label",
        seed=0,
    )
    assert (solution.logits([*texts_of(TEST), ""]).argmax(axis=1) < 2).all()
