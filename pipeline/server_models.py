"""What the server says and understands, as pydantic models; GET /openapi.json is made of them.

Offsets count Unicode code points of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..kg import NIL
from .labels import plain

if TYPE_CHECKING:
    from .. import kg
    from . import prediction


class Model(BaseModel):
    """The base of all: unknown keys are refused, and so are numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Candidate(Model):
    """A concept that a mention may be of."""

    concept: str
    label: str
    kind: str
    score: float
    way: str


class Mention(Model):
    """A stretch of a text that names a concept, or none (NIL)."""

    start: int
    end: int
    text: str
    concept: str
    label: str
    definition: str
    score: float
    way: str
    polarity: Literal["affirmed", "negated"]
    senses: list[Literal["historical", "hypothetical", "family"]]
    section: str
    nested: bool
    fragments: list[tuple[int, int]]
    candidates: list[Candidate]


class Prediction(Model):
    """What the model says about a text.

    ``label`` is a list for several labels, a number for regression; ``score`` is the probability
    of the label, of several the greatest; null for regression, and where no label is likely.
    """

    id: str | None
    label: str | list[str] | float
    label_name: str
    score: float | None
    probabilities: dict[str, float]
    mentions: list[Mention]


class ModelName(Model):
    """Which model it was."""

    name: str
    sha256: str


class Predictions(Model):
    """The predictions of a request, in the order of its texts."""

    model: ModelName
    predictions: list[Prediction]


class LinkedText(Model):
    """The mentions of a text."""

    id: str | None
    mentions: list[Mention]


class LinkedTexts(Model):
    """The mentions of the texts of a request, in their order."""

    documents: list[LinkedText]


class TextWithId(Model):
    """A text, and what it is called."""

    id: str = Field(max_length=1000)
    text: str


class OneText(Model):
    """One text."""

    text: str = Field(examples=["Fever and a cough."])


class ManyTexts(Model):
    """Several texts."""

    texts: list[str] = Field(min_length=1)


class ManyDocuments(Model):
    """Several texts with their ids."""

    documents: list[TextWithId] = Field(min_length=1)


class ConceptBrief(Model):
    """A concept in a list.

    ``children`` is how many concepts are right below it, ``documents`` how many documents mention
    it or a narrower one (null without results), ``relation`` what it is to the concept at hand.
    """

    concept: str
    label: str
    children: int
    documents: int | None
    relation: str = "broader"


class Suggested(Model):
    """A concept that completes what was typed; ``name`` is the name that matched."""

    concept: str
    label: str
    name: str


class Problem(BaseModel):
    """What went wrong (RFC 9457): what was wrong, what was expected, the way out."""

    type: str
    title: str
    status: int
    detail: str


Status = Literal["starting", "ready", "stopping"]
"""What the server does: load the model, answer, or answer what it has taken on and no more."""


class Health(Model):
    """The process answers."""

    status: Literal["ok"]


class Ready(Model):
    """Whether the server takes requests."""

    status: Status


class LabelName(Model):
    """A label and its name for people."""

    label: str
    name: str


class AboutModel(ModelName):
    """The model."""

    task: Literal["single-label", "multi-label", "regression"]
    labels: list[LabelName]


class AboutOntology(Model):
    """The ontology that the model knows."""

    concepts: int
    fingerprint: str


class AboutResults(Model):
    """The results that are served."""

    run: str
    documents: int
    mentions: int
    fields: list[str]


class About(Model):
    """What is served."""

    version: str
    model: AboutModel
    language: str
    ontology: AboutOntology | None
    results: AboutResults | None
    corrections: bool


def said(mention: kg.Mention, graph: kg.KnowledgeGraph | None, *, language: str = "") -> Mention:
    """Return a mention as the server says it, with the definition of its concept.

    Args:
        mention: the mention.
        graph: the ontology; None leaves the definition empty.
        language: the language of the definition, where there are several.
    """
    linked = mention.iri != NIL
    definition = ""
    if linked and graph is not None and mention.iri in graph:
        definition = graph.definition(graph.index(mention.iri), language)
    # The linked concept need not be the first of the candidates.
    ways = [one.way for one in mention.candidates if one.iri == mention.iri]
    return Mention(
        start=mention.start,
        end=mention.end,
        text=mention.text,
        concept=mention.iri,
        label=mention.label,
        definition=definition,
        score=mention.score,
        way=ways[0] if ways else "",
        polarity=mention.polarity,
        senses=list(mention.senses),
        section=mention.section,
        nested=mention.nested,
        fragments=list(mention.fragments),
        candidates=[
            Candidate(
                concept=one.iri,
                label=one.label,
                kind=str(one.kind),
                score=one.score,
                way=one.way,
            )
            for one in mention.candidates
        ],
    )


def said_prediction(
    found: prediction.Prediction,
    *,
    id: str | None,
    names: dict[str, str],
    graph: kg.KnowledgeGraph | None,
    language: str = "",
) -> Prediction:
    """Return a prediction as the server says it.

    Args:
        found: the prediction.
        id: what the text is called.
        names: the names of the labels for people.
        graph: the ontology.
        language: the language of definitions.
    """
    return Prediction(
        id=id,
        label=plain(found.label),
        label_name="; ".join(names.get(label, label) for label in found.labels),
        score=found.score,
        probabilities=found.probabilities,
        mentions=[said(mention, graph, language=language) for mention in found.mentions],
    )
