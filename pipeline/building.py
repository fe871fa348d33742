"""A new model for a project: sized, filled with concept vectors, started from the linear probe."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import torch
from transformers import set_seed

from ..errors import SettingsError
from ..model import OntograftConfig, OntograftForSequenceClassification, with_inverses
from ..model.text_encoder import find_layers
from .features import DocumentEncoder
from .label_prior import LabelNames
from .linear_solution import LinearSolution
from .probe import fit_probe, worse
from .probe_features import ProbeFeatures, probe_features
from .vectors import concept_vectors, text_vectors

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph
    from .cache import Vectors
    from .features import EncodedDocument
    from .labels import LabelSet
    from .preparation import Prepared
    from .progress import Reporter

PROBLEM_TYPES: Final = {
    "single-label": "single_label_classification",
    "multi-label": "multi_label_classification",
    "regression": "regression",
}


def build_model(
    prepared: Prepared,
    reporter: Reporter,
    *,
    probe: bool,
    knowledge: bool = True,
    contrast: Callable[[], Prepared | None] | None = None,
) -> tuple[OntograftForSequenceClassification, LinearSolution | None]:
    """Return a new model for the prepared project, and the linear solution in its heads, if any.

    Args:
        prepared: the project with its texts.
        reporter: is told how far things are.
        probe: whether to start from the linear probe.
        knowledge: whether it has the channels of the project; a probe may still leave them out.
        contrast: returns the project with a pre-trained encoder (see ``contrasted``), or None;
            asked for where the probe leaves knowledge in, and kept unless that makes it worse.
    """
    model = _untrained(prepared, model_config(prepared, knowledge=knowledge), reporter)
    solution = None
    if probe:
        solution = solve_probe(prepared, model, reporter)
        useful = bool(model.config.channels) and solution.knowledge
        rival = contrast() if contrast is not None and useful else None
        if rival is not None:
            model, solution = _better(model, solution, rival, reporter)
        if model.config.channels and not solution.knowledge:
            reporter.note(
                f"{_why_left_out(solution)}. The model is trained on the text alone; "
                "concepts are still linked and recorded (knowledge.keep: always keeps the channels)"
            )
            model = _untrained(prepared, model_config(prepared, knowledge=False), reporter)
            solution = replace(solution, closure_weight=None, graph_weight=None)
        _write_solution(model, solution)
    torch.nn.Module.to(model, prepared.encoder.device)
    freeze(model, prepared.project.training.frozen_layers)
    if prepared.project.objective.anchor > 0:
        model.set_anchor()
    return model, solution


def _why_left_out(solution: LinearSolution) -> str:
    if solution.text_score is None:
        return (
            "no text is labelled, and the ontology does not seem to suit the texts and the labels: "
            "fewer than half of the texts mention its concepts, or these say other labels than the "
            "texts do; and fewer than half of the labels stand for concepts"
        )
    return (
        f"knowledge does not help here: the linear probe scores {solution.text_score:.3f} without "
        "it, and not clearly more with it"
    )


def _better(
    model: OntograftForSequenceClassification,
    solution: LinearSolution,
    rival: Prepared,
    reporter: Reporter,
) -> tuple[OntograftForSequenceClassification, LinearSolution]:
    """Return the model with the rival's encoder, unless its linear probe is clearly worse."""
    other = _untrained(rival, model.config, reporter)
    found = solve_probe(rival, other, reporter, like=solution)
    scores = None if found.held_out is None else (solution.score, found.score)
    if scores and worse(found, solution, task=rival.project.task):
        reporter.note(
            f"contrastive pre-training does not help here: the linear probe scores {scores[1]:.3f} "
            f"with it, {scores[0]:.3f} without. The encoder stays as it was found "
            "(training.contrast_epochs: 0 saves the time)"
        )
        return model, replace(solution, contrast_scores=scores)
    return other, replace(
        found, text_score=solution.text_score, contrast=True, contrast_scores=scores
    )


