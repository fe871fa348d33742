"""The linker as a spaCy component: ``nlp.add_pipe("ontograft_linker")``."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path
from typing import Any, Final, get_type_hints

import spacy
import srsly  # type: ignore[import-untyped]  # it has no types
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from ..errors import OntologyError
from .concepts import LabelKind
from .graph import KnowledgeGraph
from .linking import DEFAULTS, Linker, LinkerOptions
from .mentions import Candidate, Mention
from .tokenizing import TEXT_KEY, guard_tokenizer
from .workers import settle

SPANS_KEY: Final = "ontograft"
"""Where a ``Doc`` keeps its mentions: ``doc.spans["ontograft"]``."""

_DATA_KEY: Final = "ontograft_mentions"
# A thousand documents at once, as spaCy would have it, are searched for garbage again and again;
# and one at a time, tokenizer and linker drive each other's tables out of the processor's cache.
_MOST_AT_ONCE: Final = 256


class SpacyLinker:
    """Writes the mentions of an ontology's concepts into ``doc.spans["ontograft"]``.

    The group holds one span for each mention, in the order of ``mentions_of(doc)``, nested ones
    too. ``span.kb_id_`` is the IRI of the concept or ``"NIL"``, ``span.label_`` the label given
    here. A span covers every token that its mention touches; the mention has the exact offsets.

    Args:
        name: the name of the component in the pipeline.
        ontology: a file or a folder to link to, read when the first text comes; None where a
            linker is given, set later or loaded from disk.
        language: the language of the names.
        options: how to decide.
        label: the label of the spans.
        linker: a linker that is ready.
    """

    def __init__(
        self,
        name: str = "ontograft_linker",
        *,
        ontology: str | None = None,
        language: str = "en",
        options: LinkerOptions = DEFAULTS,
        label: str = "CONCEPT",
        linker: Linker | None = None,
    ) -> None:
        self.name = name
        self.ontology = ontology
        self.language = language
        self.options = options
        self.label = label
        self._linker = linker
        self._process = os.getpid()

    @property
    def linker(self) -> Linker:
        """The linker; built on first use from the ontology.

        Raises:
            OntologyError: there is neither a linker nor an ontology to build one from.
        """
        if self._linker is None:
            if self.ontology is None:
                raise OntologyError(
                    f"{self.name} has no ontology: add it with config={{'ontology': path}}, "
                    f"or set its linker to Linker.build(graph)"
                )
            graph = KnowledgeGraph.read(self.ontology, language=self.language)
            self._linker = Linker.build(graph, language=self.language, options=self.options)
        return self._linker

    @linker.setter
    def linker(self, linker: Linker) -> None:
        self._linker = linker

    def __call__(self, doc: Doc) -> Doc:
        """Link one document."""
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Link a stream of documents, at most 256 at once, however large the batches are."""
        docs = iter(stream)
        while batch := list(islice(docs, min(batch_size, _MOST_AT_ONCE))):
            self.set_annotations(batch, self.predict(batch))
            yield from batch

    def initialize(
        self,
        get_examples: Any = None,  # noqa: ARG002 (spaCy passes it; nothing is trained)
        *,
        nlp: Language | None = None,  # noqa: ARG002
        graph: KnowledgeGraph | None = None,
    ) -> None:
        """Build the linker from a graph, or from the ontology of the configuration."""
        if graph is not None:
            self._linker = Linker.build(graph, language=self.language, options=self.options)
        elif self.ontology is not None:
            self._linker = None
            self.linker  # noqa: B018 (built now, so that a missing file is told now)

    def predict(self, docs: Sequence[Doc]) -> list[list[Mention]]:
        """Return the mentions of each document."""
        linker = self.linker
        if self._process != os.getpid():  # a worker of nlp.pipe(n_process=2)
            self._process = os.getpid()
            settle()
        # Putting the text together from the tokens takes half as long as linking it.
        texts = (doc.user_data.pop(TEXT_KEY, None) or doc.text for doc in docs)
        return list(linker.many(texts))

    def set_annotations(self, docs: Sequence[Doc], mentions: Sequence[Sequence[Mention]]) -> None:
        """Write the mentions into the documents."""
        for doc, found in zip(docs, mentions, strict=True):
            label = doc.vocab.strings.add(self.label)
            spans = [
                span
                for item in found
                # None only for a mention that is not in the text.
                if (span := doc.char_span(item.start, item.end, label, item.iri, None, "expand"))
            ]
            doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=spans)
            doc.user_data[_DATA_KEY] = tuple([_pack(mention) for mention in found])

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """Return the linker as bytes."""
        data: bytes = srsly.msgpack_dumps(self.linker.dump())
        return data

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> SpacyLinker:  # noqa: ARG002
        """Take the linker that ``to_bytes`` returned."""
        self._linker = Linker.restore(srsly.msgpack_loads(data))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the linker into a folder."""
        self.linker.save(path)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> SpacyLinker:  # noqa: ARG002
        """Take the linker that ``to_disk`` wrote."""
        self._linker = Linker.load(path)
        return self


# A Doc's user data must survive msgpack (nlp.pipe with processes, DocBin). Tuples of plain values
# are soon left out of the search for garbage, which would go through lists again and again.
def _pack(mention: Mention) -> tuple[Any, ...]:
    candidates = tuple(
        [(one.iri, one.label, one.kind.value, one.score, one.way) for one in mention.candidates]
    )
    return (
        mention.start,
        mention.end,
        mention.text,
        mention.iri,
        mention.label,
        mention.score,
        candidates,
        mention.nested,
        mention.fragments,
        mention.polarity,
        mention.senses,
        mention.section,
    )


def _unpack(packed: Sequence[Any]) -> Mention:
    start, end, text, iri, label, score, candidates, nested, fragments, *rest = packed
    polarity, senses, section = rest
    return Mention(
        start,
        end,
        text,
        iri,
        label,
        score,
        tuple(
            Candidate(of, name, LabelKind(kind), trust, way)
            for of, name, kind, trust, way in candidates
        ),
        nested,
        tuple((first, last) for first, last in fragments),
        polarity,
        tuple(senses),
        section,
    )


def mentions_of(doc: Doc) -> tuple[Mention, ...]:
    """Return the mentions of a document, in the order of ``doc.spans["ontograft"]``.

    Raises:
        OntologyError: the document did not pass through ``ontograft_linker``.
    """
    if _DATA_KEY not in doc.user_data:
        raise OntologyError(
            "the document has no mentions: add 'ontograft_linker' to the pipeline it comes from"
        )
    return tuple(_unpack(packed) for packed in doc.user_data[_DATA_KEY])


def make_linker(
    nlp: Language, name: str, ontology: str | None, language: str | None, label: str, **options: Any
) -> SpacyLinker:
    """Make the component ``ontograft_linker``.

    Args:
        nlp: the pipeline it is for.
        name: its name there.
        ontology: a file or folder to link to, read when the first text comes; None where the
            linker is set later or loaded from disk.
        language: the language of the names; the pipeline's where None.
        label: the label of the spans.
        options: see ``LinkerOptions``.
    """
    return SpacyLinker(
        name,
        ontology=ontology,
        language=language or nlp.lang or "xx",
        options=LinkerOptions(**options),
        label=label,
    )


def _with_options(factory: Any) -> inspect.Signature:
    """Return the signature of a factory with the linker's options, by which spaCy checks them."""
    own = inspect.signature(factory, eval_str=True)
    kinds = get_type_hints(LinkerOptions)
    options = [
        inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, annotation=kinds[field.name])
        for field in fields(LinkerOptions)
    ]
    return own.replace(parameters=[*list(own.parameters.values())[:-1], *options])


