"""The section ``training`` of a project file; each field explained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from .sections import Section, Weight


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) and value != "all-linear" else value


class LoraSettings(Section):
    """Low-rank adapters (LoRA): small matrices that learn in place of the encoder's weights."""

    rank: int = Field(
        default=0,
        ge=0,
        description="The inner width of the adapters that learn in place of the encoder's weights "
        "(LoRA, by the library PEFT: the extra 'lora'), in the layers that are not frozen; 0: no "
        "adapters, the weights themselves learn.",
    )
    alpha: Literal["auto"] | Annotated[float, Field(gt=0)] = Field(
        default="auto",
        description="What an adapter adds is multiplied by alpha / rank; 'auto': twice the rank.",
    )
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.0, description="The share of an adapter's inputs hidden at random in training."
    )
    target_modules: (
        Literal["all-linear"]
        | Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_as_list)]
    ) = Field(
        default="all-linear",
        description="The linear layers that get an adapter, by the ends of their names, such as "
        "[query, value]; what they are called depends on the encoder. 'all-linear': all.",
    )
    merge: bool = Field(
        default=False,
        description="Whether the model is saved whole. Otherwise it is saved small, without the "
        "encoder's own weights, and is loaded where the same encoder is found.",
    )

    @model_validator(mode="after")
    def _nothing_without_a_rank(self) -> LoraSettings:
        fields = type(self).model_fields
        for name, field in fields.items():
            if self.rank == 0 and name != "rank" and getattr(self, name) != field.default:
                raise ValueError(
                    f"{name} has no meaning without adapters: set rank, such as 8, or leave it out"
                )
        return self


class TrainingSettings(Section):
    """How the model is trained."""

    seed: int = Field(
        default=0, ge=0, description="Of every random choice; the same seed, the same model."
    )
    epochs: Literal["auto"] | Annotated[float, Field(ge=0)] = Field(
        default="auto",
        description="Passes over the training texts; 0 keeps the linear probe on the frozen "
        "encoder; 'auto' depends on the number of labelled texts.",
    )
    learning_rate: Literal["auto"] | Annotated[float, Field(gt=0)] = Field(
        default="auto",
        description="Of the encoder; 'auto' depends on the number of labelled texts, and is ten "
        "times that for adapters (lora).",
    )
    head_learning_rate: Literal["auto"] | Annotated[float, Field(gt=0)] = Field(
        default="auto",
        description="Of the linear heads; 'auto': ten times that of the encoder, or that of its "
        "adapters.",
    )
    graft_learning_rate: Literal["auto"] | Annotated[float, Field(gt=0)] = Field(
        default="auto",
        description="Of what lies between encoder and heads (graph network, attention, gates); "
        "'auto': 0.001.",
    )
    batch_size: int = Field(default=16, ge=1, description="Texts in a batch.")
    gradient_accumulation: int = Field(
        default=1, ge=1, description="Batches whose gradients are added up before each step."
    )
    optimizer: Literal["adamw", "adafactor", "sgd"] = Field(
        default="adamw", description="The optimiser."
    )
    schedule: Literal["linear", "cosine", "constant"] = Field(
        default="linear", description="How the learning rate falls after the warm-up."
    )
    warmup: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="The share of the steps in which the learning rate rises.",
    )
    weight_decay: Weight = Field(
        default=0.01, description="Of weight matrices; biases and norms have none."
    )
    max_gradient_norm: float = Field(
        default=1.0, gt=0, description="Longer gradients are cut to this."
    )
    lora: LoraSettings = Field(
        default_factory=LoraSettings, description="Low-rank adapters in the encoder."
    )
    early_stopping: int = Field(
        default=2,
        ge=0,
        description="Evaluations on the development split without progress after which training "
        "stops; 0: never. Without a development split training runs to its end.",
    )
    select_by: Literal["auto", "accuracy", "macro_f1", "micro_f1", "loss"] = Field(
        default="auto",
        description="The figure on the development split that picks the best checkpoint; 'auto': "
        "macro_f1, or loss for regression.",
    )
    max_length: int = Field(
        default=256,
        ge=8,
        description="Tokens in a window; longer texts are read in several windows.",
    )
    class_weights: Literal["none", "balanced"] = Field(
        default="none", description="'balanced' lets rare labels count as much as frequent ones."
    )
    frozen_layers: Literal["auto"] | Annotated[int, Field(ge=-1)] = Field(
        default="auto",
        description="How many lower layers stay as they are; 0: none; -1: the whole encoder; "
        "'auto': the lower half, which costs little and saves a third of the time.",
    )
    start: Literal["linear-probe", "random"] = Field(
        default="linear-probe",
        description="What the heads start from: a linear model on the frozen encoder, or chance.",
    )
    contrast_epochs: Literal["auto"] | Annotated[float, Field(ge=0)] = Field(
        default="auto",
        description="Passes over labelled and unlabelled texts in which the encoder first learns "
        "to draw texts together that share concepts (contrastive pre-training); only where "
        "knowledge helps, and kept unless held-out texts come out clearly worse. 0: none; "
        "'auto': 0.5, or 0 where the encoder is to stay as it is (epochs: 0, frozen_layers: -1, "
        "adapters saved small) or nothing tells whether it helps (start: random).",
    )
    save_steps: int = Field(
        default=0,
        ge=0,
        description="Steps between two checkpoints; 0: one at the end of each epoch.",
    )

    @model_validator(mode="after")
    def _adapters_where_layers_learn(self) -> TrainingSettings:
        if self.lora.rank > 0 and self.frozen_layers == -1:
            raise ValueError(
                "lora: adapters need layers of the encoder that learn, but frozen_layers: -1 "
                "freezes all: give it another value, or set lora.rank to 0"
            )
        return self

    @model_validator(mode="after")
    def _contrast_where_it_can_be(self) -> TrainingSettings:
        if self.contrast_epochs in ("auto", 0):
            return self
        if self.lora.rank > 0 and not self.lora.merge:
            raise ValueError(
                "contrast_epochs: changes the encoder, but a model with adapters is saved without "
                "the encoder's weights: set lora.merge to true, or contrast_epochs to 0"
            )
        if self.start == "random":
            raise ValueError(
                "contrast_epochs: whether it helps is told by the linear probe: set start to "
                "linear-probe, or contrast_epochs to 0"
            )
        return self
