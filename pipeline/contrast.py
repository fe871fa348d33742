"""Contrastive pre-training: before all else, texts that share concepts are drawn together.

Labels play no part. The encoder, trained on texts of every kind, learns which texts this ontology
holds to be alike: two that mention kinds of the same thing, however differently they are worded.
Partners that an ontology names take the place of the two halves, or the two translations, of one
text from which sentence encoders usually learn (for these, Gao et al., 2021, "SimCSE",
https://arxiv.org/abs/2104.08821).
"""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_, parameters_to_vector, vector_to_parameters
from transformers import get_scheduler, set_seed

from ..errors import RunError
from ..kg.subgraph import extract
from ..model import mean_pool, unit
from .batches import pad_windows
from .cache import Vectors, cached_vectors
from .features import EncodedDocument
from .vectors import tokens_digest

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from ..kg import KnowledgeGraph
    from .preparation import Prepared
    from .progress import Progress, Reporter

MOST_TEXTS: Final = 4096
"""Of more texts, so many are drawn at random; more would take hours."""

FEWEST_PAIRS: Final = 256
"""With fewer texts that have a partner there is too little to learn from."""

PARTNERS: Final = 5
LEAST_LIKENESS: Final = 0.5
"""A text's partner is one of the so many nearest by their concepts, and at least this near."""

PAIRS: Final = 32
"""Pairs in a batch: each text has the partners of the 31 others to be told from its own."""

TOKENS: Final = 128
"""How many tokens of a text are read."""

TEMPERATURE: Final = 0.05
RATE: Final = 2e-5
WARMUP_STEPS: Final = 10
WEIGHT_DECAY: Final = 0.01
LONGEST_GRADIENT: Final = 1.0
_CHUNK: Final = 512  # texts that are compared with all others at once

RECIPE: Final = 1
"""The version of all that the encoder learns by: part of the key of its weights and vectors."""

Rows = NDArray[np.int64]


def contrasted(prepared: Prepared, *, epochs: float, reporter: Reporter) -> Prepared | None:
    """Return a project with an encoder that has learnt which of its texts share concepts.

    It learns from training and unlabelled texts, and not from which is which: the same texts give
    the same encoder, however many of them are labelled. Its weights are kept in the cache, for
    when the run is resumed, and for when more of the texts are labelled.

    Args:
        prepared: the project with its texts; its own encoder stays as it is.
        epochs: how often each text that has partners is shown.
        reporter: is told how far things are.

    Returns:
        None where fewer than ``FEWEST_PAIRS`` texts have a partner.
    """
    if prepared.ontology is None:
        return None
    seed = prepared.project.training.seed
    documents = _drawn([*prepared.train, *prepared.unlabelled], seed=seed)
    pairing = Pairing.of(concept_bags(prepared.ontology.graph, documents))
    steps = num_steps(pairing, epochs=epochs)
    if len(pairing.rows) < FEWEST_PAIRS or not steps:
        return None

    def compute() -> Vectors:
        with reporter.stage("drawing together texts that share concepts", steps) as progress:
            learner = draw_together(
                prepared.encoder, documents, pairing, epochs=epochs, seed=seed, progress=progress
            )
        weights: Vectors = parameters_to_vector(learner.parameters()).detach().cpu().numpy()
        return weights

    key: dict[str, str | int] = {
        "encoder": prepared.encoder_fingerprint,
        "tokens": tokens_digest(documents),
        "concepts": pairing.digest(),
        "epochs": str(epochs),
        "seed": seed,
        "recipe": RECIPE,
    }
    encoder = _copied(prepared.encoder)
    size = sum(one.numel() for one in encoder.parameters())
    weights = cached_vectors("encoder", key, compute, rows=size)
    vector_to_parameters(torch.from_numpy(weights).to(encoder.device), encoder.parameters())
    told_apart = hashlib.sha256(weights.tobytes()).hexdigest()
    return replace(prepared, encoder=encoder, contrast=told_apart)


def _drawn(documents: Sequence[EncodedDocument], *, seed: int) -> list[EncodedDocument]:
    """Return the texts in an order that they have by themselves; of too many, some at random."""
    ordered = sorted(documents, key=lambda document: document.tokens.tobytes())
    if len(ordered) <= MOST_TEXTS:
        return ordered
    rows = np.random.default_rng(seed).permutation(len(ordered))[:MOST_TEXTS]
    return [ordered[row] for row in sorted(rows.tolist())]


@dataclass(frozen=True)
class Pairing:
    """Which texts are alike by their concepts.

    Args:
        bags: the concepts of each text, rows of length 1; (text, concept).
        rows: the texts that have partners; (row,).
        partners: their partners, the nearest first; -1 where there are fewer; (row, ``PARTNERS``).
    """

    bags: csr_matrix
    rows: Rows
    partners: Rows

    @classmethod
    def of(cls, bags: csr_matrix) -> Pairing:
        """Find the partners of each text.

        Args:
            bags: as ``concept_bags`` returns them.
        """
        partners = np.full((bags.shape[0], PARTNERS), -1, dtype=np.int64)
        for start in range(0, bags.shape[0], _CHUNK):
            likeness = (bags[start : start + _CHUNK] @ bags.T).toarray()
            here = np.arange(len(likeness))
            likeness[here, start + here] = 0.0
            # Stable: of texts that are equally near, the first.
            nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :PARTNERS]
            near = np.take_along_axis(likeness, nearest, axis=1) > LEAST_LIKENESS
            partners[start : start + _CHUNK, : nearest.shape[1]] = np.where(near, nearest, -1)
        rows = np.flatnonzero(partners[:, 0] >= 0)
        return cls(bags, rows, partners[rows])

    def digest(self) -> str:
        """Return the SHA-256 over the concepts of the texts, which decide all else."""
        found = hashlib.sha256()
        for array in (self.bags.indptr, self.bags.indices, self.bags.data):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    def alike(self, first: Rows, second: Rows) -> NDArray[np.bool_]:
        """Return which texts are too much alike to be told apart; (first, second)."""
        result: NDArray[np.bool_] = (
            self.bags[first] @ self.bags[second].T
        ).toarray() > LEAST_LIKENESS
        return result

    def epoch(self, generator: np.random.Generator) -> Iterator[tuple[Rows, Rows]]:
        """Yield batches of texts and their partners, each text that has any once.

        The last batch is left out unless it is full.
        """
        order = generator.permutation(len(self.rows))
        many = (self.partners >= 0).sum(axis=1)
        chosen = self.partners[np.arange(len(many)), generator.integers(many)]
        for start in range(0, len(order) - PAIRS + 1, PAIRS):
            batch = order[start : start + PAIRS]
            yield self.rows[batch], chosen[batch]


