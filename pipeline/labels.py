"""The labels of a task: their numbers, and what a document teaches about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..data import Document, Label, labels_of
from ..errors import CorpusError
from .aligned_labels import LabelAlignment, as_settings, of_settings

THRESHOLD: Final = 0.5
"""From this probability on, a text of a multi-label task has a label, if nothing else is known."""

Value = TypeVar("Value", np.float32, np.float64, np.bool_, np.floating[Any])


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of a task and their numbers.

    In a multi-label task labels may have thresholds of their own, and may imply others: where they
    are concepts of the ontology, a text that has one also has those above it. See
    docs/multi-label.md.

    Args:
        task: ``single-label``, ``multi-label`` or ``regression``.
        labels: the labels, sorted; one output called ``value`` for regression.
        thresholds: for each label the probability from which on a text has it; ``THRESHOLD`` for
            all if empty.
        ancestors: for each label the numbers of the labels that it implies, those that they imply
            included; none if empty.
        alignment: the concepts that each label stands for; empty where nothing is known of them.

    Raises:
        ValueError: there are thresholds or ancestors, but not one entry for each label of a
            multi-label task.
    """

    task: str
    labels: tuple[str, ...]
    thresholds: tuple[float, ...] = ()
    ancestors: tuple[tuple[int, ...], ...] = ()
    alignment: tuple[LabelAlignment, ...] = ()

    def __post_init__(self) -> None:
        for name in ("thresholds", "ancestors"):
            entries: tuple[object, ...] = getattr(self, name)
            if entries and (self.task != "multi-label" or len(entries) != len(self.labels)):
                raise ValueError(
                    f"{name} must have one entry for each label of a multi-label task: expected "
                    f"{len(self.labels) if self.task == 'multi-label' else 0} for the "
                    f"{self.task} task, got {len(entries)}"
                )

    @classmethod
    def of(cls, documents: Iterable[Document], task: str) -> LabelSet:
        """Collect the labels of the training documents."""
        if task == "regression":
            return cls(task, ("value",))
        found = {label for document in documents for label in labels_of(document)}
        return cls(task, tuple(sorted(found)))

    @classmethod
    def of_settings(cls, task: str, settings: Mapping[str, Any]) -> LabelSet:
        """Return the labels that the settings of a model folder tell of; see ``as_settings``."""
        labels = tuple(settings["labels"])
        thresholds = tuple(settings.get("thresholds", ()))
        implied: dict[str, list[str]] = settings.get("implied_labels", {})
        number = {label: number for number, label in enumerate(labels)}
        ancestors = [tuple(number[one] for one in implied.get(label, ())) for label in labels]
        return cls(
            task,
            labels,
            thresholds,
            tuple(ancestors) if implied else (),
            of_settings(settings.get("label_alignment", ())),
        )

    def as_settings(self) -> dict[str, Any]:
        """Return the labels as the settings of a model folder tell of them."""
        implied = {
            label: [self.labels[number] for number in above]
            for label, above in zip(self.labels, self.ancestors, strict=False)
            if above
        }
        return {
            "labels": list(self.labels),
            "thresholds": list(self.thresholds),
            "implied_labels": implied,
            "label_alignment": as_settings(self.alignment),
        }

    def consistent(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return the values, each at least as high as those of the labels that imply it.

        The values may be probabilities, logits, or whether a label is predicted. They stay as they
        are where no label implies another.

        Shapes:
            values: (document, label)
            output: (document, label)
        """
        if not self.ancestors:
            return values
        raised = values.copy()
        for label, above in enumerate(self.ancestors):
            for number in above:
                raised[:, number] = np.maximum(raised[:, number], values[:, label])
        return raised

    def predicted(self, values: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Return which labels are predicted: the most probable one, or for multi-label all likely.

        There a label is predicted from its threshold on, and with it the labels that it implies.
        For regression the one output always is.

        Shapes:
            values: (document, label), the probabilities; for regression the value
            output: (document, label)
        """
        if self.task == "multi-label":
            likely = np.asarray(values >= np.array(self.thresholds or THRESHOLD))
            return self.consistent(likely)
        chosen = np.zeros(values.shape, dtype=np.bool_)
        chosen[np.arange(len(values)), values.argmax(axis=1)] = True
        return chosen

    def numbers(self, documents: Sequence[Document]) -> list[int | float | NDArray[np.float32]]:
        """Return what the model learns for each document: see ``EncodedDocument.label``.

        A document of a multi-label task has the labels that its own imply, written or not.

        Raises:
            CorpusError: a document has no label, or one that is not known.
        """
        known = {label: number for number, label in enumerate(self.labels)}
        result: list[int | float | NDArray[np.float32]] = []
        for document in documents:
            self._check(document, known)
            label: Any = document.label
            if self.task == "regression":
                result.append(float(label))
            elif self.task == "single-label":
                result.append(known[label])
            else:
                row = np.zeros(len(known), dtype=np.float32)
                row[[known[name] for name in label]] = 1
                result.append(self.consistent(row[None])[0])
        return result

    def _check(self, document: Document, known: dict[str, int]) -> None:
        where = f"{document.source or 'corpus'}, row {document.row}"
        if document.label is None:
            raise CorpusError(
                f"{where}: document {document.id!r} has no label; name the label column, or use "
                "'ontograft predict', which needs none"
            )
        if self.task == "regression":
            return
        for label in labels_of(document):
            if label not in known:
                raise CorpusError(
                    f"{where}: label {label!r} is unknown to the model, which knows: "
                    f"{', '.join(self.labels)}; correct the label, or train with texts of it"
                )


def plain(label: Label | None) -> Any:
    """Return a label as JSON has it: several as a list."""
    return list(label) if isinstance(label, tuple) else label
