"""Sums, means and softmaxes over the parts of a document."""

import math

import pytest
import torch

from ontograft.model import mean_pool, pool_in_parts, segment_softmax, segment_sum, unit
from ontograft.model.pooling import numbered


def test_segment_sum_adds_the_rows_of_each_segment_in_any_order() -> None:
    values = torch.tensor([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
    result = segment_sum(values, torch.tensor([2, 0, 2]), num_segments=3)
    assert result.tolist() == [[10.0, 20.0], [0.0, 0.0], [101.0, 202.0]]


def test_segment_sum_of_no_rows_is_zero() -> None:
    result = segment_sum(torch.zeros(0, 4), torch.zeros(0, dtype=torch.long), num_segments=2)
    assert torch.equal(result, torch.zeros(2, 4))


def test_segment_softmax_is_a_softmax_within_each_segment() -> None:
    scores, segment = torch.tensor([1.0, 5.0, 2.0, 7.0, 3.0]), torch.tensor([0, 2, 0, 2, 0])
    present = torch.tensor([True, True, True, True, False])
    result = segment_softmax(scores, segment, num_segments=3, present=present)
    for rows in ([0, 2], [1, 3]):
        powers = [math.exp(float(scores[row])) for row in rows]
        expected = torch.tensor([power / sum(powers) for power in powers])
        torch.testing.assert_close(result[rows], expected)
    assert result[4] == 0


def test_segment_softmax_survives_large_scores_and_segments_with_nothing_present() -> None:
    scores = torch.tensor([1e30, -1e30, math.nan, 3.0], requires_grad=True)
    present = torch.tensor([True, True, False, False])
    result = segment_softmax(scores, torch.tensor([0, 0, 0, 1]), num_segments=2, present=present)
    assert result.tolist() == [1.0, 0.0, 0.0, 0.0]
    result[0].backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_mean_pool_is_the_plain_mean_over_all_windows_of_a_document() -> None:
    hidden = torch.arange(24.0).view(3, 4, 2)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]])
    result = mean_pool(hidden, mask, torch.tensor([1, 0, 1]), 2)
    expected = torch.stack([hidden[1, :2].mean(0), torch.cat((hidden[0], hidden[2, :1])).mean(0)])
    torch.testing.assert_close(result, expected)


def test_two_windows_count_by_their_tokens() -> None:
    hidden = torch.tensor([[[1.0], [1.0], [1.0]], [[5.0], [0.0], [0.0]]])
    mask = torch.tensor([[1, 1, 1], [1, 0, 0]])
    assert mean_pool(hidden, mask, torch.tensor([0, 0]), 1).item() == pytest.approx(2.0)


def test_mean_pool_ignores_nan_in_padding_forward_and_backward() -> None:
    hidden = torch.tensor([[[1.0], [3.0], [math.nan]]], requires_grad=True)
    result = mean_pool(hidden, torch.tensor([[1, 1, 0]]), torch.tensor([0]), 1)
    assert result.item() == 2.0
    result.sum().backward()  # type: ignore[no-untyped-call]
    assert hidden.grad is not None
    assert hidden.grad.flatten().tolist() == [0.5, 0.5, 0.0]


def test_a_document_without_windows_gets_zeros() -> None:
    result = mean_pool(torch.ones(1, 2, 3), torch.ones(1, 2), torch.tensor([0]), 2)
    assert result[1].tolist() == [0.0, 0.0, 0.0]


def test_mean_pool_gives_float32() -> None:
    hidden = torch.ones(1, 2, 3, dtype=torch.bfloat16)
    assert mean_pool(hidden, torch.ones(1, 2), torch.tensor([0]), 1).dtype == torch.float32


def test_unit_has_length_one_and_leaves_zero_alone() -> None:
    result = unit(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    torch.testing.assert_close(result, torch.tensor([[0.6, 0.8], [0.0, 0.0]]))


def test_numbered_gives_places_among_the_distinct_values() -> None:
    distinct, places = numbered(torch.tensor([7, 3, 7]))
    assert distinct.tolist() == [3, 7]
    assert places.tolist() == [1, 0, 1]


def test_pooled_in_parts_is_pooled_at_once() -> None:
    generator = torch.Generator().manual_seed(3)
    hidden = torch.randn((7, 4, 3), generator=generator)
    mask = (torch.rand((7, 4), generator=generator) < 0.7).long()
    owner = torch.tensor([1, 0, 1, 3, 3, 3, 1])
    expected = mean_pool(hidden, mask, owner, 4)
    for max_tokens, calls in ((1, 7), (8, 4), (12, 3), (100, 1)):
        seen: list[slice] = []

        def encode(part: slice, seen: list[slice] = seen) -> torch.Tensor:
            seen.append(part)
            return hidden[part]

        result = pool_in_parts(encode, mask, owner, 4, max_tokens=max_tokens)
        torch.testing.assert_close(result, expected)
        assert len(seen) == calls
    assert torch.equal(result, expected)  # in one part, to the last bit
