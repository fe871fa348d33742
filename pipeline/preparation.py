"""Everything that training needs, made ready: texts read, linked, cut into tokens; an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..data import Document, read_label_names
from .encoders import EncoderSource, load_encoder, load_tokenizer, resolve_encoder
from .features import CHUNK, DocumentEncoder, EncodedDocument, chunked, window_limit
from .inference import best_device
from .knowledge import LinkedOntology
from .labels import LabelSet
from .splits import Splits, read_splits

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from .progress import Progress, Reporter
    from .settings import Project


@dataclass(frozen=True)
class Prepared:
    """What training works with.

    Args:
        project: the project.
        splits: its documents.
        labels: its labels.
        label_names: names of the labels for people.
        source: where the encoder was found.
        encoder: the encoder, as it was pre-trained.
        tokenizer: its tokenizer.
        max_length: tokens in a window.
        ontology: graph and linker; None for plain BERT.
        train: the training documents, encoded.
        dev: the development documents, encoded.
        test: the test documents, encoded.
    """

    project: Project
    splits: Splits
    labels: LabelSet
    label_names: dict[str, str]
    source: EncoderSource
    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    max_length: int
    ontology: LinkedOntology | None
    train: list[EncodedDocument]
    dev: list[EncodedDocument]
    test: list[EncodedDocument]

    def identity(self) -> dict[str, Any]:
        """Return what the run is of: see ``run_folder.Identity``."""
        return {
            "settings": stated_settings(self.project),
            "corpus": corpus_fingerprint(self.splits),
            "ontology": self.ontology.graph.fingerprint if self.ontology else "",
            "encoder": self.source.fingerprint(),
            "libraries": {name: version(name) for name in ("ontograft", "torch", "transformers")},
        }


def prepare(project: Project, reporter: Reporter, *, splits: Splits | None = None) -> Prepared:
    """Read, link and encode everything a project names.

    Args:
        project: the project.
        reporter: is told how far things are.
        splits: the documents, if they come from elsewhere than the project's files.
    """
    with reporter.stage("reading the corpus"):
        splits = splits or read_splits(project)
        names = project.corpus.label_names
        label_names = read_label_names(names) if names else {}
    for note in splits.notes:
        reporter.note(note)
    ontology = None
    if project.knowledge.channels:
        with reporter.stage("reading the ontology"):
            ontology = LinkedOntology.read(project)
    with reporter.stage("loading the encoder"):
        source = resolve_encoder(project.encoder)
        tokenizer = load_tokenizer(source.folder)
        encoder = load_encoder(source.folder)
        torch.nn.Module.to(encoder, best_device())
    max_length = window_limit(project.training.max_length, encoder.config, tokenizer)
    cut = DocumentEncoder(tokenizer, max_length=max_length)
    labels = LabelSet.of(splits.train, project.task)
    parts = [splits.train, splits.dev, splits.test]
    total = sum(map(len, parts))
    with reporter.stage("linking and tokenising", total) as progress:
        train, dev, test = (
            encode_documents(part, cut, ontology, labels=labels, progress=progress)
            for part in parts
        )
    if ontology:
        unlinked = sum(not document.links for document in train)
        if unlinked * 2 > len(train):
            reporter.note(
                f"{unlinked} of {len(train)} training texts mention no concept of the ontology: "
                "is it about the same things, and in the same language?"
            )
    return Prepared(
        project=project,
        splits=splits,
        labels=labels,
        label_names=label_names,
        source=source,
        encoder=encoder,
        tokenizer=tokenizer,
        max_length=max_length,
        ontology=ontology,
        train=train,
        dev=dev,
        test=test,
    )


def encode_documents(
    documents: Sequence[Document],
    cut: DocumentEncoder,
    ontology: LinkedOntology | None,
    *,
    labels: LabelSet | None = None,
    progress: Progress | None = None,
) -> list[EncodedDocument]:
    """Link documents and cut them into tokens; with their labels if ``labels`` is given."""
    result: list[EncodedDocument] = []
    for part in chunked(documents, CHUNK):
        texts = [document.text for document in part]
        links = None
        if ontology is not None:
            links = [ontology.links(mentions) for mentions in ontology.mentions(texts)]
        encoded = cut(texts, links)
        if labels is not None:
            encoded = [
                replace(document, label=label)
                for document, label in zip(encoded, labels.numbers(part), strict=True)
            ]
        result += encoded
        if progress:
            progress(len(part))
    return result


def corpus_fingerprint(splits: Splits) -> str:
    """Return the SHA-256 over ids, texts and labels of all documents, split by split."""
    digest = hashlib.sha256()
    for part in (splits.train, splits.dev, splits.test):
        digest.update(f"{len(part)}\n".encode())
        for document in part:
            for field in (document.id, document.text, repr(document.label)):
                content = field.encode("utf-8", "surrogatepass")
                digest.update(f"{len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()


def stated_settings(project: Project) -> dict[str, Any]:
    """Return the settings as JSON, with the names of files but not the folders they lie in.

    What the files hold is told by fingerprints; where they lie is nobody's business but the
    owner's, for models are passed on.
    """
    stated: dict[str, Any] = project.model_dump(mode="json", exclude={"output"})
    stated["ontology"] = [Path(path).name for path in stated["ontology"]]
    corpus = stated["corpus"]
    for name in ("train", "dev", "test", "label_names"):
        if isinstance(getattr(project.corpus, name), Path):
            corpus[name] = Path(corpus[name]).name
    if Path(project.encoder).is_dir():
        stated["encoder"] = Path(project.encoder).name
    return stated
