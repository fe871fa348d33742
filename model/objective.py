"""The terms of the loss, each with its formula.

The loss is the term of the task plus, in training, the sum of the other terms, each times its
weight in ``OntograftConfig.objective``:

    cross_entropy | bce | mse       the task: are the predictions right?
    consistency                     do text alone and text with knowledge agree?
    graph                           do the concept states predict the ontology's relations?
    alignment                       is a mention's vector close to that of its concept?
    anchor                          has the encoder stayed close to its pre-trained weights?

A term with weight 0 is not computed. In evaluation the loss is the task's term alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from .configuration import OntograftConfig
from .pooling import numbered, unit

TASK_TERMS = ("cross_entropy", "bce", "mse")
"""The names of the terms of the task; their weight is 1."""

IGNORED = -100
"""The label of a document that has none, as everywhere in PyTorch: it adds nothing to the loss."""

MAX_QUESTIONS = 1024
"""How many (source, relation) pairs of a batch the graph term asks about at most."""

TEMPERATURE = 0.05
"""What cosine similarities are divided by before a softmax over them."""


def task_term(logits: Tensor, labels: Tensor, *, config: OntograftConfig) -> dict[str, Tensor]:
    """Return the term of the task by its name, as the configuration's problem type has it."""
    if config.problem_type == "regression":
        return {"mse": mse(logits, labels)}
    single = config.problem_type == "single_label_classification"
    term = cross_entropy if single else bce
    value = term(
        logits, labels, class_weights=config.class_weights, label_smoothing=config.label_smoothing
    )
    return {"cross_entropy" if single else "bce": value}


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    *,
    class_weights: Sequence[float] | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return the cross-entropy of one label a document.

        mean over the documents of  - class_weight[y] * log softmax(logits)[y]

    The mean is over documents, not over class weights, so that gradient accumulation over several
    batches gives the same as one large batch.

    Shapes:
        logits: (document, label)
        labels: (document,), integers; ``IGNORED`` for none
        output: ()
    """
    weight = None if class_weights is None else logits.new_tensor(class_weights)
    losses = functional.cross_entropy(
        logits,
        labels,
        weight=weight,
        label_smoothing=label_smoothing,
        ignore_index=IGNORED,
        reduction="none",
    )
    return losses.sum() / (labels != IGNORED).sum().clamp_min(1)


def bce(
    logits: Tensor,
    labels: Tensor,
    *,
    class_weights: Sequence[float] | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return the binary cross-entropy of any number of labels a document.

        mean over documents and labels k of  - class_weight[k] * log p(y_k)

    where p is the sigmoid of the logits, and smoothing moves each target towards one half.

    Shapes:
        logits, labels: (document, label)
        output: ()
    """
    weight = None if class_weights is None else logits.new_tensor(class_weights)
    targets = labels.to(logits.dtype) * (1 - label_smoothing) + label_smoothing / 2
    return functional.binary_cross_entropy_with_logits(logits, targets, weight=weight)


