"""The labels of a project, made ready: read, named, and aligned with the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..data import read_label_table
from ..errors import SettingsError
from .encoders import load_encoder, load_tokenizer, resolve_encoder
from .features import DocumentEncoder, window_limit
from .knowledge import LinkedOntology
from .label_alignment import align_labels
from .label_hierarchy import with_hierarchy
from .label_likeness import NearestConcepts
from .label_names import LabelNaming, graph_for_names, name_labels
from .labels import LabelSet
from .splits import read_splits
from .vectors import CONCEPT_TOKENS, concept_vectors, frozen_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from ..data import NamedLabel
    from .aligned_labels import LabelAlignment
    from .cache import Vectors
    from .encoders import EncoderSource
    from .progress import Reporter
    from .settings import Project
    from .splits import Splits


def label_rows(project: Project) -> tuple[NamedLabel, ...]:
    """Return the rows of the project's file of label names; none if it has no such file."""
    path = project.corpus.label_names
    return read_label_table(path) if path else ()


def naming_of(
    project: Project, rows: Sequence[NamedLabel], ontology: LinkedOntology | None
) -> LabelNaming:
    """Return what the labels of a project are called.

    Raises:
        CorpusError: a label is named by a concept that there is not.
        OntologyError: the ontology is needed for that, and cannot be read.
    """
    graph = graph_for_names(project, rows, ontology.graph if ontology else None)
    return name_labels(rows, graph, language=project.language)


def labels_of_project(project: Project, splits: Splits, naming: LabelNaming) -> LabelSet:
    """Return the labels of a project: those of its training texts, or the named ones.

    Raises:
        SettingsError: there is no labelled text, and not both label names and unlabelled texts.
    """
    if splits.train:
        return LabelSet.of(splits.train, project.task)
    if not naming.names or not splits.unlabelled:
        raise SettingsError(
            "there are no labelled texts: name all labels in corpus.label_names, and give "
            "further texts in corpus.unlabelled"
        )
    return LabelSet(project.task, tuple(sorted(naming.names)))


def with_concepts(
    labels: LabelSet,
    naming: LabelNaming,
    project: Project,
    ontology: LinkedOntology,
    *,
    source: EncoderSource,
    encoder: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    reporter: Reporter,
) -> LabelSet:
    """Return the labels with the concepts that they stand for, and those that each implies.

    Args:
        labels: the labels; numbers to predict stand for no concepts.
        naming: what they are called.
        project: the project.
        ontology: its ontology.
        source: where its encoder was found.
        encoder: the encoder, as it was pre-trained.
        tokenizer: its tokenizer.
        reporter: is told how far things are.
    """
    if labels.task == "regression":
        return labels
    length = window_limit(CONCEPT_TOKENS, encoder.config, tokenizer)
    cut = DocumentEncoder(tokenizer, max_length=length)

    def encode(phrases: Sequence[str]) -> Vectors:
        return frozen_vectors(encoder, cut(phrases), batch_size=64)

    def described() -> Vectors:
        with reporter.stage("describing the concepts", len(ontology.graph)) as progress:
            return concept_vectors(
                ontology.graph,
                encoder,
                tokenizer,
                language=project.language,
                encoder_fingerprint=source.fingerprint(),
                progress=progress,
            )

    alignment = align_labels(
        labels.labels,
        naming,
        ontology.graph,
        ontology.linker,
        language=project.language,
        nearest=NearestConcepts(
            ontology.graph,
            ontology.linker,
            encode=encode,
            vectors=described,
            language=project.language,
        ),
    )
    return with_hierarchy(labels, alignment, ontology.graph)


def align_project(project: Project, reporter: Reporter) -> tuple[LabelAlignment, ...]:
    """Return the concepts that the labels of a project stand for, without training.

    Raises:
        SettingsError: the project names no ontology, or its labels are numbers.
        OntograftError: corpus, ontology or encoder cannot be read.
    """
    if not project.ontology:
        raise SettingsError("ontology: missing: name the ontology that the labels are to be of")
    if project.task == "regression":
        raise SettingsError(
            "task: regression predicts a number, which stands for no concept; labels are for "
            "single-label and multi-label"
        )
    with reporter.stage("reading the corpus"):
        splits, rows = read_splits(project), label_rows(project)
    with reporter.stage("reading the ontology"):
        ontology = LinkedOntology.read(project)
    naming = naming_of(project, rows, ontology)
    labels = labels_of_project(project, splits, naming)
    with reporter.stage("loading the encoder"):
        source = resolve_encoder(project.encoder)
        tokenizer, encoder = load_tokenizer(source.folder), load_encoder(source.folder)
    return with_concepts(
        labels,
        naming,
        project,
        ontology,
        source=source,
        encoder=encoder,
        tokenizer=tokenizer,
        reporter=reporter,
    ).alignment