def _untrained(
    prepared: Prepared, config: OntograftConfig, reporter: Reporter
) -> OntograftForSequenceClassification:
    """Return a model around the pre-trained encoder that knows the ontology, with empty heads."""
    project, ontology = prepared.project, prepared.ontology
    set_seed(project.training.seed)
    model = OntograftForSequenceClassification.from_encoder(prepared.encoder, config)
    if ontology is None or not config.channels:
        return model
    graph = ontology.graph
    if config.uses_concept_vectors:
        model.set_concept_vectors(torch.from_numpy(described(prepared, ontology.graph, reporter)))
    edges = torch.from_numpy(np.stack([graph.source, graph.target]))
    relation = torch.from_numpy(graph.relation.copy())
    model.set_graph(*with_inverses(edges, relation, num_relations=len(graph.relations)))
    pointer, ancestor, steps = graph.closure_csr
    model.set_closure(
        torch.from_numpy(pointer.copy()),
        torch.from_numpy(ancestor.copy()),
        torch.from_numpy(project.knowledge.decay**steps),
    )
    return model


def described(prepared: Prepared, graph: KnowledgeGraph, reporter: Reporter) -> Vectors:
    """Return the text vectors of the concepts; (concept, width)."""
    with reporter.stage("describing the concepts", len(graph)) as progress:
        return concept_vectors(
            graph,
            prepared.encoder,
            prepared.tokenizer,
            language=prepared.project.language,
            encoder_fingerprint=prepared.encoder_fingerprint,
            progress=progress,
        )


def model_config(prepared: Prepared, *, knowledge: bool = True) -> OntograftConfig:
    """Return the configuration of the model for a prepared project, with its channels or without.

    Without them it is that of plain BERT, but for knowing which ontology its texts are linked to.
    """
    project, ontology = prepared.project, prepared.ontology
    objective = project.objective
    channels = project.knowledge.channels if knowledge else ()
    labels = prepared.labels.labels
    weights = None
    if project.training.class_weights == "balanced":
        weights = balanced_weights(prepared.train, len(labels), task=project.task)
    # Retrieval feeds the closure channel, and has no meaning without it.
    retrieved = project.knowledge.retrieved if "closure" in channels else 0
    encoder = copy.deepcopy(prepared.encoder.config)
    # Models are passed on, and where the encoder lay on this machine is nobody else's business.
    encoder.name_or_path = "" if prepared.source.origin == "folder" else prepared.source.name
    return OntograftConfig(
        encoder=encoder,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        problem_type=PROBLEM_TYPES[project.task],
        channels=channels,
        num_concepts=len(ontology.graph) if ontology else 0,
        num_relations=len(ontology.graph.relations) if ontology else 0,
        retrieved_concepts=retrieved,
        retrieval_weight=project.knowledge.retrieval_weight,
        concept_dropout=objective.concept_dropout if channels else 0.0,
        objective={
            "consistency": objective.consistency if knowledge else 0.0,
            "graph": objective.graph if knowledge else 0.0,
            "alignment": objective.alignment if knowledge else 0.0,
            "anchor": objective.anchor,
        },
        class_weights=weights,
        label_smoothing=objective.label_smoothing,
        ontology_fingerprint=ontology.graph.fingerprint if ontology else "",
    )


def balanced_weights(
    documents: Sequence[EncodedDocument], num_labels: int, *, task: str
) -> list[float]:
    """Return a factor for each label: documents / (labels * documents with the label).

    Raises:
        SettingsError: the task has no classes.
    """
    if task == "regression":
        raise SettingsError(
            "training.class_weights: regression has no classes to balance; set it to none"
        )
    targets = np.array([document.label for document in documents])
    counts = (
        targets.sum(axis=0) if targets.ndim == 2 else np.bincount(targets, minlength=num_labels)
    )
    return [float(len(documents) / (num_labels * max(count, 1))) for count in counts]


def solve_probe(
    prepared: Prepared,
    model: OntograftForSequenceClassification,
    reporter: Reporter,
    *,
    like: LinearSolution | None = None,
) -> LinearSolution:
    """Fit the linear probe on the frozen encoder and the concepts of the texts.

    Args:
        prepared: the project with its texts.
        model: the model it is for.
        reporter: is told how far things are.
        like: a solution to take the choices of, unless they are to be made.
    """
    project = prepared.project
    documents = [*prepared.train, *prepared.dev, *prepared.unlabelled]
    features = frozen_features(prepared, model, documents, reporter)
    targets = targets_of([*prepared.train, *prepared.dev])
    train, dev, unlabelled = np.split(
        np.arange(len(documents)),
        np.cumsum([len(prepared.train), len(prepared.dev)]),
    )
    with reporter.stage("fitting the linear probe"):
        return fit_probe(
            features.take(train),
            targets[train],
            task=project.task,
            seed=project.training.seed,
            balanced=project.training.class_weights == "balanced",
            dev=(features.take(dev), targets[dev]) if len(dev) else None,
            names=label_names(prepared, model, reporter),
            unlabelled=features.take(unlabelled) if len(unlabelled) else None,
            optional_knowledge=project.knowledge.keep == "if-helpful",
            like=like,
        )


