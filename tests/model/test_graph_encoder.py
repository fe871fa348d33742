"""The relational graph network over the concepts."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ontograft.model import with_inverses
from ontograft.model.graph_encoder import RelationalGraphEncoder

EDGES = torch.tensor([[0, 1, 2, 3, 3], [1, 2, 0, 0, 1]])
TYPES = torch.tensor([0, 0, 1, 2, 2])


def encoder(*, gamma: float, num_bases: int = 2) -> RelationalGraphEncoder:
    torch.manual_seed(0)
    network = RelationalGraphEncoder(
        width=4, inner_width=6, num_layers=2, num_edge_types=4, num_bases=num_bases
    )
    with torch.no_grad():
        network.gamma.fill_(gamma)
    return network


def vectors() -> Tensor:
    return torch.randn(5, 4, generator=torch.Generator().manual_seed(1))


def plain(network: RelationalGraphEncoder, x: Tensor) -> Any:
    z = network.project_in(x)
    for convolution, norm in zip(network.convolutions, network.norms, strict=True):
        matrices = torch.einsum("rb,bio->rio", convolution.comp, convolution.weight)
        rows = []
        for node in range(len(x)):
            row = z[node] @ convolution.root + convolution.bias
            for relation in range(4):
                sources = [
                    int(EDGES[0, e])
                    for e in range(5)
                    if EDGES[1, e] == node and TYPES[e] == relation
                ]
                if sources:
                    row = row + z[sources].mean(dim=0) @ matrices[relation]
            rows.append(row)
        z = z + functional.gelu(norm(torch.stack(rows)))
    return x + network.gamma * network.project_out(z)


def test_the_network_is_its_formula() -> None:
    network = encoder(gamma=0.8)
    torch.testing.assert_close(network(vectors(), EDGES, TYPES), plain(network, vectors()))


def test_it_starts_as_the_text_vectors() -> None:
    assert torch.equal(encoder(gamma=0.0)(vectors(), EDGES, TYPES), vectors())


def test_each_relation_may_have_its_own_matrix() -> None:
    network = encoder(gamma=1.0, num_bases=0)
    assert network.convolutions[0].weight.shape == (4, 6, 6)
    assert network(vectors(), EDGES, TYPES).shape == (5, 4)


def test_the_order_of_nodes_and_edges_does_not_matter() -> None:
    network, order = encoder(gamma=1.0), torch.tensor([4, 2, 0, 3, 1])
    place = order.argsort()  # where each node went
    shuffled = torch.tensor([3, 0, 4, 2, 1])
    straight = network(vectors(), EDGES, TYPES)
    mixed = network(vectors()[order], place[EDGES][:, shuffled], TYPES[shuffled])
    torch.testing.assert_close(straight[order], mixed)


def test_no_nodes_and_no_edges_work() -> None:
    network = encoder(gamma=1.0)
    nothing = torch.zeros(2, 0, dtype=torch.long), torch.zeros(0, dtype=torch.long)
    assert network(vectors()[:0], *nothing).shape == (0, 4)
    assert network(vectors()[:1], *nothing).shape == (1, 4)


def test_the_inverse_of_a_relation_has_its_own_number() -> None:
    edge_index, edge_type = with_inverses(EDGES[:, :2], TYPES[:2], num_relations=3)
    assert edge_index.tolist() == [[0, 1, 1, 2], [1, 2, 0, 1]]
    assert edge_type.tolist() == [0, 0, 3, 3]
