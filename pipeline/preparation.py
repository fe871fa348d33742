"""Everything that training needs, made ready: texts read, linked, cut into tokens; an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import CleanText, Document, clean_text
from .characters import whole_characters
from .encoders import EncoderSource
from .features import CHUNK, DocumentEncoder, EncodedDocument, chunked, window_limit
from .knowledge import LinkedOntology
from .label_preparation import ProjectContent, read_content
from .labels import LabelSet
from .splits import Splits

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from ..kg import Mention
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
        label_texts: what an encoder reads of them: their names, or, of a label that is named by
            its concept, the names and the definition of that.
        source: where the encoder was found.
        encoder: the encoder, as it was pre-trained.
        tokenizer: its tokenizer.
        max_length: tokens in a window.
        ontology: graph and linker; None for plain BERT.
        train: the training documents, encoded.
        dev: the development documents, encoded.
        test: the test documents, encoded.
        unlabelled: further documents without labels, encoded.
        contrast: tells apart what contrastive pre-training has made of the encoder; empty where
            it is as it was found.
    """

    project: Project
    splits: Splits
    labels: LabelSet
    label_names: dict[str, str]
    label_texts: dict[str, str]
    source: EncoderSource
    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    max_length: int
    ontology: LinkedOntology | None
    train: list[EncodedDocument]
    dev: list[EncodedDocument]
    test: list[EncodedDocument]
    unlabelled: list[EncodedDocument]
    contrast: str = ""

    @property
    def encoder_fingerprint(self) -> str:
        """What tells the vectors of the encoder from those of any other."""
        return self.source.fingerprint() + self.contrast

    def identity(self) -> dict[str, Any]:
        """Return what the run is of: see ``run_folder.Identity``."""
        return {
            "settings": stated_settings(self.project),
            "corpus": corpus_fingerprint(self.splits),
            "labels": self.label_texts,
            "label_concepts": {one.label: list(one.iris) for one in self.labels.alignment},
            "ontology": self.ontology.graph.fingerprint if self.ontology else "",
            "linker": self.ontology.linker.weights_fingerprint if self.ontology else "",
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
    content = read_content(
        project, reporter, with_ontology=bool(project.knowledge.channels), splits=splits
    )
    for note in content.splits.notes:
        reporter.note(note)
    max_length = window_limit(
        project.training.max_length, content.encoder.config, content.tokenizer
    )
    cut = DocumentEncoder(content.tokenizer, max_length=max_length)
    parts = _encode_splits(project, content, cut, reporter)
    if content.ontology:
        _note_unlinked(parts["train"], reporter)
    return Prepared(
        project=project,
        splits=content.splits,
        labels=content.labels,
        label_names=content.naming.names,
        label_texts=content.naming.texts,
        source=content.source,
        encoder=content.encoder,
        tokenizer=content.tokenizer,
        max_length=max_length,
        ontology=content.ontology,
        train=parts["train"],
        dev=parts["dev"],
        test=parts["test"],
        unlabelled=parts["unlabelled"],
    )


def _encode_splits(
    project: Project, content: ProjectContent, cut: DocumentEncoder, reporter: Reporter
) -> dict[str, list[EncodedDocument]]:
    """Return the documents of each split as ``Prepared`` holds them."""
    splits = content.splits
    parts = {"train": splits.train, "dev": splits.dev, "test": splits.test}
    total = sum(map(len, parts.values())) + len(splits.unlabelled)
    encode = partial(
        encode_documents, cut=cut, ontology=content.ontology, clean=project.corpus.clean
    )
    with reporter.stage("linking and tokenising", total) as progress:
        result = {
            name: encode(part, labels=content.labels, progress=progress)
            for name, part in parts.items()
        }
        result["unlabelled"] = encode(splits.unlabelled, progress=progress)
    return result


def _note_unlinked(train: Sequence[EncodedDocument], reporter: Reporter) -> None:
    unlinked = sum(not document.links for document in train)
    if unlinked * 2 > len(train):
        reporter.note(
            f"{unlinked} of {len(train)} training texts mention no concept of the ontology: "
            "is it about the same things, and in the same language?"
        )


def encode_documents(
    documents: Sequence[Document],
    cut: DocumentEncoder,
    ontology: LinkedOntology | None,
    *,
    labels: LabelSet | None = None,
    clean: bool = False,
    progress: Progress | None = None,
) -> list[EncodedDocument]:
    """Clean, link and cut documents into tokens, with their labels if these are given."""
    result: list[EncodedDocument] = []
    for part in chunked(documents, CHUNK):
        encoded, _ = encode_texts([document.text for document in part], cut, ontology, clean=clean)
        if labels is not None:
            encoded = [
                replace(document, label=label)
                for document, label in zip(encoded, labels.numbers(part), strict=True)
            ]
        result += encoded
        if progress:
            progress(len(part))
    return result


def encode_texts(
    texts: Sequence[str],
    cut: DocumentEncoder,
    ontology: LinkedOntology | None,
    *,
    clean: bool = False,
) -> tuple[list[EncodedDocument], list[tuple[Mention, ...]]]:
    """Clean, link and cut texts into tokens.

    Returns:
        the texts as tokens with their links, and their mentions; the offsets of the mentions are
        those of the texts as they were given, cleaned or not.
    """
    texts = [whole_characters(text) for text in texts]
    cleaned = [clean_text(text) for text in texts] if clean else None
    read = [part.text for part in cleaned] if cleaned else texts
    if ontology is None:
        return cut(read), [()] * len(texts)
    mentions = ontology.mentions(read)
    encoded = cut(read, [ontology.links(found) for found in mentions])
    if cleaned:
        mentions = [
            tuple(_in_original(mention, part, text) for mention in found)
            for found, part, text in zip(mentions, cleaned, texts, strict=True)
        ]
    return encoded, mentions


def _in_original(mention: Mention, cleaned: CleanText, original: str) -> Mention:
    start, end = cleaned.original_span(mention.start, mention.end)
    return mention._replace(start=start, end=end, text=original[start:end])


def corpus_fingerprint(splits: Splits) -> str:
    """Return the SHA-256 over ids, texts and labels of all documents, split by split."""
    digest = hashlib.sha256()
    for part in (splits.train, splits.dev, splits.test, splits.unlabelled):
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
    if project.overlay is not None:
        stated["overlay"] = project.overlay.name
    linking = stated["knowledge"]["linking"]
    if linking.get("weights"):
        linking["weights"] = Path(linking["weights"]).name
    corpus = stated["corpus"]
    for name in ("train", "dev", "test", "unlabelled", "label_names"):
        if isinstance(getattr(project.corpus, name), Path):
            corpus[name] = Path(corpus[name]).name
    if Path(project.encoder).is_dir():
        stated["encoder"] = Path(project.encoder).name
    return stated