def label_names(
    prepared: Prepared, model: OntograftForSequenceClassification, reporter: Reporter
) -> LabelNames | None:
    """Return the names of the labels as vectors; None unless every label has one."""
    names = [prepared.label_texts.get(label, "") for label in prepared.labels.labels]
    if not all(names):
        return None
    cut = DocumentEncoder(prepared.tokenizer, max_length=prepared.max_length)
    vectors = text_vectors(
        prepared.encoder,
        cut(names),
        encoder_fingerprint=prepared.encoder_fingerprint,
    )
    if "closure" not in model.config.channels or prepared.ontology is None:
        return LabelNames(vectors)
    graph = prepared.ontology.graph
    concepts = described(prepared, graph, reporter)
    return LabelNames(vectors, concepts, _known_concepts(prepared.labels, graph))


def _known_concepts(labels: LabelSet, graph: KnowledgeGraph) -> Vectors | None:
    """Return 1 where a label surely stands for a concept, (concept, label); None if none does."""
    known = np.zeros((len(graph), len(labels.labels)), dtype=np.float32)
    for number, entry in enumerate(labels.alignment):
        if entry.has_sure_way:
            known[[graph.index(iri) for iri in entry.iris], number] = 1
    return known if known.any() else None


def frozen_features(
    prepared: Prepared,
    model: OntograftForSequenceClassification,
    documents: Sequence[EncodedDocument],
    reporter: Reporter,
) -> ProbeFeatures:
    """Return what the linear probe sees of documents, before any fine-tuning."""
    project, config = prepared.project, model.config
    with reporter.stage("encoding for the linear probe", len(documents)) as progress:
        text = text_vectors(
            prepared.encoder,
            documents,
            encoder_fingerprint=prepared.encoder_fingerprint,
            progress=progress,
        )
    return probe_features(
        text,
        graph=prepared.ontology.graph if prepared.ontology else None,
        links=[document.links for document in documents],
        vectors=model.concepts.vectors.numpy() if config.uses_concept_vectors else None,
        retrieval=model.retrieval if config.retrieved_concepts else None,
        channels=project.knowledge.channels,
        decay=project.knowledge.decay,
    )


def targets_of(documents: Sequence[EncodedDocument]) -> np.ndarray[Any, Any]:
    """Return the labels of documents as one array: numbers, rows of 0 and 1, or values."""
    return np.array([document.label for document in documents])


def _write_solution(model: OntograftForSequenceClassification, solution: LinearSolution) -> None:
    def tensor(array: np.ndarray[Any, Any] | None) -> torch.Tensor | None:
        return None if array is None else torch.from_numpy(np.asarray(array, dtype=np.float32))

    model.set_linear_solution(
        text_weight=torch.from_numpy(np.asarray(solution.text_weight, dtype=np.float32)),
        bias=torch.from_numpy(np.asarray(solution.bias, dtype=np.float32)),
        closure_weight=tensor(solution.closure_weight),
        graph_weight=tensor(solution.graph_weight),
    )


def freeze(model: OntograftForSequenceClassification, layers: int | Literal["auto"]) -> None:
    """Keep the lower layers of the encoder, and all that is in none of its layers, as they are.

    Args:
        model: the model.
        layers: how many; 0 for none, -1 for the whole encoder, ``auto`` for the lower half, or none
            where layers are shared and there is no half.

    Raises:
        SettingsError: the encoder has fewer layers, or shares them.
    """
    encoder: Any = model.encoder
    total = int(encoder.config.num_hidden_layers)
    found = find_layers(encoder, num_layers=total)
    if layers == "auto":
        layers = total // 2 if found is not None else 0
    if layers == 0:
        return
    if layers > total:
        raise SettingsError(
            f"training.frozen_layers: the encoder has {total} layers, got {layers}; -1 freezes all"
        )
    if layers > 0 and found is None:
        raise SettingsError(
            f"training.frozen_layers: {type(encoder).__name__} shares its layers, so that "
            f"{layers} of them cannot be frozen; choose 0 for none or -1 for all"
        )
    # What is in no layer, such as embeddings and MPNet's relative positions, serves all of them.
    encoder.requires_grad_(False)
    if layers > 0 and found is not None:
        for layer in found[layers:]:
            layer.requires_grad_(True)
