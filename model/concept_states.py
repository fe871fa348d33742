"""The states of the concepts: their text vectors, and what the graph network makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from .configuration import OntograftConfig
from .graph_encoder import RelationalGraphEncoder


class StateCache:
    """The states of a whole ontology, computed anew only when what they came from changed."""

    def __init__(self) -> None:
        self._key: object = None
        self._states: Tensor | None = None

    def get(self, sources: Iterable[Tensor], compute: Callable[[], Tensor]) -> Tensor:
        """Return the states, computed anew if one of their sources is not what it was.

        Args:
            sources: the parameters and buffers that the states are computed from.
            compute: how to compute them.
        """
        # PyTorch counts the changes in place, which is how optimisers and load_state_dict write.
        key = tuple((t.data_ptr(), 0 if t.is_inference() else t._version) for t in sources)
        if self._states is None or key != self._key:
            self._key, self._states = key, compute()
        return self._states

    def clear(self) -> None:
        """Forget the states."""
        self._key, self._states = None, None


class ConceptStates(nn.Module):
    """Give each concept its state: its text vector, or with the graph channel h = GNN(x, edges).

    In training the states are computed over the subgraph of the batch. In evaluation, once
    ``set_graph`` was called, those of the whole ontology are computed once and looked up; they do
    not depend on the text.

    Args:
        config: the configuration of the classifier.
    """

    vectors: Tensor
    edge_index: Tensor
    edge_type: Tensor

    def __init__(self, config: OntograftConfig) -> None:
        super().__init__()
        self.config = config
        width = int(config.concept_width or 0)
        self.register_buffer("vectors", torch.zeros(config.num_concepts, width))
        self._cache = StateCache()
        if "graph" not in config.channels:
            return
        self.graph_encoder = RelationalGraphEncoder(
            width=width,
            inner_width=config.graph_width,
            num_layers=config.graph_layers,
            num_edge_types=2 * config.num_relations,
            num_bases=config.graph_bases,
        )
        num_edges = config.num_edges or 0
        self.register_buffer("edge_index", torch.zeros((2, num_edges), dtype=torch.long))
        self.register_buffer("edge_type", torch.zeros(num_edges, dtype=torch.long))

    @torch.no_grad()
    def set_vectors(self, vectors: Tensor) -> None:
        """Set the text vectors; see ``OntograftForSequenceClassification.set_concept_vectors``."""
        if vectors.shape != self.vectors.shape:
            raise ValueError(
                f"concept vectors must have shape {tuple(self.vectors.shape)}, "
                f"got {tuple(vectors.shape)}"
            )
        finite = vectors.isfinite().all(dim=1)
        if not bool(finite.all()):
            row = int((~finite).nonzero()[0])
            raise ValueError(f"concept vectors must be finite: that of concept {row} is not")
        self.vectors.copy_(vectors)

    def set_graph(self, edge_index: Tensor, edge_type: Tensor) -> None:
        """Set the edges; see ``OntograftForSequenceClassification.set_graph``."""
        for name, values, bound in (
            ("concept", edge_index, self.config.num_concepts),
            ("relation", edge_type, 2 * self.config.num_relations),
        ):
            if values.numel() and not 0 <= int(values.min()) <= int(values.max()) < bound:
                raise ValueError(
                    f"the edges name {name}s from {int(values.min())} to {int(values.max())}, "
                    f"expected numbers from 0 to {bound - 1}"
                )
        device = self.vectors.device
        self.edge_index = edge_index.to(device, torch.long, copy=True)
        self.edge_type = edge_type.to(device, torch.long, copy=True)
        self.config.num_edges = len(edge_type)
        self._cache.clear()

    def train(self, mode: bool = True) -> ConceptStates:
        """Switch to training or evaluation mode, and forget the states."""
        self._cache.clear()
        return super().train(mode)

    def of_ontology(self) -> Tensor:
        """Return the states of all concepts in the graph given with ``set_graph``.

        Without gradients they are computed once, until a weight changes.

        Shapes:
            output: (concept, concept_width)
        """
        if torch.is_grad_enabled():
            return self._encode_ontology()
        sources = [*self.parameters(), *self.buffers()]
        return self._cache.get(sources, self._encode_ontology)

    def _encode_ontology(self) -> Tensor:
        states: Tensor = self.graph_encoder(self.vectors, self.edge_index, self.edge_type)
        return states

    @property
    def looks_up(self) -> bool:
        """Whether the states are now looked up, so that a batch needs no edges."""
        has_network = "graph" in self.config.channels
        return not has_network or (not self.training and self.config.num_edges is not None)

    def forward(
        self, concept_ids: Tensor, edge_index: Tensor | None, edge_type: Tensor | None
    ) -> Tensor:
        """Return the states of these concepts.

        Shapes:
            concept_ids: (node,)
            edge_index: (2, edge) between the nodes; edge_type: (edge,); both may be None if
                ``looks_up``
            output: (node, concept_width)
        """
        if "graph" not in self.config.channels:
            return self.vectors[concept_ids]
        if self.looks_up:
            return self.of_ontology()[concept_ids]
        states: Tensor = self.graph_encoder(self.vectors[concept_ids], edge_index, edge_type)
        return states
