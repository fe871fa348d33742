"""The configuration of a knowledge-grafted classifier: everything that decides its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

from ..errors import SettingsError

CHANNELS: Final = ("closure", "graph", "tokens")
"""The ways for knowledge to reach the classifier, in the order in which they are always listed."""

TERMS: Final = ("consistency", "graph", "alignment", "anchor")
"""The terms that the objective may add to the one of the task."""

PROBLEM_TYPES: Final = ("single_label_classification", "multi_label_classification", "regression")


@strict
class OntograftConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Describe an ``OntograftForSequenceClassification``.

    Args:
        encoder: the configuration of the text encoder (an object, or a dict with ``model_type``).
        channels: which of ``closure``, ``graph`` and ``tokens`` there are; none is plain BERT.
        num_concepts: how many concepts the ontology has.
        num_relations: how many relations it has, inverses not counted.
        num_edges: how many edges the graph kept in the model has, inverses counted; None while no
            graph was given with ``set_graph``.
        num_closure_entries: how many entries the closure kept in the model has; None while none was
            given with ``set_closure``.
        retrieved_concepts: how many of the concepts nearest to its text each document is given
            beside the linked ones, for the closure channel; the last is the yardstick and weighs
            nothing; 0 for none.
        retrieval_weight: how much the nearest one counts, where a sure link counts 1.
        concept_width: the width of the concepts' text vectors; None is the encoder's width.
        graph_width: the inner width of the graph network, and of the attention that pools it.
        graph_layers: how many relational layers the graph network has.
        graph_bases: how many basis matrices its relations share; 0 gives each relation its own.
        token_layer: before which encoder layer concepts are mixed into the tokens of their
            mentions (0 is the first); None is two thirds up.
        token_width: the width of that attention.
        concept_dropout: the share of the closure entries hidden in each training step.
        objective: the weights of the terms ``consistency``, ``graph``, ``alignment`` and
            ``anchor``; a term that is missing or 0 is not computed.
        class_weights: a factor for each label in the loss; None is 1 for all.
        label_smoothing: the share of the target spread over all labels, from 0 to below 1.
        ontology_fingerprint: the fingerprint of the knowledge graph the model was built for.
        initializer_range: the standard deviation of freshly drawn weights.

    Raises:
        SettingsError: a value is out of range, or two do not go together.
    """

    model_type = "ontograft"
    sub_configs_defaults: ClassVar[dict[str, SubConfigSpec]] = {
        "encoder": SubConfigSpec(config_class=AutoConfig, model_type="bert")
    }
    # The Trainer gathers what is not listed here over batches; these differ in length.
    keys_to_ignore_at_inference: ClassVar[list[str]] = [
        "loss_terms",
        "concept_attention",
        "document_vectors",
    ]

    encoder: dict[str, Any] | PreTrainedConfig | None = None
    channels: list[str] | tuple[str, ...] = CHANNELS
    num_concepts: int = 0
    num_relations: int = 1
    num_edges: int | None = None
    num_closure_entries: int | None = None
    retrieved_concepts: int = 0
    retrieval_weight: float | int = 0.5
    concept_width: int | None = None
    graph_width: int = 128
    graph_layers: int = 2
    graph_bases: int = 4
    token_layer: int | None = None
    token_width: int = 128
    concept_dropout: float | int = 0.0
    objective: dict[str, float | int] | None = None
    class_weights: list[float | int] | None = None
    label_smoothing: float | int = 0.0
    ontology_fingerprint: str = ""
    initializer_range: float = 0.02

    if TYPE_CHECKING:  # transformers adds its own options, such as num_labels and id2label

        def __init__(self, **options: Any) -> None: ...

    def __post_init__(self, **kwargs: Any) -> None:
        """Fill in what follows from the encoder and check the whole."""
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]
        given = list(self.channels)
        _check_choices("channel", given, CHANNELS)
        self.channels = tuple(channel for channel in CHANNELS if channel in given)
        self.objective = dict.fromkeys(TERMS, 0.0) | (self.objective or {})
        _check_choices("objective term", list(self.objective), TERMS)
        self.problem_type = self.problem_type or "single_label_classification"
        text: Any = self.encoder
        if self.concept_width is None:
            self.concept_width = int(text.hidden_size)
        if self.token_layer is None:
            layers = int(text.num_hidden_layers)
            self.token_layer = min(round(layers * 2 / 3), max(layers - 1, 0))
        self._check_numbers(int(text.num_hidden_layers))
        self._check_combinations(int(text.hidden_size))

    def term_weight(self, term: str) -> float:
        """Return the weight of a term of the objective."""
        return float((self.objective or {}).get(term, 0.0))

    @property
    def uses_concept_vectors(self) -> bool:
        """Whether the concepts' text vectors are part of the model."""
        return (
            "graph" in self.channels
            or "tokens" in self.channels
            or self.retrieved_concepts > 0
            or self.term_weight("alignment") > 0
        )

    def _check_numbers(self, num_layers: int) -> None:
        layers = max(num_layers - 1, 0)
        infinite = float("inf")
        ranges: dict[str, tuple[float, float, float]] = {
            "num_concepts": (self.num_concepts, 0, infinite),
            "num_relations": (self.num_relations, 0, infinite),
            "retrieved_concepts": (self.retrieved_concepts, 0, infinite),
            "retrieval_weight": (self.retrieval_weight, 0, infinite),
            "graph_width": (self.graph_width, 1, infinite),
            "graph_layers": (self.graph_layers, 1, infinite),
            "graph_bases": (self.graph_bases, 0, infinite),
            "token_width": (self.token_width, 1, infinite),
            "token_layer": (self.token_layer or 0, 0, layers),
            "concept_dropout": (self.concept_dropout, 0, 1),
            "label_smoothing": (self.label_smoothing, 0, 0.999),
        }
        ranges |= {f"objective.{term}": (self.term_weight(term), 0, infinite) for term in TERMS}
        for name, (value, low, high) in ranges.items():
            if not low <= value <= high:
                raise SettingsError(f"{name} must be between {low} and {high}, got {value}")

    def _check_combinations(self, text_width: int) -> None:
        late = {"closure", "graph"} & set(self.channels)
        if self.term_weight("consistency") > 0 and not late:
            raise SettingsError(
                "objective.consistency compares predictions with and without the channels closure "
                "and graph, but neither is on: add one of them to channels or set the weight to 0"
            )
        if self.term_weight("graph") > 0 and "graph" not in self.channels:
            raise SettingsError(
                "objective.graph trains the graph channel, which is off: add 'graph' to channels "
                "or set the weight to 0"
            )
        if self.retrieved_concepts > 0 and "closure" not in self.channels:
            raise SettingsError(
                "retrieved_concepts feeds the channel closure, which is off: add 'closure' to "
                "channels or set it to 0"
            )
        if self.retrieved_concepts > 0 and self.concept_width != text_width:
            raise SettingsError(
                f"retrieved_concepts compares documents with concepts, so concept_width must be "
                f"the encoder's width {text_width}, got {self.concept_width}"
            )
        if self.term_weight("alignment") > 0 and self.concept_width != text_width:
            raise SettingsError(
                f"objective.alignment compares tokens with concepts, so concept_width must be the "
                f"encoder's width {text_width}, got {self.concept_width}"
            )
        if self.class_weights is None:
            return
        if self.problem_type == "regression":
            raise SettingsError("class_weights have no meaning for regression: leave them out")
        if len(self.class_weights) != self.num_labels:
            raise SettingsError(
                f"class_weights must hold one factor for each of the {self.num_labels} labels, "
                f"got {len(self.class_weights)}"
            )


def _check_choices(kind: str, given: list[str], choices: tuple[str, ...]) -> None:
    for name in given:
        if name not in choices:
            raise SettingsError(f"unknown {kind} {name!r}; choose from: {', '.join(choices)}")
