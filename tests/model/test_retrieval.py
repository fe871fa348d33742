"""Retrieved concepts: the formula, their ancestors, and what they do to the closure channel."""

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import BertConfig

from ontograft.errors import SettingsError
from ontograft.model import Entries, OntograftConfig, nearest_concepts, unit
from ontograft.model.retrieval import Retrieval

TINY: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 4,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 8,
}
# Concept 0 is the root, 1 and 2 are its children, 3 is a child of 2.
POINTER = torch.tensor([0, 1, 3, 5, 8])
ANCESTOR = torch.tensor([0, 1, 0, 2, 0, 3, 2, 0])
SHARE = torch.tensor([1.0, 1.0, 0.5, 1.0, 0.5, 1.0, 0.5, 0.25])


def retrieval(count: int = 2, weight: float = 0.5) -> Retrieval:
    config = OntograftConfig(
        encoder=BertConfig(**TINY),
        channels=["closure"],
        num_labels=2,
        num_concepts=4,
        retrieved_concepts=count,
        retrieval_weight=weight,
    )
    module = Retrieval(config)
    module.set_closure(POINTER, ANCESTOR, SHARE)
    return module


def as_dict(entries: Entries) -> dict[tuple[int, int], float]:
    result: dict[tuple[int, int], float] = {}
    rows = zip(
        entries.document.tolist(), entries.concept.tolist(), entries.weight.tolist(), strict=True
    )
    for document, concept, weight in rows:
        key = (document, concept)
        result[key] = result.get(key, 0.0) + weight
    return {key: weight for key, weight in result.items() if weight > 0}


def test_the_nearest_weighs_one_and_the_last_nothing() -> None:
    vectors = unit(torch.tensor([[1.0, 0, 0, 0], [1.0, 1, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0]]))
    documents = torch.tensor([[1.0, 0, 0, 0]])
    concept, weight = nearest_concepts(documents, vectors, count=3)
    assert concept[0, :2].tolist() == [0, 1]
    # Cosines 1, sqrt(1/2) and 0.
    torch.testing.assert_close(weight, torch.tensor([[1.0, 2**-0.5, 0.0]]))


@pytest.mark.parametrize("count", [1, 4, 9])
def test_more_than_there_are_and_only_one_are_allowed(count: int) -> None:
    concept, weight = nearest_concepts(torch.eye(4)[:1], torch.eye(4), count=count)
    assert concept.shape == weight.shape == (1, min(count, 4))
    assert bool(weight.isfinite().all())


def test_each_retrieved_concept_brings_its_ancestors() -> None:
    # The nearest to the document is 3, then 1, the yardstick.
    vectors = unit(torch.tensor([[0, 0, 0, 1.0], [0, 1.0, 0, 1], [0, 0, 1.0, 0], [1.0, 0, 0, 0]]))
    documents = unit(torch.tensor([[1.0, 0.5, 0, 0], [1.0, 0.5, 0, 0]]))
    found = as_dict(retrieval()(documents, vectors))
    expected = {3: 0.5, 2: 0.25, 0: 0.125}
    assert found == {(d, c): pytest.approx(w) for d in (0, 1) for c, w in expected.items()}


def test_entries_of_the_same_concept_are_added_up() -> None:
    linked = Entries(torch.tensor([0, 1]), torch.tensor([3, 2]), torch.tensor([1.0, 1.0]))
    found = Entries(torch.tensor([1, 0]), torch.tensor([2, 1]), torch.tensor([0.5, 0.25]))
    merged = linked.merged(found, num_concepts=4)
    assert as_dict(merged) == {(0, 3): 1.0, (0, 1): 0.25, (1, 2): 1.5}
    assert len(merged.weight) == 3


def test_the_company_changes_nothing() -> None:
    torch.manual_seed(0)
    vectors, documents = unit(torch.randn(4, 4)), unit(torch.randn(5, 4))
    together = as_dict(retrieval(3)(documents, vectors))
    for number in range(5):
        alone = as_dict(retrieval(3)(documents[number : number + 1], vectors))
        assert {(number, c): pytest.approx(w) for (_, c), w in alone.items()} == {
            key: weight for key, weight in together.items() if key[0] == number
        }


def test_no_gradient_passes() -> None:
    documents: Tensor = unit(torch.randn(2, 4)).requires_grad_()
    assert not retrieval()(documents, unit(torch.randn(4, 4))).weight.requires_grad


def test_a_closure_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pointer of shape \(5,\)"):
        retrieval().set_closure(POINTER[:-1], ANCESTOR, SHARE)


def test_retrieval_without_the_closure_channel_is_refused() -> None:
    with pytest.raises(SettingsError, match="feeds the channel closure, which is off"):
        OntograftConfig(encoder=BertConfig(**TINY), channels=[], retrieved_concepts=3)
