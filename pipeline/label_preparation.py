"""What a project names, read: texts, ontology, encoder, and labels aligned with the ontology."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from ..data import read_label_table
from ..errors import SettingsError
from .encoders import load_encoder, load_tokenizer, resolve_encoder
from .features import DocumentEncoder, window_limit
from .inference import best_device
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


@dataclass(frozen=True)
class ProjectContent:
    """What a project names, read.

    Args:
        splits: its documents.
        ontology: graph and linker; None if it was not asked for.
        naming: what its labels are called.
        labels: its labels; with an ontology, also the concepts that they stand for.
        source: where the encoder was found.
        encoder: the encoder, as it was pre-trained.
        tokenizer: its tokenizer.
    """

    splits: Splits
    ontology: LinkedOntology | None
    naming: LabelNaming
    labels: LabelSet
    source: EncoderSource
    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast


def read_content(
    project: Project, reporter: Reporter, *, with_ontology: bool, splits: Splits | None = None
) -> ProjectContent:
    """Read the texts of a project, its ontology if asked for, its labels and its encoder.

    Args:
        project: the project.
        reporter: is told how far things are.
        with_ontology: whether to read the ontology, and to align the labels with it.
        splits: the documents, if they come from elsewhere than the project's files.

    Raises:
        OntograftError: corpus, ontology or encoder cannot be read, or there are no labels.
    """
    with reporter.stage("reading the corpus"):
        splits = splits or read_splits(project)
        rows = _label_rows(project)
    ontology = None
    if with_ontology:
        with reporter.stage("reading the ontology"):
            ontology = LinkedOntology.read(project)
    naming = _naming_of(project, rows, ontology)
    labels = _labels_of(project, splits, naming)
    with reporter.stage("loading the encoder"):
        source = resolve_encoder(project.encoder)
        tokenizer, encoder = load_tokenizer(source.folder), load_encoder(source.folder)
        torch.nn.Module.to(encoder, best_device())
    content = ProjectContent(splits, ontology, naming, labels, source, encoder, tokenizer)
    if ontology is None:
        return content
    return replace(content, labels=_with_concepts(content, ontology, project, reporter))


def _label_rows(project: Project) -> tuple[NamedLabel, ...]:
    """Return the rows of the project's file of label names; none if it has no such file."""
    path = project.corpus.label_names
    return read_label_table(path) if path else ()


def _naming_of(
    project: Project, rows: Sequence[NamedLabel], ontology: LinkedOntology | None
) -> LabelNaming:
    """Return what the labels of a project are called.

    Raises:
        CorpusError: a label is named by a concept that there is not.
        OntologyError: the ontology is needed for that, and cannot be read.
    """
    graph = graph_for_names(project, rows, ontology.graph if ontology else None)
    return name_labels(rows, graph, language=project.language)


def _labels_of(project: Project, splits: Splits, naming: LabelNaming) -> LabelSet:
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


def _with_concepts(
    content: ProjectContent, ontology: LinkedOntology, project: Project, reporter: Reporter
) -> LabelSet:
    """Return the labels with the concepts that they stand for, and those that each implies.

    Numbers to predict stand for no concepts.
    """
    labels, encoder, tokenizer = content.labels, content.encoder, content.tokenizer
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
                encoder_fingerprint=content.source.fingerprint(),
                progress=progress,
            )

    alignment = align_labels(
        labels.labels,
        content.naming,
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
    return read_content(project, reporter, with_ontology=True).labels.alignment
