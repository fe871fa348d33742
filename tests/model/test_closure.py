"""The closure channel: the bag of a document's concepts and the head over it."""

import math

import pytest
import torch

from ontograft.model import closure_bag
from ontograft.model.closure import ClosureHead, drop_entries

WEIGHTS = torch.tensor([1.0, 0.7, 0.49, 2.0, 0.0])
DOCUMENTS = torch.tensor([0, 2, 0, 2, 0])


def plain_bag() -> list[float]:
    bag = []
    for weight, document in zip(WEIGHTS.tolist(), DOCUMENTS.tolist(), strict=True):
        mates = [
            w for w, d in zip(WEIGHTS.tolist(), DOCUMENTS.tolist(), strict=True) if d == document
        ]
        bag.append(math.log1p(weight) / math.sqrt(sum(math.log1p(mate) ** 2 for mate in mates)))
    return bag


def test_closure_bag_is_its_formula() -> None:
    result = closure_bag(WEIGHTS, DOCUMENTS, num_documents=3)
    assert result.tolist() == pytest.approx(plain_bag())


def test_closure_bag_has_length_one_for_each_document() -> None:
    squares = closure_bag(WEIGHTS, DOCUMENTS, num_documents=3).square()
    assert squares[DOCUMENTS == 0].sum() == pytest.approx(1.0)
    assert squares[DOCUMENTS == 2].sum() == pytest.approx(1.0)


def test_closure_bag_of_absent_entries_is_zero_not_nan() -> None:
    result = closure_bag(torch.zeros(2), torch.tensor([0, 0]), num_documents=1)
    assert result.tolist() == [0.0, 0.0]


def test_closure_head_sums_the_weights_of_the_concepts() -> None:
    head = ClosureHead(num_concepts=6, num_labels=2)
    with torch.no_grad():
        head.weight.copy_(torch.arange(12.0).view(6, 2))
    concepts = torch.tensor([5, 0, 3, 1, 2])
    result = head(WEIGHTS, DOCUMENTS, concepts, num_documents=3)
    expected = torch.zeros(3, 2)
    for weight, document, concept in zip(
        plain_bag(), DOCUMENTS.tolist(), concepts.tolist(), strict=True
    ):
        expected[document] += weight * head.weight[concept].detach()
    torch.testing.assert_close(result, expected)


def test_closure_head_starts_at_zero_and_takes_no_entries() -> None:
    head = ClosureHead(num_concepts=6, num_labels=2)
    none = torch.zeros(0, dtype=torch.long)
    result = head(torch.zeros(0), none, none, num_documents=3)
    assert torch.equal(result, torch.zeros(3, 2))
    result.sum().backward()
    assert head.weight.grad is not None
    assert torch.equal(head.weight.grad, torch.zeros(6, 2))


def test_the_order_of_the_entries_does_not_matter() -> None:
    head = ClosureHead(num_concepts=6, num_labels=2)
    torch.nn.init.normal_(head.weight)
    concepts, order = torch.tensor([5, 0, 3, 1, 2]), torch.tensor([4, 2, 0, 1, 3])
    straight = head(WEIGHTS, DOCUMENTS, concepts, num_documents=3)
    mixed = head(WEIGHTS[order], DOCUMENTS[order], concepts[order], num_documents=3)
    torch.testing.assert_close(straight, mixed)


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 1000, 1000), (0.3, 600, 800), (1.0, 0, 0)]
)
def test_drop_entries_hides_about_that_share(share: float, low: int, high: int) -> None:
    torch.manual_seed(0)
    kept = drop_entries(torch.full((1000,), 0.5), share=share)
    assert low <= int((kept == 0.5).sum()) <= high
    assert set(kept.tolist()) <= {0.0, 0.5}