make_linker.__signature__ = _with_options(make_linker)  # type: ignore[attr-defined]
Language.factory(
    "ontograft_linker",
    assigns=["doc.spans"],
    default_config={"ontology": None, "language": None, "label": "CONCEPT", **asdict(DEFAULTS)},
    func=make_linker,
)


def build_nlp(
    graph: KnowledgeGraph, *, language: str = "en", options: LinkerOptions = DEFAULTS
) -> Language:
    """Return a pipeline that tokenises and links: ``spacy.blank(language)`` and the linker.

    Its tokenizer takes time linear in the length of any text, see ``guard_tokenizer``.

    Raises:
        OntologyError: no concept has a name in the language, or spaCy cannot tokenise it.
    """
    linker = Linker.build(graph, language=language, options=options)
    return nlp_for(linker)


def nlp_for(linker: Linker) -> Language:
    """Return a pipeline that tokenises and links with a linker that is ready.

    Raises:
        OntologyError: spaCy cannot tokenise the language.
    """
    language = linker.lexicon.language
    try:
        nlp = spacy.blank(language.split("-")[0].lower())
    except ImportError as error:
        raise OntologyError(
            f"spaCy cannot tokenise language {language!r}: {str(error).splitlines()[0]}"
        ) from error
    guard_tokenizer(nlp)
    config = {**asdict(linker.options), "language": language}
    component = nlp.add_pipe("ontograft_linker", config=config)
    component.linker = linker  # type: ignore[attr-defined]
    return nlp
