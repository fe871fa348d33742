"""Predict: labels, probabilities and linked concepts of texts, with a model folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from ..data import CorpusColumns, Document, ReadReport, read_corpus
from ..errors import CorpusError
from ..kg import Mention
from .batches import Collator
from .building import targets_of
from .evaluation import Metrics, measure_labels, probabilities
from .features import CHUNK, DocumentEncoder, EncodedDocument, chunked
from .files import MANIFEST, file_sha256, to_json
from .inference import best_device, predict_logits
from .labels import LabelSet
from .model_folder import ModelParts, load_model_folder
from .output import as_row, open_output
from .portions import CHARACTERS, portions, text_portions
from .preparation import encode_documents, encode_texts
from .progress import Progress
from .record_schema import Scores
from .splits import columns_of

if TYPE_CHECKING:
    from ..data import Label
    from ..kg import KnowledgeGraph

LIBRARIES: Final = ("torch", "transformers", "tokenizers", "spacy")
"""The libraries whose versions decide about a prediction to the last digit."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says about one text.

    Args:
        label: the label; for multi-label all labels from their threshold on, and those that they
            imply; for regression the value.
        probabilities: the probability of each label; empty for regression.
        mentions: the mentions found in the text, NIL ones included.
    """

    label: Label
    probabilities: dict[str, float]
    mentions: tuple[Mention, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, one or several; none for regression."""
        if isinstance(self.label, tuple):
            return self.label
        return (self.label,) if isinstance(self.label, str) else ()

    @property
    def score(self) -> float | None:
        """The probability of the label, of several the greatest; None if there is no label."""
        return max((self.probabilities[label] for label in self.labels), default=None)


class Classifier:
    """A model folder at work. Make one with ``Classifier.load``.

    A text gets the same prediction alone, in company, and in any order. One classifier may be
    used from several threads.

    Args:
        parts: the content of a model folder.
        name: what results call the model; the folder's name with ``load``.
        sha256: what tells this model from any other: the SHA-256 of its folder's manifest with
            ``load``; of its weights and settings unless given.

    Example:
        >>> classifier = Classifier.load("runs/doid")  # doctest: +SKIP
        >>> classifier("Fever and a cough.")[0].label  # doctest: +SKIP
        'C08'
    """

    def __init__(self, parts: ModelParts, *, name: str = "", sha256: str = "") -> None:
        self.parts = parts
        self.name = name
        self.sha256 = sha256 or fingerprint(parts)
        self.model = parts.model
        project = parts.project
        self.labels = LabelSet.of_settings(project.task, parts.settings)
        self.label_names: dict[str, str] = parts.settings["label_names"]
        self.ontology = parts.ontology
        self._clean = project.corpus.clean
        self._cut = DocumentEncoder(parts.tokenizer, max_length=parts.settings["max_length"])
        self.collator = Collator(
            parts.ontology.graph if parts.ontology else None,
            pad_id=parts.tokenizer.pad_token_id or 0,
            decay=project.knowledge.decay,
        )

    @classmethod
    def load(cls, folder: str | Path, *, device: str | None = None) -> Classifier:
        """Load a model folder, each file checked.

        Args:
            folder: the model folder.
            device: such as ``cpu`` or ``cuda``; a GPU where there is one unless given.

        Raises:
            ModelFolderError: a file is missing or damaged.
        """
        parts = load_model_folder(folder)
        torch.nn.Module.to(parts.model, torch.device(device) if device else best_device())
        folder = Path(folder).absolute()
        return cls(parts, name=folder.name, sha256=file_sha256(folder / MANIFEST))

    @property
    def columns(self) -> CorpusColumns:
        """The columns of the corpus that the model was made from."""
        return columns_of(self.parts.project.corpus)

    @property
    def graph(self) -> KnowledgeGraph | None:
        """The ontology; None for plain BERT."""
        return self.ontology.graph if self.ontology else None

    @property
    def language(self) -> str:
        """The language of texts and names."""
        return self.parts.project.language

    def identity(self) -> dict[str, Any]:
        """Return what decides about the predictions, as JSON: the model and how it is run."""
        return {
            "model": {
                "name": self.name,
                "sha256": self.sha256,
                "task": self.labels.task,
                "labels": list(self.labels.labels),
                "label_names": self.label_names,
            },
            "settings": {
                "device": str(self.model.device),
                "threads": torch.get_num_threads(),
                "libraries": {name: version(name) for name in LIBRARIES},
            },
        }

    def __call__(self, texts: str | Sequence[str]) -> list[Prediction]:
        """Predict some texts; one prediction for each, in their order."""
        if isinstance(texts, str):
            texts = [texts]
        parts = text_portions(texts, most=CHUNK)
        return [prediction for part in parts for prediction in self._predict(part)]

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the probabilities of the labels, or the value for regression, and the mentions.

        The same list of texts always gives the same numbers to the last digit; the same text in
        another list may differ in the eighth.
        """
        encoded, mentions = self.encode(texts)
        logits = predict_logits(self.model, encoded, self.collator)
        values = probabilities(logits, task=self.labels.task)
        return Scores(self.labels.consistent(values), mentions)

    def mentions(self, texts: Sequence[str]) -> list[tuple[Mention, ...]]:
        """Return the mentions in each text, NIL ones included; nothing is predicted."""
        return self.encode(texts)[1]

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the model's raw output; shape (text, label)."""
        encoded, _ = self.encode(texts)
        return predict_logits(self.model, encoded, self.collator)

    def evaluate(
        self, documents: Iterable[Document], *, progress: Progress | None = None
    ) -> Metrics:
        """Measure the model on labelled documents; see ``evaluation.measure``.

        Raises:
            CorpusError: a document has no label, or one that the model does not know.
        """
        logits, truth = [], []
        for part in chunked(documents, CHUNK):
            encoded = encode_documents(
                part, self._cut, self.ontology, labels=self.labels, clean=self._clean
            )
            logits.append(predict_logits(self.model, encoded, self.collator, progress=progress))
            truth.append(targets_of(encoded))
        if not logits:
            raise CorpusError("there are no documents to evaluate; give a corpus with rows")
        return measure_labels(np.concatenate(logits), np.concatenate(truth), self.labels)

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, Prediction]]:
        """Predict documents as they come, a chunk at a time; their order is kept."""
        parts = portions(
            documents, most=CHUNK, size=lambda document: len(document.text), limit=CHARACTERS
        )
        for part in parts:
            yield from zip(part, self._predict([document.text for document in part]), strict=True)

    def encode(
        self, texts: Sequence[str]
    ) -> tuple[list[EncodedDocument], list[tuple[Mention, ...]]]:
        """Return the texts as the model reads them, and their mentions; see ``encode_texts``."""
        return encode_texts(texts, self._cut, self.ontology, clean=self._clean)

    def _predict(self, texts: Sequence[str]) -> list[Prediction]:
        return self.predictions(self.scores(texts))

    def predictions(self, scores: Scores) -> list[Prediction]:
        """Return the predictions that scores stand for."""
        chosen = self.labels.predicted(scores.values)
        rows = zip(scores.values, chosen, scores.mentions, strict=True)
        return [self._say(row, own, tuple(found)) for row, own, found in rows]

    def _say(
        self,
        values: NDArray[np.floating[Any]],
        chosen: NDArray[np.bool_],
        mentions: tuple[Mention, ...],
    ) -> Prediction:
        if self.labels.task == "regression":
            return Prediction(float(values[0]), {}, mentions)
        chances = dict(zip(self.labels.labels, map(float, values), strict=True))
        labels = tuple(self.labels.labels[number] for number in chosen.nonzero()[0])
        if self.labels.task == "multi-label":
            return Prediction(labels, chances, mentions)
        return Prediction(labels[0], chances, mentions)


