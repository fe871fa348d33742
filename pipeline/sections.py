"""The sections of a project file: corpus, knowledge, objective; each field explained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

Channel = Literal["closure", "graph", "tokens"]
Task = Literal["single-label", "multi-label", "regression"]
CHANNELS: Final[tuple[Channel, ...]] = ("closure", "graph", "tokens")


def beside_the_file(path: Path, info: ValidationInfo) -> Path:
    """Return a path as seen from the project file that names it."""
    base = (info.context or {}).get("base")
    path = path.expanduser()
    return path if base is None or path.is_absolute() else Path(base) / path


FilePath = Annotated[Path, AfterValidator(beside_the_file)]
Share = Annotated[float, Field(gt=0, lt=1)]
Weight = Annotated[float, Field(ge=0)]
Part = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A part of the project file: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CorpusSettings(Section):
    """Where the labelled texts are and what their columns are called."""

    train: FilePath | None = Field(
        default=None,
        description="The labelled texts to learn from: CSV, TSV, JSONL or Parquet (text: also "
        ".gz). Without any, the classifier is made of label_names and unlabelled texts.",
    )
    dev: Literal["auto"] | Share | FilePath = Field(
        default="auto",
        union_mode="left_to_right",
        description="The texts by which choices are made: a file, a share of the training texts, "
        "or 'auto': none; choices are made by cross-validation, and every label is learnt from.",
    )
    test: FilePath | None = Field(
        default=None, description="Labelled texts kept apart; only evaluated, once, at the end."
    )
    unlabelled: FilePath | None = Field(
        default=None,
        description="More texts like these, without labels: a file or a folder. They say how "
        "frequent each label is where the labelled texts were chosen label by label. For tasks "
        "where a text has a single label.",
    )
    id: str | None = Field(
        default=None, description="The column with the identifier; null: the number of the row."
    )
    text: str = Field(default="text", description="The column with the text.")
    label: str = Field(
        default="label", description="The column with the label (or the number to predict)."
    )
    label_names: FilePath | None = Field(
        default=None,
        description="A TSV or CSV file with the columns label and name: names, descriptions, or "
        "IRIs or CURIEs of concepts; the classifier starts from their meaning. A column concept "
        "says which concepts the labels stand for.",
    )
    clean: bool = Field(
        default=False,
        description="Whether texts are read without what web pages and conversions leave behind "
        "(tags, entities, invisible characters, runs of white space). The offsets of mentions "
        "stay those of the original text.",
    )
    on_bad_row: Literal["error", "skip"] = Field(
        default="error",
        description="What a row that cannot be read gets: 'error' stops at once and names the row; "
        "'skip' leaves it out and counts it.",
    )

    @field_validator("dev", mode="before")
    @classmethod
    def _number_as_share(cls, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool) and not 0 < value < 1:
            raise ValueError(f"a share must lie between 0 and 1, got {value}")
        return value


class AssertionSettings(Section):
    """What is left of a link whose mention is not affirmed of here and now.

    1 leaves the link as it is, 0 leaves it out; a mention of several kinds has their product.
    """

    negated: Part = Field(
        default=1.0,
        description="What is left, from 0 to 1, of the link of a mention that the text denies: "
        '"no evidence of X".',
    )
    historical: Part = Field(
        default=1.0, description='The same for a mention of the past: "history of X".'
    )
    hypothetical: Part = Field(
        default=1.0, description='The same for a mention of what may be: "risk of X".'
    )
    family: Part = Field(
        default=1.0, description='The same for a mention of the family: "his father had X".'
    )


class KnowledgeSettings(Section):
    """How the ontology reaches the classifier."""

    keep: Literal["if-helpful", "always"] = Field(
        default="if-helpful",
        description="'if-helpful' leaves the channels out where the linear probe is better without "
        "them (or, where texts are many, not better by 1.5 points with them), by cross-validation "
        "or on the development texts: the result is then that of plain BERT. With no labelled text "
        "they are left out unless half of the labels stand for concepts, or half of the texts "
        "mention concepts that say the labels their text says. Concepts are linked and recorded "
        "all the same.",
    )
    channels: tuple[Channel, ...] = Field(
        default=CHANNELS,
        description="The ways for knowledge to reach the classifier: closure (linked concepts and "
        "their ancestors), graph (a graph network over the linked subgraph), tokens (concepts "
        "mixed into the tokens of their mentions). [] is plain BERT.",
    )
    hops: int = Field(
        default=1,
        ge=0,
        le=4,
        description="How many relations away from a linked concept the graph reaches.",
    )
    max_nodes: int = Field(
        default=4096,
        ge=1,
        description="The most concepts in the subgraph of one batch; what goes beyond is cut in "
        "the order: neighbours, ancestors, linked concepts, the least relevant first.",
    )
    decay: float = Field(
        default=0.7,
        gt=0,
        le=1,
        description="How much of a concept's weight its parent gets, at each step upwards.",
    )
    retrieved: int = Field(
        default=10,
        ge=0,
        description="How many of the concepts nearest to its text each document is given beside "
        "the linked ones, by the encoder's own vectors (channel closure); 0 for none.",
    )
    retrieval_weight: Weight = Field(
        default=0.5,
        description="How much the nearest retrieved concept counts; a sure link counts 1.",
    )
    candidates: int = Field(
        default=1,
        ge=1,
        description="How many candidates of an ambiguous mention are taken as links.",
    )
    nested: bool = Field(
        default=False, description="Whether mentions inside a longer mention count as links too."
    )
    assertion: AssertionSettings = Field(
        default_factory=AssertionSettings,
        description="How much links count that the text does not affirm of here and now.",
    )
    section_weights: dict[str, float] = Field(
        default_factory=dict,
        description="What is left, from 0 to 1, of the links in a section of the document, by the "
        "section's name in small letters, such as {methods: 0.5}; 1 for sections not named.",
    )
    linking: dict[str, Any] = Field(
        default_factory=dict,
        description="Options of the linker by name (see the reference of ontograft_linker).",
    )

    @field_validator("linking")
    @classmethod
    def _weights_beside_the_file(
        cls, linking: dict[str, Any], info: ValidationInfo
    ) -> dict[str, Any]:
        weights = linking.get("weights")
        if not isinstance(weights, str) or not weights:
            return linking
        return {**linking, "weights": str(beside_the_file(Path(weights), info))}

    @field_validator("section_weights")
    @classmethod
    def _small_letters(cls, weights: dict[str, float]) -> dict[str, float]:
        small = {" ".join(name.lower().split()): weight for name, weight in weights.items()}
        if len(small) < len(weights):
            raise ValueError("a section is named twice: names do not differ by capitals or spaces")
        for name, weight in small.items():
            if not 0 <= weight <= 1:
                raise ValueError(f"the weight of {name!r} must be between 0 and 1, got {weight:g}")
        return small

    @field_validator("channels")
    @classmethod
    def _once_each(cls, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        return tuple(channel for channel in CHANNELS if channel in channels)


class ObjectiveSettings(Section):
    """The weights of the terms of the loss beside the task's own; 0 leaves a term out entirely."""

    consistency: Weight = Field(
        default=0.0,
        description="Predictions with and without knowledge should agree (KL divergence).",
    )
    graph: Weight = Field(
        default=0.0, description="Concept states should predict the ontology's relations."
    )
    alignment: Weight = Field(
        default=0.0,
        description="The vector of a mention should be close to that of its concept (InfoNCE).",
    )
    anchor: Weight = Field(
        default=0.0, description="The encoder should stay close to its pre-trained weights (L2-SP)."
    )
    label_smoothing: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="The share of probability spread evenly over all labels.",
    )
    concept_dropout: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="The share of linked concepts hidden at random while training.",
    )
