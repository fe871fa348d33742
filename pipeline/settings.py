"""The settings of a project: what ``PROJECT.yaml`` may say, each field explained, in one place.

Paths are relative to the file that names them. A key that is not listed here is refused, so that a
slip of the pen never trains another model than the one meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ..errors import SettingsError
from .project_file import explain, load_yaml
from .sections import (
    CHANNELS,
    CorpusSettings,
    FilePath,
    KnowledgeSettings,
    ObjectiveSettings,
    Section,
    Task,
    beside_the_file,
)
from .training_settings import TrainingSettings

__all__ = [
    "CHANNELS",
    "DEFAULT_ENCODER",
    "CorpusSettings",
    "KnowledgeSettings",
    "ObjectiveSettings",
    "Project",
    "Task",
    "TrainingSettings",
    "describe",
]

DEFAULT_ENCODER: Final = "sentence-transformers/all-MiniLM-L6-v2"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | Path) else value


class Project(Section):
    """A whole project: ontology, corpus and how to make one model of them."""

    ontology: Annotated[tuple[FilePath, ...], BeforeValidator(_as_list)] = Field(
        default=(),
        description="A file, a list of files, or a folder of modules; not needed for channels [].",
    )
    overlay: FilePath | None = Field(
        default=None,
        description="A SKOS file of synonyms to add and links to forbid; unless given, "
        "terms.overlay.ttl beside terms.ttl.",
    )
    language: str = Field(
        default="en", min_length=2, description="The language of the texts, as a BCP 47 tag."
    )
    corpus: CorpusSettings = Field(description="The labelled texts.")
    task: Task = Field(default="single-label", description="What is predicted for each text.")
    encoder: str = Field(
        default=DEFAULT_ENCODER,
        min_length=1,
        description="Any encoder of the kind of BERT: a name on the hub, or a folder.",
    )
    knowledge: KnowledgeSettings = Field(
        default_factory=KnowledgeSettings, description="How the ontology reaches the classifier."
    )
    objective: ObjectiveSettings = Field(
        default_factory=ObjectiveSettings, description="Further terms of the loss."
    )
    training: TrainingSettings = Field(
        default_factory=TrainingSettings, description="How the model is trained."
    )
    output: FilePath = Field(default=Path("runs/model"), description="The folder for the model.")

    @field_validator("encoder")
    @classmethod
    def _encoder_folder(cls, encoder: str, info: ValidationInfo) -> str:
        folder = beside_the_file(Path(encoder), info)
        return str(folder) if folder.is_dir() else encoder

    @model_validator(mode="after")
    def _ontology_where_needed(self) -> Project:
        if self.knowledge.channels and not self.ontology:
            raise ValueError(
                "ontology: missing: name an ontology file, or set knowledge.channels to [] for "
                "plain BERT"
            )
        return self

    @model_validator(mode="after")
    def _labels_where_needed(self) -> Project:
        corpus = self.corpus
        if corpus.train is None and (corpus.unlabelled is None or corpus.label_names is None):
            raise ValueError(
                "corpus.train: missing: name a file of labelled texts; or name both "
                "corpus.label_names and corpus.unlabelled, to begin without any labelled text"
            )
        if self.corpus.train is None and self.task != "single-label":
            raise ValueError(
                f"corpus.train: missing: a {self.task} task needs labelled texts; only tasks with "
                "a single label a text can begin with label names alone"
            )
        return self

    @classmethod
    def read(cls, path: str | Path) -> Project:
        """Read a project file.

        Args:
            path: a YAML file; the paths in it are relative to its folder.

        Raises:
            SettingsError: the file is missing, is not YAML, or says something it may not.
        """
        path = Path(path)
        content = load_yaml(path)
        return cls._check(content, name=path.name, base=path.parent)

    @classmethod
    def of(cls, content: dict[str, Any], *, base: str | Path | None = None) -> Project:
        """Make a project of a dictionary shaped like the file.

        Raises:
            SettingsError: it says something it may not.
        """
        return cls._check(content, name="project", base=base)

    @classmethod
    def _check(cls, content: dict[str, Any], *, name: str, base: str | Path | None) -> Project:
        try:
            return cls.model_validate(content, context={"base": base})
        except ValidationError as error:
            raise SettingsError(explain(error, cls, name=name)) from error


def describe(model: type[BaseModel] = Project, *, prefix: str = "") -> list[tuple[str, str, str]]:
    """List every field of the project file.

    Returns:
        (dotted name, default or ``required``, description) for each field, in the file's order.
    """
    rows: list[tuple[str, str, str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows += describe(field.annotation, prefix=f"{prefix}{name}.")
            continue
        default = (
            "required"
            if field.is_required()
            else _shown(field.get_default(call_default_factory=True))
        )
        rows.append((prefix + name, default, field.description or ""))
    return rows


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
