"""What goes into the classifier beside the text, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers.utils.generic import ModelOutput


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The knowledge of a batch: its concepts are nodes, and all else names them by their place.

    Documents without links need no padding: each array holds only what there is, and may be
    empty. In evaluation the edges are not needed once the model has its graph.

    Args:
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

    Shapes:
        concept_ids: (node,)
        edge_index: (2, edge); edge_type: (edge,)
        closure_document, closure_node, closure_weight: (entry,)
        link_window, link_node, link_score, link_token_start, link_token_end: (link,)
    """

    concept_ids: Tensor | None = None
    edge_index: Tensor | None = None
    edge_type: Tensor | None = None
    closure_document: Tensor | None = None
    closure_node: Tensor | None = None
    closure_weight: Tensor | None = None
    link_window: Tensor | None = None
    link_node: Tensor | None = None
    link_score: Tensor | None = None
    link_token_start: Tensor | None = None
    link_token_end: Tensor | None = None

    def take(self, *names: str) -> tuple[Tensor, ...]:
        """Return these arrays.

        Raises:
            ValueError: one of them was not given.
        """
        taken = []
        for name in names:
            tensor: Tensor | None = getattr(self, name)
            if tensor is None:
                raise ValueError(
                    f"the model's channels need {name}, which was not given: give an empty tensor "
                    f"where no document has a link"
                )
            taken.append(tensor)
        return tuple(taken)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a batch: a document is one or more windows of tokens.

    Args:
        ids: the tokens of the windows (``input_ids``); None where their vectors are given.
        embeds: the vectors of the tokens (``inputs_embeds``); None where the encoder looks them up.
        mask: 0 for padding (``attention_mask``); no padding if left out.
        document: the document of each window (``window_document``); each its own if left out.
            How many documents there are in all is ``num_documents``; if left out, as many as
            labels, or as windows say.

    Shapes:
        ids, mask: (window, token)
        embeds: (window, token, width)
        document: (window,)
    """

    ids: Tensor | None
    embeds: Tensor | None
    mask: Tensor
    document: Tensor

    @classmethod
    def of(
        cls,
        ids: Tensor | None,
        embeds: Tensor | None,
        mask: Tensor | None,
        document: Tensor | None,
    ) -> Texts:
        """Fill in what was left out.

        Raises:
            ValueError: there are neither tokens nor their vectors.
        """
        text = embeds if ids is None else ids
        if text is None:
            raise ValueError("the model needs input_ids (or inputs_embeds), got neither")
        if mask is None:
            mask = torch.ones(text.shape[:2], dtype=torch.long, device=text.device)
        if document is None:
            document = torch.arange(len(text), device=text.device)
        return cls(ids, embeds, mask, document)

    def part(self, windows: slice) -> Texts:
        """Return a stretch of the windows."""
        ids = None if self.ids is None else self.ids[windows]
        embeds = None if self.embeds is None else self.embeds[windows]
        return Texts(ids, embeds, self.mask[windows], self.document[windows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the heads say about a batch.

    Args:
        text_logits: (document, label), of the text head alone.
        logits: (document, label), of all heads.
        attention: (entry,), of the closure entries; None without the graph channel.
    """

    text_logits: Tensor
    logits: Tensor
    attention: Tensor | None


@dataclass
class OntograftOutput(ModelOutput):
    """What the classifier returns.

    Args:
        loss: the objective; None without labels.
        logits: (document, label).
        loss_terms: the terms of the loss by name, each before its weight.
        concept_attention: (entry,), how much of a document's pooled concept vector comes from each
            closure entry; None without the graph channel.
        document_vectors: (document, width), of length 1.
    """

    loss: Tensor | None = None
    logits: Tensor | None = None
    loss_terms: dict[str, Tensor] | None = None
    concept_attention: Tensor | None = None
    document_vectors: Tensor | None = None
