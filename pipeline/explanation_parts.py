"""What an explanation consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .prediction import Prediction

Role = Literal["mentioned", "retrieved", "ancestor", "neighbour"]
"""How a concept came into the subgraph: the text names it, or is like it; it is above one of these,
or beside one."""


@dataclass(frozen=True, slots=True)
class LabelEffect:
    """What becomes of one label.

    Args:
        label: the label; ``value`` for regression.
        score: its probability, or the value.
        score_without: the same without the concept.
    """

    label: str
    score: float
    score_without: float

    @property
    def change(self) -> float:
        """How much the concept adds: above 0 it speaks for the label, below 0 against it."""
        return self.score - self.score_without


@dataclass(frozen=True, slots=True)
class Effect:
    """What the model would say without one concept, all else being equal.

    Args:
        concept: the IRI of the concept.
        label: its name.
        mentions: which mentions of the prediction link to it, by their place.
        retrieved: whether the concept was retrieved, because the text is like its description.
        without: the prediction without the concept; without mentions.
        labels: what becomes of each predicted label; of the most likely one, if none is predicted.
    """

    concept: str
    label: str
    mentions: tuple[int, ...]
    retrieved: bool
    without: Prediction
    labels: tuple[LabelEffect, ...]

    @property
    def strongest(self) -> LabelEffect:
        """The label with the greatest change in either direction; of equals the first."""
        return max(self.labels, key=lambda effect: abs(effect.change))

    @property
    def change(self) -> float:
        """How much the concept adds to that label."""
        return self.strongest.change


@dataclass(frozen=True, slots=True)
class Node:
    """A concept of the subgraph.

    Args:
        concept: its IRI.
        label: its name.
        role: how it came to be here.
        weight: its share in the document's bag of concepts, see ``model.closure_bag``; the squares
            of all of them, those left out included, add up to 1.
    """

    concept: str
    label: str
    role: Role
    weight: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two concepts of the subgraph, by their IRIs, and the relation's name."""

    source: str
    target: str
    relation: str


@dataclass(frozen=True, slots=True)
class Subgraph:
    """The concepts that reached the model with their ancestors, and the relations between them.

    Args:
        nodes: the concepts, those of the greatest weight first, then by IRI.
        edges: the relations between them.
        left_out: how many more concepts there are, of less weight.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the model says what it says about a text.

    Args:
        method: how it was found out.
        prediction: what the model says.
        without_knowledge: what it would say if no concept reached it.
        effects: what each concept that reached it does, the strongest change first, then by IRI.
        subgraph: these concepts and their ancestors.
    """

    method: str
    prediction: Prediction
    without_knowledge: Prediction
    effects: tuple[Effect, ...]
    subgraph: Subgraph
