"""The classifier: a text encoder, the channels of knowledge beside and inside it, and the heads."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..errors import RunError
from . import objective
from .closure import ClosureHead, drop_entries
from .concept_pooling import ConceptAttention, ConceptHead
from .concept_states import ConceptStates
from .configuration import OntograftConfig
from .exchange import Knowledge, OntograftOutput, Prediction, Tokens
from .pooling import mean_pool, pool_in_parts, unit
from .pretrained import OntograftPreTrainedModel
from .retrieval import Entries, Retrieval
from .text_encoder import build_encoder, copy_weights, encoder_layers
from .token_fusion import MentionLinks, TokenFusion


class OntograftForSequenceClassification(OntograftPreTrainedModel):  # type: ignore[no-untyped-call]
    """Classify documents by their text and by the concepts they mention.

    For the document vector v (mean of its token vectors, of length 1), the bag b of its concepts
    and their ancestors, and their vector p pooled by attention from the text:

        logits = W_text v + bias  +  W_closure b  +  W_graph p

    Each channel that is not in ``config.channels`` is absent: no parameter, no cost. All that the
    channels add starts at zero, so that the model starts as the plain encoder with a linear head.

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
        self._anchor: list[Tensor] | None = None
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_encoder(
        cls, encoder: PreTrainedModel, config: OntograftConfig
    ) -> OntograftForSequenceClassification:
        """Return a new classifier that starts from the weights of a loaded encoder.

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
        """Remember the encoder's weights as they are now, for the anchor term; never saved."""
        self._anchor = [value.detach().clone() for value in self.encoder.parameters()]

    def forward(
        self,
        labels: Tensor | None = None,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        window_document: Tensor | None = None,
        concept_ids: Tensor | None = None,
        edge_index: Tensor | None = None,
        edge_type: Tensor | None = None,
        closure_document: Tensor | None = None,
        closure_node: Tensor | None = None,
        closure_weight: Tensor | None = None,
        link_window: Tensor | None = None,
        link_node: Tensor | None = None,
        link_score: Tensor | None = None,
        link_token_start: Tensor | None = None,
        link_token_end: Tensor | None = None,
        num_documents: int | None = None,
        **kwargs: Any,
    ) -> OntograftOutput:
        """Return the logits of the documents, and the loss if there are labels.

        A document is one or more windows of tokens; the concepts of the batch are its nodes. What
        no channel needs may be left out (see ``Knowledge``).

        Args:
            labels: as the problem type has them: integers (-100 for none), 0 and 1, or numbers.
            input_ids: the tokens of the windows.
            attention_mask: 0 for padding; no padding if left out.
            window_document: the document of each window; each its own if left out.
            concept_ids: the number of each node in the ontology.
            edge_index: the edges between the nodes, source and target.
            edge_type: their relations; the inverse of relation r is r + num_relations.
            closure_document: the document of each closure entry.
            closure_node: its node: a linked concept or an ancestor of one.
            closure_weight: how much it counts for the document; 0 is absent.
            link_window: the window that each link lies in.
            link_node: the node of its concept.
            link_score: how sure the link is; 0 is absent.
            link_token_start: the first token of the mention in the window.
            link_token_end: one past its last token.
            num_documents: how many documents there are; if left out, as many as labels, or as
                windows say.
            kwargs: ``inputs_embeds`` goes to the encoder; what else PEFT adds is let be.

        Shapes:
            labels: (document,), or (document, label) for several labels
            input_ids, attention_mask: (window, token)
            window_document: (window,)
            concept_ids: (node,); edge_index: (2, edge); edge_type: (edge,)
            closure_*: (entry,); link_*: (link,)
        """
        knowledge = Knowledge(
            concept_ids=concept_ids,
            edge_index=edge_index,
            edge_type=edge_type,
            closure_document=closure_document,
            closure_node=closure_node,
            closure_weight=closure_weight,
            link_window=link_window,
            link_node=link_node,
            link_score=link_score,
            link_token_start=link_token_start,
            link_token_end=link_token_end,
        )
        text = kwargs.get("inputs_embeds") if input_ids is None else input_ids
        if text is None:
            raise ValueError("the model needs input_ids (or inputs_embeds), got neither")
        if attention_mask is None:
            attention_mask = torch.ones(text.shape[:2], dtype=torch.long, device=text.device)
        if window_document is None:
            window_document = torch.arange(len(text), device=text.device)
        if num_documents is None:
            num_documents = int(window_document.max()) + 1 if labels is None else len(labels)
        states = self._concept_states(knowledge)
        links = self._mention_links(knowledge, states)
        tokens = Tokens(input_ids, kwargs.get("inputs_embeds"), attention_mask)
        if labels is None and not torch.is_grad_enabled():  # the token vectors are needed no more
            hidden = None
            pooled = pool_in_parts(
                lambda part: self._encode(tokens.part(part), links.within(part) if links else None),
                attention_mask,
                window_document,
                num_documents,
            )
        else:
            hidden = self._encode(tokens, links)
            pooled = mean_pool(hidden, attention_mask, window_document, num_documents)
        documents = unit(pooled)
        prediction = self._predict(documents, knowledge, states)
        loss = terms = None
        if labels is not None and hidden is not None:
            terms = self._loss_terms(labels, prediction, knowledge, states, links, hidden)
            loss = torch.stack([self._weight(name) * term for name, term in terms.items()]).sum()
        return OntograftOutput(
            loss=loss,
            logits=prediction.logits,
            loss_terms=terms,
            concept_attention=prediction.attention,
            document_vectors=documents,
        )

    def _concept_states(self, knowledge: Knowledge) -> Tensor | None:
        if not self.config.uses_concept_vectors:
            return None
        (concept_ids,) = knowledge.take("concept_ids")
        if self.concepts.looks_up:
            edges: tuple[Tensor | None, ...] = (None, None)
        else:
            edges = knowledge.take("edge_index", "edge_type")
        states: Tensor = self.concepts(concept_ids, *edges)  # (node, concept_width)
        return states

    def _mention_links(self, knowledge: Knowledge, states: Tensor | None) -> MentionLinks | None:
        aligns = self.training and self.config.term_weight("alignment") > 0
        if states is None or not ("tokens" in self.config.channels or aligns):
            return None
        window, node, score, start, end = knowledge.take(
            "link_window", "link_node", "link_score", "link_token_start", "link_token_end"
        )
        return MentionLinks(window=window, start=start, end=end, score=score, concept=states[node])

    def _encode(self, tokens: Tokens, links: MentionLinks | None) -> Tensor:
        fuses = links is not None and "tokens" in self.config.channels
        with self.token_fusion.linked(links) if fuses else nullcontext():
            hidden: Tensor = self.encoder(
                input_ids=tokens.ids, attention_mask=tokens.mask, inputs_embeds=tokens.embeds
            ).last_hidden_state  # (window, token, width)
        return hidden

    def _predict(
        self, documents: Tensor, knowledge: Knowledge, states: Tensor | None
    ) -> Prediction:
        text_logits = logits = self.text_head(documents)  # (document, label)
        attention = None
        if "closure" in self.config.channels or "graph" in self.config.channels:
            document, node, weight, concept_ids = knowledge.take(
                "closure_document", "closure_node", "closure_weight", "concept_ids"
            )
            if self.training and self.config.concept_dropout > 0:
                weight = drop_entries(weight, share=self.config.concept_dropout)
        if "closure" in self.config.channels:
            entries = self._closure_entries(documents, document, concept_ids[node], weight)
            logits = logits + self.closure_head(
                entries.weight, entries.document, entries.concept, num_documents=len(documents)
            )
        if "graph" in self.config.channels and states is not None:
            pooled, attention = self.concept_attention(documents, states[node], document, weight)
            logits = logits + self.graph_head(pooled)
        return Prediction(text_logits=text_logits, logits=logits, attention=attention)

    def _closure_entries(
        self, documents: Tensor, document: Tensor, concept: Tensor, weight: Tensor
    ) -> Entries:
        """Return the entries that the links bring, and those of the retrieved concepts."""
        linked = Entries(document, concept, weight)
        if self.config.retrieved_concepts == 0:
            return linked
        found = self.retrieval(documents, self.concepts.vectors)
        if self.training and self.config.concept_dropout > 0:
            dropped = drop_entries(found.weight, share=self.config.concept_dropout)
            found = Entries(found.document, found.concept, dropped)
        return linked.merged(found, num_concepts=self.config.num_concepts)

    def _weight(self, term: str) -> float:
        return 1.0 if term in objective.TASK_TERMS else self.config.term_weight(term)

    def _loss_terms(
        self,
        labels: Tensor,
        prediction: Prediction,
        knowledge: Knowledge,
        states: Tensor | None,
        links: MentionLinks | None,
        hidden: Tensor,
    ) -> dict[str, Tensor]:
        """Return the terms of the loss by name: the task's, and in training those with a weight."""
        config = self.config
        terms = objective.task_term(prediction.logits, labels, config=config)
        active = {name for name in config.objective or {} if config.term_weight(name) > 0}
        if not self.training or not active:
            return terms
        if "consistency" in active:
            terms["consistency"] = objective.consistency(
                prediction.text_logits, prediction.logits, problem_type=str(config.problem_type)
            )
        if "graph" in active and states is not None:
            edges = knowledge.take("edge_index", "edge_type")
            terms["graph"] = self.relation_prediction(states, *edges)
        if "alignment" in active and states is not None and links is not None:
            (node,) = knowledge.take("link_node")
            terms["alignment"] = objective.alignment(
                links.mean_tokens(hidden),
                states,
                node=node,
                mention=links.mentions(hidden.shape[1]),
                score=links.score,
            )
        if "anchor" in active:
            if self._anchor is None:
                raise RunError("the anchor term needs an anchor: call set_anchor() before training")
            terms["anchor"] = objective.anchor(self.encoder.parameters(), self._anchor)
        return terms
