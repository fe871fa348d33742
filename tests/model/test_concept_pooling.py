"""Pooling of a document's concepts by attention from its text."""

import math

import pytest
import torch
from torch import Tensor

from ontograft.model import unit
from ontograft.model.concept_pooling import ConceptAttention, ConceptHead

ENTRY_DOCUMENT = torch.tensor([0, 2, 0, 2, 0])
ENTRY_WEIGHT = torch.tensor([1.0, 0.7, 0.49, 2.0, 0.0])


@pytest.fixture
def pool() -> ConceptAttention:
    torch.manual_seed(0)
    return ConceptAttention(text_width=4, concept_width=3, inner_width=5)


@pytest.fixture
def documents() -> Tensor:
    return torch.randn(3, 4, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def states() -> Tensor:
    return torch.randn(5, 3, generator=torch.Generator().manual_seed(2))


def test_attention_pooling_is_its_formula(
    pool: ConceptAttention, documents: Tensor, states: Tensor
) -> None:
    with torch.no_grad():
        pool.beta.fill_(1.7)
    pooled, attention = pool(documents, states, ENTRY_DOCUMENT, ENTRY_WEIGHT)
    for document in (0, 2):
        entries = [i for i in range(5) if ENTRY_DOCUMENT[i] == document and ENTRY_WEIGHT[i] > 0]
        query = pool.query.weight @ documents[document]
        powers = []
        for i in entries:
            match = (query @ (pool.key.weight @ states[i])).item() / math.sqrt(5)
            powers.append(math.exp(math.log(float(ENTRY_WEIGHT[i])) + 1.7 * match))
        shares = torch.tensor(powers) / sum(powers)
        torch.testing.assert_close(attention[entries], shares)
        total = sum(share * states[i] for share, i in zip(shares, entries, strict=True))
        torch.testing.assert_close(pooled[document], total / total.norm())


def test_it_starts_as_the_diffusion_of_the_states(
    pool: ConceptAttention, documents: Tensor, states: Tensor
) -> None:
    pooled, _ = pool(documents, states, ENTRY_DOCUMENT, ENTRY_WEIGHT)
    sums = torch.zeros(3, 3)
    for i in range(5):
        sums[ENTRY_DOCUMENT[i]] += ENTRY_WEIGHT[i] * states[i]
    torch.testing.assert_close(pooled, unit(sums))


def test_absent_entries_have_no_effect_even_with_nan(
    pool: ConceptAttention, documents: Tensor, states: Tensor
) -> None:
    with torch.no_grad():
        pool.beta.fill_(1.0)
    expected, _ = pool(documents, states[:4], ENTRY_DOCUMENT[:4], ENTRY_WEIGHT[:4])
    states[4] = math.nan
    pooled, attention = pool(documents, states, ENTRY_DOCUMENT, ENTRY_WEIGHT)
    assert torch.equal(pooled, expected)
    assert attention[4] == 0
    pooled.sum().backward()
    for parameter in pool.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


def test_a_document_without_entries_gets_zeros(
    pool: ConceptAttention, documents: Tensor, states: Tensor
) -> None:
    pooled, _ = pool(documents, states, ENTRY_DOCUMENT, ENTRY_WEIGHT)
    assert pooled[1].tolist() == [0.0, 0.0, 0.0]


def test_no_entries_at_all_work(pool: ConceptAttention, documents: Tensor) -> None:
    none = torch.zeros(0, dtype=torch.long)
    pooled, attention = pool(documents, torch.zeros(0, 3), none, torch.zeros(0))
    assert torch.equal(pooled, torch.zeros(3, 3))
    assert attention.shape == (0,)
    pooled.sum().backward()
    assert pool.beta.grad == 0


def test_the_order_of_the_entries_does_not_matter(
    pool: ConceptAttention, documents: Tensor, states: Tensor
) -> None:
    order = torch.tensor([3, 0, 4, 1, 2])
    straight, attention = pool(documents, states, ENTRY_DOCUMENT, ENTRY_WEIGHT)
    mixed, shuffled = pool(documents, states[order], ENTRY_DOCUMENT[order], ENTRY_WEIGHT[order])
    torch.testing.assert_close(straight, mixed)
    torch.testing.assert_close(attention[order], shuffled)


def test_the_head_starts_at_zero_without_a_bias() -> None:
    head = ConceptHead(concept_width=3, num_labels=2)
    assert torch.equal(head.weight, torch.zeros(2, 3))
    assert head.bias is None
