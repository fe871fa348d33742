"""The states of the concepts and their cache."""

import copy

import pytest
import torch
from torch import Tensor
from transformers import BertConfig

from ontograft.model import OntograftConfig, with_inverses
from ontograft.model.concept_states import ConceptStates

EDGES = with_inverses(
    torch.tensor([[1, 2, 3, 4], [0, 0, 1, 3]]), torch.tensor([0, 0, 1, 0]), num_relations=2
)
IDS = torch.tensor([0, 3, 4])
WITHIN = torch.tensor([[2, 1], [1, 2]]), torch.tensor([0, 2])  # the edges among these three


def build(channels: tuple[str, ...] = ("graph",)) -> ConceptStates:
    torch.manual_seed(0)
    config = OntograftConfig(
        encoder=BertConfig(hidden_size=8, num_attention_heads=2),
        channels=channels,
        num_concepts=5,
        num_relations=2,
        graph_width=4,
    )
    states = ConceptStates(config)
    states.set_vectors(torch.randn(5, 8))
    if "graph" in channels:
        torch.nn.init.ones_(states.graph_encoder.gamma)
    return states


@pytest.fixture
def states() -> ConceptStates:
    made = build()
    made.set_graph(*EDGES)
    return made


def whole(states: ConceptStates) -> Tensor:
    result: Tensor = states.graph_encoder(states.vectors, *EDGES)
    return result.detach()


def test_without_the_graph_channel_states_are_the_text_vectors() -> None:
    states = build(("tokens",))
    assert states.looks_up
    assert torch.equal(states(IDS, None, None), states.vectors[IDS])
    assert list(states.state_dict()) == ["vectors"]


def test_in_training_the_subgraph_of_the_batch_is_encoded(states: ConceptStates) -> None:
    states.train()
    assert not states.looks_up
    expected = states.graph_encoder(states.vectors[IDS], *WITHIN)
    assert torch.equal(states(IDS, *WITHIN), expected)


def test_without_a_graph_evaluation_encodes_the_subgraph_too() -> None:
    states = build().eval()
    assert not states.looks_up
    expected = states.graph_encoder(states.vectors[IDS], *WITHIN)
    assert torch.equal(states(IDS, *WITHIN), expected)


def test_in_evaluation_states_are_those_of_the_whole_graph(states: ConceptStates) -> None:
    states.eval()
    with torch.no_grad():
        assert torch.equal(states(IDS, None, None), whole(states)[IDS])
    assert torch.equal(states(IDS, None, None), whole(states)[IDS])  # with gradients


@torch.no_grad()
def test_they_are_computed_once(states: ConceptStates, monkeypatch: pytest.MonkeyPatch) -> None:
    states.eval()
    first = states.of_ontology()
    monkeypatch.setattr(states.graph_encoder, "forward", None)  # a second call would fail
    assert states.of_ontology() is first


@pytest.mark.parametrize("assign", [False, True])
def test_they_are_computed_anew_after_loading(states: ConceptStates, assign: bool) -> None:
    states.eval()
    other = {name: value.clone() for name, value in states.state_dict().items()}
    other["graph_encoder.gamma"] += 1
    with torch.no_grad():
        before = states.of_ontology()
        states.load_state_dict(other, assign=assign)
        assert torch.equal(states.of_ontology(), whole(states))
        assert not torch.equal(states.of_ontology(), before)


def test_they_are_computed_anew_after_a_training_step(states: ConceptStates) -> None:
    with torch.inference_mode():
        before = states.eval().of_ontology()
    optimizer = torch.optim.AdamW(states.parameters(), lr=0.1)
    states.train()(IDS, *WITHIN).square().sum().backward()
    optimizer.step()
    with torch.inference_mode():
        after = states.eval().of_ontology()
    assert torch.equal(after, whole(states))
    assert not torch.equal(after, before)


@torch.no_grad()
def test_they_are_computed_anew_with_another_graph_or_other_vectors(states: ConceptStates) -> None:
    states.eval()
    before = states.of_ontology()
    states.set_graph(EDGES[0][:, :2], EDGES[1][:2])
    second = states.of_ontology()
    states.set_vectors(states.vectors + 1)
    third = states.of_ontology()
    assert not torch.equal(before, second)
    assert not torch.equal(second, third)


@torch.no_grad()
def test_a_deep_copy_has_its_own_states(states: ConceptStates) -> None:
    states.eval()
    states.of_ontology()
    twin = copy.deepcopy(states)
    twin.graph_encoder.gamma.zero_()
    assert torch.equal(twin.of_ontology(), twin.vectors)
    assert torch.equal(states.of_ontology(), whole(states))


def test_vectors_of_another_shape_are_refused(states: ConceptStates) -> None:
    with pytest.raises(ValueError, match=r"must have shape \(5, 8\), got \(4, 8\)"):
        states.set_vectors(torch.zeros(4, 8))


def test_vectors_that_are_not_finite_are_refused(states: ConceptStates) -> None:
    vectors = torch.zeros(5, 8)
    vectors[3, 2] = torch.nan
    with pytest.raises(ValueError, match="must be finite: that of concept 3 is not"):
        states.set_vectors(vectors)


@pytest.mark.parametrize(
    ("edge_index", "edge_type", "message"),
    [
        ([[0], [5]], [0], "the edges name concepts from 0 to 5, expected numbers from 0 to 4"),
        ([[-1], [0]], [0], "the edges name concepts from -1 to 0"),
        ([[0], [1]], [4], "the edges name relations from 4 to 4, expected numbers from 0 to 3"),
    ],
)
def test_edges_to_what_there_is_not_are_refused(
    states: ConceptStates, edge_index: list[list[int]], edge_type: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        states.set_graph(torch.tensor(edge_index), torch.tensor(edge_type))