def fingerprint(parts: ModelParts) -> str:
    """Return the SHA-256 of a model's weights, settings and ontology."""
    linker = parts.ontology.linker if parts.ontology else None
    known = (linker.fingerprint, linker.weights_fingerprint) if linker else ()
    digest = hashlib.sha256(to_json([parts.settings, *known], indent=None).encode())
    for name, value in sorted(parts.model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().numpy().tobytes())
    return digest.hexdigest()


def predict(
    model: Classifier | str | Path,
    corpus: Any,
    out: str | Path,
    *,
    columns: CorpusColumns | None = None,
    skip_bad_rows: bool = False,
    progress: Progress | None = None,
) -> ReadReport:
    """Predict a corpus of any size into a JSONL or Parquet file, which appears whole or not at all.

    Args:
        model: a classifier, or a model folder.
        corpus: the corpus: files, patterns, folders, a binary stream of JSON Lines, a dataset or
            mappings; labels are not needed.
        out: the file to write: ``.jsonl`` (also ``.jsonl.gz``) or ``.parquet``.
        columns: which column holds what; as the model's project had it unless given.
        skip_bad_rows: whether to leave out rows that cannot be read, and count them.
        progress: is told the number of documents done.

    Returns:
        what became of the rows of the corpus.
    """
    classifier = model if isinstance(model, Classifier) else Classifier.load(model)
    stated = classifier.parts.project.corpus
    report = ReadReport()
    documents = read_corpus(
        corpus,
        columns=columns or CorpusColumns(id=stated.id, text=stated.text),
        on_bad_row="skip" if skip_bad_rows else "error",
        report=report,
    )
    with open_output(Path(out), regression=classifier.labels.task == "regression") as write:
        for document, prediction in classifier.stream(documents):
            write(as_row(document, prediction))
            if progress:
                progress(1)
    return report