def mse(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean squared error.

        mean over documents and outputs of (logit - label)^2

    Shapes:
        logits: (document, output)
        labels: (document, output), or (document,) where there is one output
        output: ()
    """
    return functional.mse_loss(logits, labels.to(logits.dtype).view_as(logits))


def consistency(text_logits: Tensor, logits: Tensor, *, problem_type: str) -> Tensor:
    """Return how far the predictions with late knowledge are from those without.

        mean over the documents of KL(p_text || p)

    p is what the model predicts, p_text what its text head alone does: no second pass through the
    encoder. Both are trained, so that text and knowledge teach each other. For several labels it
    is the mean of the divergences of the single labels, for numbers the mean squared difference.

    Shapes:
        text_logits, logits: (document, label)
        output: ()
    """
    if problem_type == "regression":
        return functional.mse_loss(logits, text_logits)
    if problem_type == "multi_label_classification":
        yes, no = functional.logsigmoid(text_logits), functional.logsigmoid(-text_logits)
        yes_gap = yes - functional.logsigmoid(logits)
        no_gap = no - functional.logsigmoid(-logits)
        return (yes.exp() * yes_gap + no.exp() * no_gap).mean()
    text, full = text_logits.log_softmax(dim=-1), logits.log_softmax(dim=-1)
    return (text.exp() * (text - full)).sum(dim=-1).mean()


def contrast(scores: Tensor, target: Tensor, group: Tensor) -> Tensor:
    """Return the cross-entropy of picking each row's target among all, other right ones aside.

        l_i = - log( exp(s_i,t(i)) / sum of exp(s_ij) over j = t(i) and all j that are wrong for i )

    An answer is right for a row if it is the target of any row of the same group.

    Shapes:
        scores: (row, answer)
        target: (row,), the answer that is right
        group: (row,), integers; rows with the same number ask the same question
        output: (row,)
    """
    groups, question = numbered(group)
    right = torch.zeros(
        (len(groups), scores.shape[1]), dtype=torch.bool, device=scores.device
    )  # (question, answer)
    right[question, target] = True
    hidden = right[question]  # (row, answer)
    hidden[torch.arange(len(target), device=target.device), target] = False
    return functional.cross_entropy(
        scores.masked_fill(hidden, -torch.inf), target, reduction="none"
    )


class RelationPrediction(nn.Module):
    """The graph term: the states of two related concepts should tell that they are related.

    For an edge (s, r, t), all concepts u of the batch and states of length 1:

        score(u) = sum of h_s * w_r * h_u over the width / temperature
        term = mean over the edges of the cross-entropy of picking t among all u

    Other targets of the same s and r are left out of the sum. Of very many questions (s, r), every
    second, third, ... is asked. The score is DistMult (Yang et al.,
    2015, https://arxiv.org/abs/1412.6575); w_r starts at ones, so that it starts as the cosine.

    Args:
        num_relations: how many relations, inverses not counted.
        width: the width of the states.
    """

    def __init__(self, num_relations: int, width: int) -> None:
        super().__init__()
        self.relation = nn.Parameter(torch.ones(num_relations, width))

    def forward(self, states: Tensor, edge_index: Tensor, edge_type: Tensor) -> Tensor:
        """Return the term; 0 for a batch without edges.

        Shapes:
            states: (node, width)
            edge_index: (2, edge); edge_type: (edge,); inverse edges are left out
            output: ()
        """
        num_relations = len(self.relation)
        question = edge_index[0] * num_relations + edge_type  # the same for the same s and r
        given = edge_type < num_relations
        distinct, rank = numbered(question[given])
        kept = rank % max(math.ceil(len(distinct) / MAX_QUESTIONS), 1) == 0
        (source, target), relation = edge_index[:, given][:, kept], edge_type[given][kept]
        states = unit(states)
        asked = states[source] * self.relation[relation]  # (edge, width)
        scores = asked @ states.T / TEMPERATURE  # (edge, node)
        losses = contrast(scores, target, rank[kept])
        return losses.sum() / max(len(target), 1)


def alignment(
    mentions: Tensor, states: Tensor, *, node: Tensor, mention: Tensor, score: Tensor
) -> Tensor:
    """Return how badly the vector of a mention picks its concept among those of the batch.

        mean over the links i, by their scores, of  - log( exp(c_i,t(i)) / sum of exp(c_ij) )

    where c_ij is the cosine of the mention of link i and of concept j, over the temperature, and j
    runs over the concepts that are linked in the batch (InfoNCE; van den Oord et al., 2018,
    https://arxiv.org/abs/1807.03748). Other candidates of the same mention are left out.

    Shapes:
        mentions: (link, width), the mean token vector of each link's mention
        states: (node, width)
        node: (link,), the node of each link's concept
        mention: (link,), integers; links of one mention share theirs
        score: (link,)
        output: (); 0 without links
    """
    linked, target = numbered(node)  # (linked,), (link,)
    scores = unit(mentions.float()) @ unit(states[linked]).T / TEMPERATURE  # (link, linked)
    losses = contrast(scores, target, mention)
    return (losses * score).sum() / score.sum().clamp_min(torch.finfo(score.dtype).tiny)


def anchor(parameters: Iterable[Tensor], reference: Iterable[Tensor]) -> Tensor:
    """Return half the squared distance of the encoder from its pre-trained weights.

        1/2 * sum over the weights of (theta - theta_0)^2

    L2-SP (Li et al., 2018, https://arxiv.org/abs/1802.01483).
    """
    parts = [
        (value - start.to(value.device)).square().sum()
        for value, start in zip(parameters, reference, strict=True)
    ]
    return torch.stack(parts).sum() / 2
