"""Fit: from a project to a model folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from .batches import Collator, DocumentDataset
from .building import build_model, targets_of
from .encoders import quiet_transformers
from .evaluation import Metrics, measure_labels
from .files import to_json, write_text
from .inference import predict_logits
from .model_folder import ModelParts, save_model_folder
from .preparation import Prepared, prepare
from .probe import temperature
from .progress import LogReporter, Reporter
from .run_folder import RunFolder
from .schedule import Pace, resolve_pace
from .settings import Project
from .thresholds import with_thresholds
from .trainer import Development, GraftTrainer, StepProgress, training_arguments

if TYPE_CHECKING:
    from ..model import OntograftForSequenceClassification
    from .labels import LabelSet
    from .prediction import Classifier
    from .probe import LinearSolution
    from .splits import Splits


@dataclass(frozen=True)
class FitResult:
    """What ``fit`` leaves behind.

    Args:
        folder: the model folder.
        metrics: the figures by split (``dev``, ``test``), of the linear probe (``probe``), and the
            temperature of the logits (``calibration``).
    """

    folder: Path
    metrics: dict[str, Metrics]

    def classifier(self) -> Classifier:
        """Load the model for predicting."""
        from .prediction import Classifier

        return Classifier.load(self.folder)


def fit(
    project: Project | str | Path,
    *,
    output: str | Path | None = None,
    resume: bool = False,
    splits: Splits | None = None,
    reporter: Reporter | None = None,
) -> FitResult:
    """Read, link, fine-tune, evaluate, and save a model folder.

    Args:
        project: a project, or the path of a project file.
        output: the folder for the model; the project's own unless given.
        resume: continue an interrupted run in that folder; the result is that of a run that was
            never interrupted.
        splits: the documents, if they come from elsewhere than the project's files.
        reporter: is told how far things are; the log unless given.

    Raises:
        OntograftError: the settings, corpus, ontology, encoder or folder are not fit for it; the
            message says which, and the way out.
    """
    if not isinstance(project, Project):
        project = Project.read(project)
    reporter = reporter or LogReporter()
    folder = RunFolder(Path(output or project.output), resume=resume)
    with folder, quiet_transformers():
        prepared = prepare(project, reporter, splits=splits)
        checkpoint = folder.begin(prepared.identity())
        if folder.finished:
            reporter.note(f"{folder.output}: this run is already finished")
            metrics = json.loads((folder.output / "metrics.json").read_text(encoding="utf-8"))
            return FitResult(folder.output, metrics)
        run = _Run(prepared, reporter, folder.checkpoints)
        begun = _probe_figures(folder, None, prepared.labels).get("probe", {}) if checkpoint else {}
        model, solution = build_model(
            prepared,
            reporter,
            probe=checkpoint is None and project.training.start == "linear-probe",
            knowledge=bool(begun.get("knowledge", True)),
        )
        probe = _probe_figures(folder, solution, prepared.labels)
        run.train(model, checkpoint)
        metrics = run.evaluate(model, probe.get("probe", {})) | probe
        parts = ModelParts(
            model=model,
            tokenizer=prepared.tokenizer,
            ontology=prepared.ontology,
            settings=run.settings(),
            metrics=metrics,
        )
        with reporter.stage("saving"):
            save_model_folder(parts, folder.run / "model")
            folder.publish(folder.run / "model")
    return FitResult(folder.output, metrics)


class _Run:
    """Training and evaluation of one model.

    Args:
        prepared: the project with its texts.
        reporter: is told how far things are.
        checkpoints: the folder for checkpoints.
    """

    def __init__(self, prepared: Prepared, reporter: Reporter, checkpoints: Path) -> None:
        self._prepared = prepared
        self._reporter = reporter
        self._checkpoints = checkpoints
        self._labels = prepared.labels
        project = prepared.project
        self._collator = partial(
            Collator,
            prepared.ontology.graph if prepared.ontology else None,
            pad_id=prepared.tokenizer.pad_token_id or 0,
            decay=project.knowledge.decay,
            # Only the graph channel looks beyond the linked concepts and their ancestors.
            hops=project.knowledge.hops if "graph" in project.knowledge.channels else 0,
            max_nodes=project.knowledge.max_nodes,
        )
        self.pace: Pace = resolve_pace(
            project.training,
            num_documents=len(prepared.train),
            num_labels=len(prepared.labels.labels),
        )

    def train(self, model: OntograftForSequenceClassification, checkpoint: Path | None) -> None:
        """Fine-tune the model, from a checkpoint if there is one."""
        if self.pace.epochs == 0:
            return
        prepared, settings = self._prepared, self._prepared.project.training
        development = None
        if prepared.dev:
            development = Development(
                documents=DocumentDataset(prepared.dev),
                measure=lambda: self._tuned(predict_logits(model, prepared.dev, self._collator())),
                select_by=select_by(settings.select_by, task=prepared.project.task),
            )
        trainer = GraftTrainer(
            model,
            training_arguments(
                self._checkpoints.resolve(), settings, self.pace, development=development
            ),
            documents=DocumentDataset(prepared.train),
            collator=self._collator(training=True),
            settings=settings,
            pace=self.pace,
            development=development,
        )
        with _stages(self._reporter, "fine-tuning") as start:
            trainer.add_callback(StepProgress(start))
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    def evaluate(
        self, model: OntograftForSequenceClassification, probe: Metrics
    ) -> dict[str, Metrics]:
        """Make the model as sure as it is right, and measure it on development and test texts.

        What unlabelled texts said about how frequent the labels are is added to its logits first
        (see ``probe.class_shift``). Then they are divided
        by a temperature (Guo et al., 2017), which changes no prediction: the best one for the
        development texts; without them, that of the linear probe in cross-validation, since gentle
        fine-tuning keeps the scale. The thresholds of a multi-label task come from the same texts.
        """
        prepared, result = self._prepared, dict[str, Metrics]()
        if any(probe.get("class_shift", [])):
            model.shift_logits(torch.tensor(probe["class_shift"]))
        found = probe.get("temperature", 1.0)
        source = "cross-validation of the linear probe" if probe else "nowhere"
        if prepared.dev:
            logits, truth = self._logits(model, "dev"), targets_of(prepared.dev)
            found = temperature(logits, truth, task=prepared.labels.task)
            source = "the development texts"
            self._labels = with_thresholds(prepared.labels, logits / found, truth)
            result["dev"] = measure_labels(logits / found, truth, self._labels)
        elif probe:
            self._labels = replace(self._labels, thresholds=tuple(probe.get("thresholds", ())))
        model.scale_logits(1 / found)
        result["calibration"] = {"temperature": found, "from": source}
        if prepared.test:
            logits, truth = self._logits(model, "test"), targets_of(prepared.test)
            result["test"] = measure_labels(logits, truth, self._labels)
        return result

    def settings(self) -> dict[str, Any]:
        """Return what a model folder keeps of how its model came to be."""
        prepared = self._prepared
        ontology = prepared.ontology
        return {
            "run": prepared.identity(),
            "pace": asdict(self.pace),
            "max_length": prepared.max_length,
            **self._labels.as_settings(),
            "label_names": prepared.label_names,
            "documents": {
                "train": len(prepared.train),
                "dev": len(prepared.dev),
                "test": len(prepared.test),
                "unlinked in train": sum(not document.links for document in prepared.train),
            },
            "notes": list(prepared.splits.notes),
            "threads": torch.get_num_threads(),
            "ontology": {
                "iri": ontology.graph.iri,
                "version": ontology.graph.version,
                "fingerprint": ontology.graph.fingerprint,
                "concepts": len(ontology.graph),
            }
            if ontology
            else None,
        }

    def _logits(
        self, model: OntograftForSequenceClassification, part: Literal["dev", "test"]
    ) -> NDArray[np.float32]:
        documents = getattr(self._prepared, part)
        with self._reporter.stage(f"evaluating {part}", len(documents)) as progress:
            return predict_logits(model, documents, self._collator(), progress=progress)

    def _tuned(self, logits: NDArray[np.floating[Any]]) -> Metrics:
        """Return the figures for the development texts, with the thresholds that suit them best."""
        truth = targets_of(self._prepared.dev)
        labels = with_thresholds(self._prepared.labels, logits, truth)
        return measure_labels(logits, truth, labels)


def select_by(setting: str, *, task: str) -> str:
    """Return the figure that picks the best checkpoint."""
    if task == "regression":
        return "loss"
    return "macro_f1" if setting == "auto" else setting


def _probe_figures(
    folder: RunFolder, solution: LinearSolution | None, labels: LabelSet
) -> dict[str, Metrics]:
    """Return the probe's figures; kept in the run's folder for when the run is resumed."""
    path = folder.run / "probe.json"
    figures: dict[str, Metrics] = {}
    if solution is None:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else figures
    figures = {
        "probe": {
            "strength": solution.strength,
            "score": solution.score,
            "temperature": solution.temperature,
            "prior_share": solution.prior_share,
            "knowledge": solution.knowledge,
            "text_score": solution.text_score,
            "class_shift": solution.class_shift.tolist(),
        }
    }
    if solution.held_out is not None and labels.task == "multi-label":
        logits, truth = solution.held_out
        tuned = with_thresholds(labels, logits / solution.temperature, truth)
        figures["probe"]["thresholds"] = list(tuned.thresholds)
    write_text(path, to_json(figures))
    return figures


@contextmanager
def _stages(reporter: Reporter, title: str) -> Iterator[Any]:
    """Yield a function that begins a stage once its size is known."""
    with ExitStack() as stack:
        yield lambda total: stack.enter_context(reporter.stage(title, total))
