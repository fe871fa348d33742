"""What goes into the classifier beside the text."""

import pytest
import torch

from ontograft.model.exchange import Knowledge


def test_take_gives_the_arrays_asked_for() -> None:
    knowledge = Knowledge(concept_ids=torch.tensor([1]), edge_type=torch.tensor([2]))
    edge_type, concept_ids = knowledge.take("edge_type", "concept_ids")
    assert (edge_type.item(), concept_ids.item()) == (2, 1)


def test_an_array_that_was_not_given_is_named() -> None:
    with pytest.raises(ValueError, match="need link_node, which was not given: give an empty"):
        Knowledge(link_window=torch.tensor([0])).take("link_window", "link_node")
