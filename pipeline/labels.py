"""The labels of a task: their numbers, and what a document teaches about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..data import Document, labels_of
from ..errors import CorpusError

THRESHOLD: Final = 0.5
"""From this probability on, a text of a multi-label task has a label."""


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of a task and their numbers.

    Args:
        task: ``single-label``, ``multi-label`` or ``regression``.
        labels: the labels, sorted; one output called ``value`` for regression.
    """

    task: str
    labels: tuple[str, ...]

    @classmethod
    def of(cls, documents: Iterable[Document], task: str) -> LabelSet:
        """Collect the labels of the training documents."""
        if task == "regression":
            return cls(task, ("value",))
        found = {label for document in documents for label in labels_of(document)}
        return cls(task, tuple(sorted(found)))

    def predicted(self, values: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Return which labels are predicted: the most probable one, or for multi-label all likely.

        For regression the one output always is.

        Shapes:
            values: (document, label), the probabilities; for regression the value
            output: (document, label)
        """
        if self.task == "multi-label":
            return np.asarray(values >= THRESHOLD)
        chosen = np.zeros(values.shape, dtype=np.bool_)
        chosen[np.arange(len(values)), values.argmax(axis=1)] = True
        return chosen

    def numbers(self, documents: Sequence[Document]) -> list[int | float | NDArray[np.float32]]:
        """Return what the model learns for each document: see ``EncodedDocument.label``.

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
                result.append(row)
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
