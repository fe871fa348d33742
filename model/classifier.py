"""The classifier: a text encoder, the channels of knowledge beside and inside it, and the heads."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

from ..errors import RunError
from . import objective
from .assembly import OntograftAssembly
from .closure import drop_entries
from .exchange import Knowledge, OntograftOutput, Prediction, Texts
from .lora import squared_products
from .pooling import mean_pool, pool_in_parts, unit
from .retrieval import Entries
from .token_fusion import MentionLinks


class OntograftForSequenceClassification(OntograftAssembly):  # type: ignore[no-untyped-call]
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

        Args, beside those of ``Texts`` (the tokens) and of ``Knowledge`` (the concepts):
            labels: (document,) integers, -100 for none; (document, label) of 0 and 1 for several
                labels; numbers for regression.
            kwargs: ``inputs_embeds`` goes to the encoder; what else PEFT adds is let be.
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
        texts = Texts.of(input_ids, kwargs.get("inputs_embeds"), attention_mask, window_document)
        if num_documents is None and labels is not None:
            num_documents = len(labels)
        states = self._concept_states(knowledge)
        links = self._mention_links(knowledge, states)
        documents, hidden = self._read(texts, links, num_documents, keep=labels is not None)
        prediction = self._predict(documents, knowledge, states)
        loss = terms = None
        if labels is not None and hidden is not None:
            terms = self._loss_terms(labels, prediction, knowledge, states, links, hidden)
            loss = torch.stack([self._weight(name) * term for name, term in terms.items()]).sum()
        return OntograftOutput(loss, prediction.logits, terms, prediction.attention, documents)

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

    def _read(
        self, texts: Texts, links: MentionLinks | None, num_documents: int | None, *, keep: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Return the document vectors, and the token vectors unless they are needed no more.

        Args:
            texts: the texts.
            links: the links, for the channel tokens.
            num_documents: how many documents there are; as many as windows say if None.
            keep: whether the token vectors are needed even where no gradient is.

        Shapes:
            output: (document, width), (window, token, width)
        """
        if num_documents is None:
            num_documents = int(texts.document.max()) + 1
        if keep or torch.is_grad_enabled():
            hidden = self._encode(texts, links)
            return unit(mean_pool(hidden, texts.mask, texts.document, num_documents)), hidden
        pooled = pool_in_parts(
            lambda part: self._encode(texts.part(part), links.within(part) if links else None),
            texts.mask,
            texts.document,
            num_documents,
        )
        return unit(pooled), None

    def _encode(self, texts: Texts, links: MentionLinks | None) -> Tensor:
        fuses = links is not None and "tokens" in self.config.channels
        with self.token_fusion.linked(links) if fuses else nullcontext():
            hidden: Tensor = self.encoder(
                input_ids=texts.ids, attention_mask=texts.mask, inputs_embeds=texts.embeds
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
            terms["anchor"] = self._distance()
        return terms

    def _distance(self) -> Tensor:
        """Return how far the encoder has come from where ``set_anchor`` was called."""
        if self._anchor is None:
            raise RunError("the anchor term needs an anchor: call set_anchor() before training")
        pairs = [(value, start) for value, start in self._anchor if value.requires_grad]
        if pairs:
            return objective.anchor(*zip(*pairs, strict=True))
        products = list(squared_products(self.encoder))  # nothing else learns
        return torch.stack(products).sum() / 2 if products else torch.zeros(())