def concept_bags(graph: KnowledgeGraph, documents: Sequence[EncodedDocument]) -> csr_matrix:
    """Return the concepts of each text and their ancestors, the rarer the heavier.

        bag_dc = log((1 + N) / (1 + n_c)) / length of the row

    with N the number of texts and n_c that of the texts with the concept or a kind of it.

    Shapes:
        output: (text, concept), rows of length 1; a text without links has an empty row
    """
    found = extract(
        graph, [document.links for document in documents], hops=0, max_nodes=None, decay=1.0
    )
    concept = found.concept_ids[found.closure_node]
    texts = np.bincount(concept, minlength=len(graph))
    weight = np.log((1 + len(documents)) / (1 + texts))[concept].astype(np.float32)
    shape = (len(documents), len(graph))
    bags = csr_matrix((weight, (found.closure_document, concept)), shape=shape)
    lengths = np.sqrt(np.asarray(bags.multiply(bags).sum(axis=1)).ravel())
    factor = np.where(lengths > 0, 1 / np.maximum(lengths, 1e-12), 0.0).astype(np.float32)
    return csr_matrix(bags.multiply(factor[:, None]))


def contrast_loss(texts: Tensor, partners: Tensor, alike: Tensor) -> Tensor:
    """Return how badly texts are told from those that they share no concepts with (InfoNCE).

        l_i = -log( exp(x_i . y_i / T) / sum of exp(x_i . y_j / T) over j = i and j unlike i )

    of vectors of length 1 (van den Oord et al., 2018, https://arxiv.org/abs/1807.03748); the mean
    over i, and over the texts looking for their partners and the partners looking for theirs.

    Shapes:
        texts, partners: (pair, width)
        alike: (pair, pair), bool; its diagonal counts as unlike
        output: ()
    """
    scores = unit(texts) @ unit(partners).T / TEMPERATURE  # (pair, pair)
    own = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    scores = scores.masked_fill(alike & ~own, -torch.inf)
    right = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2


def draw_together(
    encoder: PreTrainedModel,
    documents: Sequence[EncodedDocument],
    pairing: Pairing,
    *,
    epochs: float,
    seed: int,
    progress: Progress | None = None,
) -> PreTrainedModel:
    """Return a copy of an encoder that has learnt which texts share concepts.

    Args:
        encoder: the encoder; it stays as it is.
        documents: the texts.
        pairing: which of them are alike.
        epochs: how often each text that has partners is shown.
        seed: of partners, batches and dropout.
        progress: is told of each step.

    Raises:
        RunError: the loss is not finite.
    """
    learner = _copied(encoder)
    steps = num_steps(pairing, epochs=epochs)
    groups: list[dict[str, Any]] = [
        {"params": [one for one in learner.parameters() if one.ndim > 1]},
        {"params": [one for one in learner.parameters() if one.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=WEIGHT_DECAY)
    schedule = get_scheduler(
        "linear", optimizer, num_warmup_steps=WARMUP_STEPS, num_training_steps=steps
    )
    generator = np.random.default_rng(seed)
    set_seed(seed)
    learner.train(True)
    batches = (batch for _ in count() for batch in pairing.epoch(generator))
    for step, (first, second) in enumerate(islice(batches, steps), start=1):
        vectors_of = _vectors(learner, [documents[row] for row in (*first, *second)])
        alike = torch.from_numpy(pairing.alike(first, second)).to(vectors_of.device)
        loss = contrast_loss(vectors_of[: len(first)], vectors_of[len(first) :], alike)
        if not math.isfinite(loss.item()):
            raise RunError(
                f"the loss of contrastive pre-training became {loss.item()} at step {step}: look "
                "for odd weights in the encoder, or set training.contrast_epochs to 0"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(learner.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if progress:
            progress(1)
    learner.train(False)
    return learner


def _copied(encoder: PreTrainedModel) -> PreTrainedModel:
    """Return a copy of full precision, all of which learns."""
    learner = copy.deepcopy(encoder)
    torch.nn.Module.to(learner, torch.float32)
    torch.nn.Module.requires_grad_(learner, True)
    return learner


def num_steps(pairing: Pairing, *, epochs: float) -> int:
    """Return how many batches so many epochs have."""
    return round(epochs * (len(pairing.rows) // PAIRS))


def _vectors(encoder: PreTrainedModel, documents: Sequence[EncodedDocument]) -> Tensor:
    """Return the vectors of the beginnings of texts; (document, width)."""
    starts = [document.tokens[: min(TOKENS, document.windows[0])] for document in documents]
    cut = [EncodedDocument(tokens, (len(tokens),), ()) for tokens in starts]
    ids, mask, owner = (part.to(encoder.device) for part in pad_windows(cut, pad_id=0))
    hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    return mean_pool(hidden, mask, owner, len(cut))
