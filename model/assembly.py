"""What the classifier is made of, and what is put into it before it is trained or used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from . import objective
from .closure import ClosureHead
from .concept_pooling import ConceptAttention, ConceptHead
from .concept_states import ConceptStates
from .configuration import OntograftConfig
from .pretrained import OntograftPreTrainedModel
from .retrieval import Retrieval
from .text_encoder import build_encoder, copy_weights, encoder_layers
from .token_fusion import TokenFusion


class OntograftAssembly(OntograftPreTrainedModel):  # type: ignore[no-untyped-call]
    """The parts of the classifier; how they work together, ``OntograftForSequenceClassification``.

    Args:
        config: the configuration; the encoder is built from ``config.encoder`` at random. Use
            ``from_encoder`` for a pre-trained encoder, ``from_pretrained`` for a saved model.
    """

    if TYPE_CHECKING:  # transformers reads this annotation, and takes a string for the class
        config: OntograftConfig

    def __init__(self, config: OntograftConfig) -> None:
        super().__init__(config)
        text: Any = config.encoder
        width, num_labels = int(config.concept_width or 0), int(config.num_labels or 0)
        self.encoder = build_encoder(text)
        self.text_head = nn.Linear(text.hidden_size, num_labels)
        if config.uses_concept_vectors:
            self.concepts = ConceptStates(config)
        if "closure" in config.channels:
            self.closure_head = ClosureHead(config.num_concepts, num_labels)
        if config.retrieved_concepts > 0:
            self.retrieval = Retrieval(config)
        if "graph" in config.channels:
            self.concept_attention = ConceptAttention(
                text_width=text.hidden_size, concept_width=width, inner_width=config.graph_width
            )
            self.graph_head = ConceptHead(width, num_labels)
        if "tokens" in config.channels:
            self.token_fusion = TokenFusion(
                text_width=text.hidden_size, concept_width=width, inner_width=config.token_width
            )
            layers = encoder_layers(self.encoder, num_layers=text.num_hidden_layers)
            self.token_fusion.attach(layers[config.token_layer or 0])
        if config.term_weight("graph") > 0:
            self.relation_prediction = objective.RelationPrediction(config.num_relations, width)
        self._anchor: list[tuple[Tensor, Tensor]] | None = None
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_encoder(cls, encoder: PreTrainedModel, config: OntograftConfig) -> Self:
        """Return a new model that starts from the weights of a loaded encoder.

        The weights are copied; the encoder's own pooling layer, if it has one, is left behind.

        Raises:
            EncoderError: the encoder's weights do not fit ``config.encoder``.
        """
        model = cls(config)
        copy_weights(encoder, model.encoder)
        model.eval()  # type: ignore[no-untyped-call]
        return model

    def set_concept_vectors(self, vectors: Tensor) -> None:
        """Set the text vectors of all concepts, which the channels graph and tokens start from.

        Shapes:
            vectors: (concept, concept_width), in the order of the concepts' numbers

        Raises:
            ValueError: the shape is not the configured one, or a number is not finite.
        """
        if self.config.uses_concept_vectors:
            self.concepts.set_vectors(vectors)

    def set_graph(self, edge_index: Tensor, edge_type: Tensor) -> None:
        """Keep the graph of the whole ontology in the model, so that predicting needs no other.

        In evaluation the states of all concepts are then computed once, and looked up. Without
        it, they are computed from the edges that each batch brings, as in training.

        Shapes:
            edge_index: (2, edge), source and target of each edge by their numbers
            edge_type: (edge,), inverses included (see ``with_inverses``)

        Raises:
            ValueError: an edge names a concept or a relation that there is not.
        """
        if "graph" in self.config.channels:
            self.concepts.set_graph(edge_index, edge_type)

    def set_closure(self, pointer: Tensor, ancestor: Tensor, share: Tensor) -> None:
        """Keep the closure of the whole ontology in the model, for the retrieved concepts.

        Shapes:
            pointer: (concept + 1,), where the row of each concept begins and ends
            ancestor: (entry,), the concept itself and its ancestors, row by row
            share: (entry,), how much of the concept's weight each of them gets

        Raises:
            ValueError: the lengths do not fit each other, or the configuration.
        """
        if self.config.retrieved_concepts > 0:
            self.retrieval.set_closure(pointer, ancestor, share)

    @torch.no_grad()
    def set_linear_solution(
        self,
        *,
        text_weight: Tensor,
        bias: Tensor,
        closure_weight: Tensor | None = None,
        graph_weight: Tensor | None = None,
    ) -> None:
        """Write the solution of a linear model over the frozen features into the heads.

        Args:
            text_weight: for the document vectors.
            bias: the one bias of all heads.
            closure_weight: for the closure bags; needed with the closure channel.
            graph_weight: for the pooled concept vectors; needed with the graph channel.

        Shapes:
            text_weight: (label, width); bias: (label,)
            closure_weight: (concept, label); graph_weight: (label, concept_width)

        Raises:
            ValueError: a part is missing, has no head, or has not the shape of its head.
        """
        parts = {"text_weight": (self.text_head.weight, text_weight)}
        parts["bias"] = (self.text_head.bias, bias)
        for name, channel, value in (
            ("closure_weight", "closure", closure_weight),
            ("graph_weight", "graph", graph_weight),
        ):
            if (value is not None) != (channel in self.config.channels):
                raise ValueError(
                    f"{name} must be given if, and only if, the channel {channel!r} is on; the "
                    f"channels are: {', '.join(self.config.channels) or 'none'}"
                )
            if value is not None:
                parts[name] = (getattr(self, f"{channel}_head").weight, value)
        for name, (weight, value) in parts.items():
            if weight.shape != value.shape:
                raise ValueError(
                    f"{name} must have shape {tuple(weight.shape)}, got {tuple(value.shape)}"
                )
        for weight, value in parts.values():
            weight.copy_(value)

    @torch.no_grad()
    def scale_logits(self, factor: float) -> None:
        """Multiply all logits by a factor from now on: the weights of the heads take it in."""
        for name, parameter in self.named_parameters():
            if name.split(".")[0] in {"text_head", "closure_head", "graph_head"}:
                parameter.mul_(factor)

    @torch.no_grad()
    def shift_logits(self, shift: Tensor) -> None:
        """Add something to the logits of each label from now on; ``shift`` has shape (label,)."""
        self.text_head.bias.add_(shift.to(self.text_head.bias))

    def set_anchor(self) -> None:
        """Remember the encoder's weights as they are now, for the anchor term; never saved.

        Low-rank adapters may be added afterwards; the term is then about what they add.
        """
        self._anchor = [(value, value.detach().clone()) for value in self.encoder.parameters()]
