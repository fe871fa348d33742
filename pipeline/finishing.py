"""After training: probabilities that mean what they say, thresholds, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from .building import targets_of
from .calibration import (
    compared_documents,
    matching_temperature,
    mean_confidence,
    probe_temperature,
)
from .evaluation import Metrics, measure_labels
from .inference import predict_logits
from .logit_fitting import temperature
from .thresholds import with_thresholds

if TYPE_CHECKING:
    from ..model import OntograftForSequenceClassification
    from .batches import Collator
    from .features import EncodedDocument
    from .labels import LabelSet
    from .linear_solution import LinearSolution
    from .preparation import Prepared
    from .progress import Reporter


@dataclass(frozen=True)
class Finisher:
    """Brings a model to the scale of its probabilities, and measures it.

    Args:
        prepared: the project with its texts.
        reporter: is told how far things are.
        collator: makes a collator for documents to predict.
    """

    prepared: Prepared
    reporter: Reporter
    collator: Callable[[], Collator]

    def probe_figures(
        self, model: OntograftForSequenceClassification, solution: LinearSolution, *, tuned: bool
    ) -> Metrics:
        """Return what is to be known of the linear probe after training.

        Args:
            model: the model before training: it computes what the probe does.
            solution: the probe.
            tuned: whether the model will be fine-tuned.
        """
        labels = self.prepared.labels
        found = probe_temperature(solution, task=labels.task)
        figures: Metrics = {
            "strength": solution.strength,
            "score": solution.score,
            "temperature": found,
            "prior_share": solution.prior_share,
            "knowledge": solution.knowledge,
            "text_score": solution.text_score,
            "contrast": solution.contrast,
            "contrast_scores": list(solution.contrast_scores) if solution.contrast_scores else None,
            "adjustment": solution.adjustment.tolist(),
            "class_shift": solution.class_shift.tolist(),
        }
        if solution.held_out is not None:
            logits, truth = solution.held_out
            labels = with_thresholds(labels, logits / found, truth)
            figures["held_out"] = measure_labels(logits / found, truth, labels)
            if labels.task == "multi-label":
                figures["thresholds"] = list(labels.thresholds)
        if tuned and not self.prepared.dev and labels.task != "regression":
            documents, words = compared_documents(self.prepared)
            logits = self._logits(model, documents, words) + solution.shift
            figures["confidence"] = mean_confidence(logits / found, task=labels.task)
        return figures

    def finish(
        self, model: OntograftForSequenceClassification, probe: Metrics
    ) -> tuple[dict[str, Metrics], LabelSet]:
        """Make the model as sure as it is right, and measure it on development and test texts.

        What rare labels lack, and what unlabelled texts said about how frequent the labels are, is
        added to its logits first (see ``LinearSolution.shift``); then they are divided by a
        temperature (see ``calibration``).
        The thresholds of a multi-label task come from the development texts or, without any, from
        the folds of the linear probe.

        Args:
            model: the model after training; its heads are scaled.
            probe: the figures of the linear probe; empty without one.

        Returns:
            the figures by split and those of the calibration; the labels with their thresholds.
        """
        prepared, result, labels = self.prepared, dict[str, Metrics](), self.prepared.labels
        shift = np.add(probe.get("adjustment", 0.0), probe.get("class_shift", 0.0))
        if shift.any():
            model.shift_logits(torch.from_numpy(shift))
        if prepared.dev:
            logits, truth = self._logits(model, prepared.dev, "dev"), targets_of(prepared.dev)
            found = temperature(logits, truth, task=labels.task)
            source = "the development texts"
            labels = with_thresholds(labels, logits / found, truth)
            result["dev"] = measure_labels(logits / found, truth, labels)
        else:
            found, source = self._without_dev(model, probe)
            if probe:
                labels = replace(labels, thresholds=tuple(probe.get("thresholds", ())))
        model.scale_logits(1 / found)
        result["calibration"] = {"temperature": found, "from": source}
        if prepared.test:
            logits, truth = self._logits(model, prepared.test, "test"), targets_of(prepared.test)
            result["test"] = measure_labels(logits, truth, labels)
        return result, labels

    def tuned_figures(self, logits: NDArray[np.floating[Any]]) -> Metrics:
        """Return the figures for the development texts, with the thresholds that suit them best."""
        truth = targets_of(self.prepared.dev)
        labels = with_thresholds(self.prepared.labels, logits, truth)
        return measure_labels(logits, truth, labels)

    def _without_dev(
        self, model: OntograftForSequenceClassification, probe: Metrics
    ) -> tuple[float, str]:
        """Return the temperature, and where it comes from."""
        if not probe:
            return 1.0, "nowhere"
        confidence = probe.get("confidence")
        if confidence is None:
            if self.prepared.train:
                return probe["temperature"], "cross-validation of the linear probe"
            return probe["temperature"], "experience with other texts, for want of labelled ones"
        documents, words = compared_documents(self.prepared)
        logits = self._logits(model, documents, words)
        found = matching_temperature(logits, confidence, task=self.prepared.labels.task)
        return found, f"the confidence of the cross-validated linear probe in {words}"

    def _logits(
        self,
        model: OntograftForSequenceClassification,
        documents: Sequence[EncodedDocument],
        words: str,
    ) -> NDArray[np.float32]:
        with self.reporter.stage(f"evaluating {words}", len(documents)) as progress:
            return predict_logits(model, documents, self.collator(), progress=progress)
