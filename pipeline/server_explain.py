"""The route ``/explain``: which concepts speak for what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from ..errors import QueryLimitError
from . import server_models as models
from .labels import plain
from .server_errors import ProblemError
from .server_lifetime import ServedNow
from .serving import Served

if TYPE_CHECKING:
    from . import explanation_parts as parts

router = APIRouter()

MOST_TOKENS: Final = 65_536
"""The most tokens that the model reads for one explanation: some seconds."""


class Question(models.Model):
    """A text whose prediction is to be explained, and how."""

    text: str = Field(examples=["Fever and a cough."])
    method: str = Field("leave-one-concept-out", max_length=100)


class Without(models.Model):
    """What the model says without any concept.

    ``score`` is the probability of that label, of several the greatest; the value for regression;
    null where no label is likely.
    """

    label: str | list[str] | float
    score: float | None


class LabelEffect(models.Model):
    """What becomes of one predicted label."""

    label: str
    score: float
    score_without: float
    change: float


class Effect(models.Model):
    """What the model says without one concept.

    ``mentions`` are places in the prediction's list. ``score_without`` and ``change`` are of the
    predicted label, of several the one that changes most; ``labels`` has all of them.
    """

    concept: str
    label: str
    mentions: list[int]
    retrieved: bool
    label_without: str | list[str] | float
    score_without: float
    change: float
    label_changes: bool
    labels: list[LabelEffect]


class Node(models.Model):
    """A concept of the subgraph, and its share in the document's bag of concepts."""

    concept: str
    label: str
    role: str
    weight: float


class Edge(models.Model):
    """A relation between two concepts of the subgraph."""

    source: str
    target: str
    relation: str


class Subgraph(models.Model):
    """The concepts that reached the model with their ancestors; ``left_out`` have less weight."""

    nodes: list[Node]
    edges: list[Edge]
    left_out: int


class Explanation(models.Model):
    """Why the model says what it says; the strongest effects come first."""

    method: str
    prediction: models.Prediction
    without_knowledge: Without
    effects: list[Effect]
    subgraph: Subgraph


@router.post("/explain", response_model=Explanation)
async def explain(question: Question, served: ServedNow) -> Response:
    """Say what the label and its probability would be without each concept."""
    from .explanation import explain as explained

    def work() -> bytes:
        found = explained(
            served.classifier, question.text, question.method, most_tokens=MOST_TOKENS
        )
        return _said(found, served).model_dump_json().encode()

    try:
        content = await served.on_model(work, text=question.text)
    except QueryLimitError as error:
        raise ProblemError(413, str(error)) from error
    return Response(content, media_type="application/json")


def _said(found: parts.Explanation, served: Served) -> Explanation:
    classifier = served.classifier
    prediction = models.said_prediction(
        found.prediction,
        id=None,
        names=classifier.label_names,
        graph=served.graph,
        language=classifier.language,
    )
    bare = found.without_knowledge
    return Explanation(
        method=found.method,
        prediction=prediction,
        without_knowledge=Without(
            label=plain(bare.label),
            score=bare.label if isinstance(bare.label, float) else bare.score,
        ),
        effects=[_effect(effect, found) for effect in found.effects],
        subgraph=Subgraph(
            nodes=[
                Node(concept=one.concept, label=one.label, role=one.role, weight=one.weight)
                for one in found.subgraph.nodes
            ],
            edges=[
                Edge(source=one.source, target=one.target, relation=one.relation)
                for one in found.subgraph.edges
            ],
            left_out=found.subgraph.left_out,
        ),
    )


def _effect(effect: parts.Effect, found: parts.Explanation) -> Effect:
    strongest = effect.strongest
    before, after = found.prediction.label, effect.without.label
    return Effect(
        concept=effect.concept,
        label=effect.label,
        mentions=list(effect.mentions),
        retrieved=effect.retrieved,
        label_without=plain(after),
        score_without=strongest.score_without,
        change=strongest.change,
        label_changes=not isinstance(before, float) and before != after,
        labels=[
            LabelEffect(
                label=one.label, score=one.score, score_without=one.score_without, change=one.change
            )
            for one in effect.labels
        ],
    )
