"""What of the ontology reached the model for one text, and the same without some of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor

from ..kg import NIL, Link, Mention
from ..model import Entries, closure_bag, nearest_concepts
from .inference import MAX_BATCH_TOKENS, to_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.retrieval import Retrieval
    from .features import EncodedDocument
    from .prediction import Classifier

NONE: Final = -1
"""Stands where the number of a barred concept would: none is barred."""

ALL: Final = -2
"""Stands where the number of a barred concept would: all are barred."""


@dataclass(frozen=True)
class Variant:
    """A document that lacks some of its knowledge.

    Args:
        document: the document with the links that are left.
        barred: the concept that must not be retrieved for it; ``NONE``, or ``ALL``.
    """

    document: EncodedDocument
    barred: int = NONE


class Evidence:
    """The concepts that reached a classifier for one text: by its links, and by retrieval.

    Args:
        classifier: the classifier.
        text: the text.
    """

    def __init__(self, classifier: Classifier, text: str) -> None:
        self.classifier = classifier
        (self.document,), (mentions,) = classifier.encode([text])
        self.mentions = tuple(mentions)
        self._links = list(self._by_mention())

    def _by_mention(self) -> Iterator[tuple[Link, ...]]:
        """Yield the links of each mention, with their places among the tokens."""
        ontology = self.classifier.ontology
        links = iter(self.document.links)
        for mention in self.mentions:
            count = len(ontology.links([mention])) if ontology else 0
            yield tuple(next(links) for _ in range(count))
        assert next(links, None) is None  # links are made mention by mention

    @cached_property
    def linked(self) -> dict[int, tuple[int, ...]]:
        """The concepts that the text links to, each with the places of its mentions."""
        found: dict[int, list[int]] = {}
        for place, links in enumerate(self._links):
            for number in dict.fromkeys(link.concept for link in links):
                found.setdefault(number, []).append(place)
        return {number: tuple(places) for number, places in sorted(found.items())}

    @cached_property
    def retrieved(self) -> dict[int, float]:
        """The concepts that the model retrieves for the text, each with its weight above 0."""
        model = self.classifier.model
        if model.config.retrieved_concepts == 0:
            return {}
        concept, weight = nearest_concepts(
            self._vector, model.concepts.vectors, count=model.config.retrieved_concepts
        )
        weights = (weight[0] * model.config.retrieval_weight).tolist()
        pairs = zip(concept[0].tolist(), weights, strict=True)
        return {number: weight for number, weight in sorted(pairs) if weight > 0}

    def weights(self) -> dict[int, float]:
        """Return each concept with its weight in the document's bag; see ``closure_bag``."""
        classifier = self.classifier
        if classifier.graph is None:
            return {}
        model = classifier.model
        batch = to_device(classifier.collator.collate([self.document], labels=False), model.device)
        concepts = batch["concept_ids"][batch["closure_node"]]
        found = Entries(batch["closure_document"], concepts, batch["closure_weight"])
        if model.config.retrieved_concepts > 0:
            with torch.inference_mode():
                brought = model.retrieval(self._vector, model.concepts.vectors)
            found = found.merged(brought, num_concepts=model.config.num_concepts)
        bag = closure_bag(found.weight, found.document, num_documents=1).tolist()
        pairs = zip(found.concept.tolist(), bag, strict=True)
        return {number: weight for number, weight in pairs if weight > 0}

    def whole(self) -> Variant:
        """Return the document as it is."""
        return Variant(self.document)

    def bare(self) -> Variant:
        """Return the document without any concept."""
        return Variant(replace(self.document, links=()), ALL)

    def without(self, number: int) -> Variant:
        """Return the document without one concept.

        No mention has it for a candidate any more. One that was linked to it is linked to nothing,
        as if the ontology forbade that name; one that had it as a further candidate divides what
        it weighs among the others. The concept is not retrieved either. All else stays.
        """
        ontology = self.classifier.ontology
        assert ontology is not None  # or there would be no concept
        iri = ontology.graph.concepts[number].iri
        links: list[Link] = []
        for mention, own in zip(self.mentions, self._links, strict=True):
            if own and any(candidate.iri == iri for candidate in mention.candidates):
                left = ontology.links([_without(mention, iri)])
                links += (link._replace(start=own[0].start, end=own[0].end) for link in left)
            else:
                links += own
        return Variant(replace(self.document, links=tuple(links)), number)

    def logits(self, variants: Sequence[Variant]) -> Tensor:
        """Return the model's output for some variants; shape (variant, label), on the CPU."""
        size = max(self.document.windows) * len(self.document.windows)
        step = max(1, MAX_BATCH_TOKENS // size)
        parts = [variants[start : start + step] for start in range(0, len(variants), step)]
        return torch.cat([self._run(part).logits.float().cpu() for part in parts])

    @cached_property
    def _vector(self) -> Tensor:
        """The document's vector; shape (1, width)."""
        vector: Tensor = self._run([self.whole()]).document_vectors
        return vector

    def _run(self, variants: Sequence[Variant]) -> Any:
        model = self.classifier.model
        documents = [variant.document for variant in variants]
        batch = to_device(self.classifier.collator.collate(documents, labels=False), model.device)
        barred = torch.tensor([variant.barred for variant in variants], device=model.device)
        with torch.inference_mode():
            if model.config.retrieved_concepts == 0:
                return model(**batch)
            with barring(model.retrieval, barred):
                return model(**batch)


@contextmanager
def barring(retrieval: Retrieval, barred: Tensor) -> Iterator[None]:
    """Keep concepts from being retrieved within this context, in this thread.

    A barred concept and its ancestors' share of its weight are taken away; the weights of the
    others stay as they are, and no other concept takes the place.

    Args:
        retrieval: brings concepts to documents.
        barred: the number of the concept barred for each document; ``NONE``, or ``ALL``.

    Shapes:
        barred: (document,)
    """
    owner = threading.get_ident()

    def bar(module: Retrieval, arguments: tuple[Tensor, Tensor], found: Entries) -> Entries:
        if threading.get_ident() != owner:  # another thread uses the same model
            return found
        documents, vectors = arguments
        count = module.config.retrieved_concepts
        concept, _ = nearest_concepts(documents, vectors, count=count)  # (document, k)
        out = (concept == barred.unsqueeze(1)) | (barred == ALL).unsqueeze(1)
        # The entries of a concept, itself and its ancestors, lie next to each other.
        lengths = module.pointer[concept + 1] - module.pointer[concept]
        gone = out.flatten().repeat_interleave(lengths.flatten())  # (entry,)
        return replace(found, weight=found.weight.masked_fill(gone, 0.0))

    hook = retrieval.register_forward_hook(bar)
    try:
        yield
    finally:
        hook.remove()


def _without(mention: Mention, iri: str) -> Mention:
    """Return a mention that cannot be of a concept."""
    kept = tuple(candidate for candidate in mention.candidates if candidate.iri != iri)
    if mention.iri == iri:
        return mention._replace(iri=NIL, label="", score=0.0, candidates=kept)
    return mention._replace(candidates=kept)
