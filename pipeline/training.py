"""Fit: from a project to a model folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import set_seed

from ..model import LoraOptions, add_adapters, check_peft, take_adapters
from .adapted_folder import remember
from .batches import Collator, DocumentDataset
from .building import build_model
from .contrast import contrasted
from .encoders import quiet_transformers
from .evaluation import Metrics
from .files import to_json, write_text
from .finishing import Finisher
from .inference import predict_logits
from .model_folder import ModelParts, save_model_folder
from .preparation import Prepared, prepare
from .progress import LogReporter, Reporter
from .run_folder import RunFolder
from .schedule import Pace, resolve_pace
from .settings import Project
from .trainer import Development, GraftTrainer, StepProgress, training_arguments

if TYPE_CHECKING:
    from ..model import Adapter, OntograftForSequenceClassification
    from .prediction import Classifier
    from .splits import Splits
    from .training_settings import LoraSettings


@dataclass(frozen=True)
class FitResult:
    """What ``fit`` leaves behind.

    Args:
        folder: the model folder.
        metrics: the figures by split (``dev``, ``test``), those of the linear probe (``probe``;
            under ``held_out`` how right it is about texts that it was not fitted to), and the
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
    if project.training.lora.rank:
        check_peft()  # not after hours of linking
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
        model, probe = run.begin(folder.run / "probe.json", resumes=checkpoint is not None)
        run.train(model, checkpoint)
        metrics, run.labels = run.finisher.finish(model, probe)
        if probe:
            metrics["probe"] = probe
        parts = ModelParts(
            model=model,
            tokenizer=prepared.tokenizer,
            ontology=prepared.ontology,
            settings=run.settings(),
            metrics=metrics,
            adapter=run.adapter,
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

    Attributes:
        labels: the labels; with the thresholds, once these are known.
        finisher: what is done after training.
        pace: how long and how fast it learns.
        adapter: after training, what was learnt beside the encoder's weights, if it is to be saved
            without these.
    """

    def __init__(self, prepared: Prepared, reporter: Reporter, checkpoints: Path) -> None:
        self._prepared = prepared
        self._reporter = reporter
        self._checkpoints = checkpoints
        self.labels = prepared.labels
        self.adapter: Adapter | None = None
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
        self.finisher = Finisher(prepared, reporter, self._collator)
        self.pace: Pace = resolve_pace(
            project.training,
            num_documents=len(prepared.train),
            num_labels=len(prepared.labels.labels),
        )

    def begin(
        self, figures: Path, *, resumes: bool
    ) -> tuple[OntograftForSequenceClassification, Metrics]:
        """Return the model to train, and the figures of the linear probe.

        Args:
            figures: where these are kept for when the run is resumed.
            resumes: whether the weights will come from a checkpoint.
        """
        prepared, probe = self._prepared, Metrics()
        if resumes and figures.is_file():
            probe = json.loads(figures.read_text(encoding="utf-8"))

        def contrast() -> Prepared | None:
            return contrasted(prepared, epochs=self.pace.contrast, reporter=self._reporter)

        model, solution = build_model(
            # A checkpoint lacks the weights of the encoder that fine-tuning leaves as they are.
            (contrast() if probe.get("contrast") else None) or prepared,
            self._reporter,
            probe=not resumes and prepared.project.training.start == "linear-probe",
            knowledge=bool(probe.get("knowledge", True)),
            contrast=contrast,
        )
        if solution is not None:
            probe = self.finisher.probe_figures(model, solution, tuned=self.pace.epochs > 0)
            write_text(figures, to_json(probe))
        return model, probe

    def train(self, model: OntograftForSequenceClassification, checkpoint: Path | None) -> None:
        """Fine-tune the model, from a checkpoint if there is one.

        Adapters are in the encoder only while it learns; what they learnt is then in its weights.
        """
        lora, source = self._prepared.project.training.lora, self._prepared.source
        adapted = None
        if lora.rank > 0:
            set_seed(self._prepared.project.training.seed)
            name = None if source.origin == "folder" else source.name
            adapted = add_adapters(model.encoder, lora_options(lora), name=name)
        if self.pace.epochs > 0:
            self._fine_tune(model, checkpoint)
        if adapted is None:
            return
        adapter = take_adapters(adapted)
        if not lora.merge:
            self.adapter = adapter
            remember(source, source.fingerprint())

    def _fine_tune(
        self, model: OntograftForSequenceClassification, checkpoint: Path | None
    ) -> None:
        prepared, settings = self._prepared, self._prepared.project.training
        development = None
        if prepared.dev:
            development = Development(
                documents=DocumentDataset(prepared.dev),
                measure=lambda: self.finisher.tuned_figures(
                    predict_logits(model, prepared.dev, self._collator())
                ),
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

    def settings(self) -> dict[str, Any]:
        """Return what a model folder keeps of how its model came to be."""
        prepared = self._prepared
        ontology, identity = prepared.ontology, prepared.identity()
        return {
            "run": identity,
            "encoder": {
                "name": identity["settings"]["encoder"],
                "origin": prepared.source.origin,
            },
            "pace": asdict(self.pace),
            "max_length": prepared.max_length,
            **self.labels.as_settings(),
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


def lora_options(settings: LoraSettings) -> LoraOptions:
    """Fill in what the settings leave to ``auto``."""
    return LoraOptions(
        rank=settings.rank,
        alpha=2 * settings.rank if settings.alpha == "auto" else settings.alpha,
        dropout=settings.dropout,
        targets=settings.target_modules,
    )


def select_by(setting: str, *, task: str) -> str:
    """Return the figure that picks the best checkpoint."""
    if task == "regression":
        return "loss"
    return "macro_f1" if setting == "auto" else setting


@contextmanager
def _stages(reporter: Reporter, title: str) -> Iterator[Any]:
    """Yield a function that begins a stage once its size is known."""
    with ExitStack() as stack:
        yield lambda total: stack.enter_context(reporter.stage(title, total))
