"""The relational graph network that turns the text vectors of concepts into their states."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional

with warnings.catch_warnings():  # PyTorch Geometric 2.8 still calls torch.jit.script on import
    warnings.filterwarnings("ignore", "`torch.jit.script", DeprecationWarning)
    from torch_geometric.nn import RGCNConv

__all__ = ["RGCNConv", "RelationalGraphEncoder", "with_inverses"]


def with_inverses(
    edge_index: Tensor, edge_type: Tensor, *, num_relations: int
) -> tuple[Tensor, Tensor]:
    """Return the edges followed by their inverses; the inverse of relation r is r + num_relations.

    Shapes:
        edge_index: (2, edge), each column a source and a target
        edge_type: (edge,)
        output: (2, 2 * edge), (2 * edge,)
    """
    both = torch.cat((edge_index, edge_index.flip(0)), dim=1)
    return both, torch.cat((edge_type, edge_type + num_relations))


class RelationalGraphEncoder(nn.Module):
    """Add to the text vector of each concept what its neighbours in the ontology say.

        z_0 = W_in x
        z_k = z_(k-1) + gelu(norm_k(RGCN_k(z_(k-1), edges)))        for each layer k
        h = x + gamma * W_out z_K

    RGCN takes a mean over the neighbours under each relation and has a matrix for each relation,
    made of a few shared basis matrices (Schlichtkrull et al., 2018,
    https://arxiv.org/abs/1703.06103). gamma starts at 0 (Bachlechner et al., 2020,
    https://arxiv.org/abs/2003.04887), so that the states start as the text vectors.

    Args:
        width: the width of the text vectors and of the states.
        inner_width: the width in between.
        num_layers: how many layers, that is, how many steps a message can travel.
        num_edge_types: how many relations, each direction counted.
        num_bases: how many basis matrices the relations of a layer share; 0 for one each.
    """

    def __init__(
        self, *, width: int, inner_width: int, num_layers: int, num_edge_types: int, num_bases: int
    ) -> None:
        super().__init__()
        self.project_in = nn.Linear(width, inner_width)
        bases = min(num_bases, num_edge_types) or None
        self.convolutions = nn.ModuleList(
            RGCNConv(inner_width, inner_width, num_edge_types, num_bases=bases)
            for _ in range(num_layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(inner_width) for _ in range(num_layers))
        self.project_out = nn.Linear(inner_width, width)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, vectors: Tensor, edge_index: Tensor, edge_type: Tensor) -> Tensor:
        """Return the states of the concepts.

        Shapes:
            vectors: (node, width)
            edge_index: (2, edge), each column a source and a target
            edge_type: (edge,)
            output: (node, width)
        """
        z = self.project_in(vectors)  # (node, inner_width)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            z = z + functional.gelu(norm(convolution(z, edge_index, edge_type)))
        states: Tensor = vectors + self.gamma * self.project_out(z)
        return states
