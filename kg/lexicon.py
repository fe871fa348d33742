"""The lexicon: every way to write every name of an ontology, ready to be found in a text."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import daachorse
import numpy as np

from ..errors import OntologyError
from .concepts import LabelKind, Problem
from .graph import KnowledgeGraph
from .guards import Guard
from .lexicon_building import KINDS, LexiconBuilder, Numbers, top_concepts
from .variants import WAYS, LanguageRules, rules_for

KIND_TRUST: Final[Mapping[LabelKind, float]] = {
    LabelKind.PREFERRED: 1.0,
    LabelKind.EXACT: 0.97,
    LabelKind.ALTERNATIVE: 0.94,
    LabelKind.NARROW: 0.85,
    LabelKind.HIDDEN: 0.85,
    LabelKind.BROAD: 0.75,
    LabelKind.RELATED: 0.7,
}
"""How far a label of each kind speaks for its concept."""

WAY_TRUST: Final[Mapping[str, float]] = {
    "exact": 1.0,
    "normalised": 0.99,
    "inflected": 0.97,
    "spelling": 0.97,
    "reordered": 0.95,
    "unqualified": 0.9,
}
"""How far a variant of a name still speaks for it."""

_FORMAT: Final = 1
LEXICON_FILES: Final = ("lexicon.json", "lexicon.npz", "lexicon.automaton")
"""The files that ``Lexicon.dump`` writes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of a form: the concept, the label it comes from, and how far to trust it."""

    concept: int
    label: str
    kind: LabelKind
    way: str
    trust: float
    guard: Guard


class Lexicon:
    """The forms of an ontology's names, found in folded text by one automaton.

    A form is a folded name or a variant of one; an entry ties a form to the label and the concept
    it stands for. Make one with ``build``.

    Args:
        texts: ``language``, ``iris`` and ``names`` of the concepts, ``labels``, ``context`` (for
            concepts that share a form, the words that speak for them), ``flagged``.
        tables: ``label_concept``, ``label_kind``, ``label_guard`` (label,); ``form_pointer``
            (form + 1,), ``entry_label`` and ``entry_way`` (entry,); ``broader`` (pair, 2), the
            concepts that share a form of which the second is an ancestor of the first.
        automaton: finds the forms, each with a space on either side.
    """

    def __init__(
        self,
        texts: Mapping[str, Any],
        tables: Mapping[str, Numbers],
        automaton: daachorse.CharwiseDoubleArrayAhoCorasick,
    ) -> None:
        self.language: str = texts["language"]
        self.iris: tuple[str, ...] = tuple(texts["iris"])
        self.names: tuple[str, ...] = tuple(texts["names"])
        self.flagged: tuple[Problem, ...] = tuple(Problem(*item) for item in texts["flagged"])
        self._labels: tuple[str, ...] = tuple(texts["labels"])
        self._context: dict[str, str] = texts["context"]
        self._tables = dict(tables)
        self._automaton = automaton
        self._broader = {(int(child), int(parent)) for child, parent in tables["broader"]}

    @classmethod
    def build(
        cls,
        graph: KnowledgeGraph,
        *,
        language: str = "en",
        vary: bool = True,
        link_top: bool = False,
        max_shared: int = 5,
    ) -> Lexicon:
        """Collect the names of a graph in one language, with their variants.

        Args:
            graph: the ontology.
            language: a BCP 47 tag; names without a tag count for every language.
            vary: whether to add inflected, respelt and reordered variants.
            link_top: whether to add the names of a concept that stands above nearly all others;
                see ``LinkerOptions``.
            max_shared: a name of more concepts than this is flagged.

        Raises:
            OntologyError: no concept has a name in the language.
        """
        builder = LexiconBuilder(graph, language, vary)
        top = frozenset() if link_top else top_concepts(graph)
        for number in range(len(graph)):
            builder.add(number, is_top=number in top)
        if not builder.labels:
            present = ", ".join(tag or "(no tag)" for tag in graph.languages) or "none"
            raise OntologyError(
                f"no concept has a label in language {language!r}; languages present: {present}"
            )
        texts, tables, forms = builder.finish(max_shared)
        patterns = [f" {form} " for form in forms]
        return cls(texts, tables, daachorse.CharwiseDoubleArrayAhoCorasick(patterns))

    def __len__(self) -> int:
        """Return the number of forms."""
        return len(self._tables["form_pointer"]) - 1

    @cached_property
    def rules(self) -> LanguageRules:
        """The rules of the lexicon's language."""
        return rules_for(self.language)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {iri: number for number, iri in enumerate(self.iris)}

    def name(self, iri: str) -> str:
        """Return the preferred label of a concept."""
        return self.names[self._numbers[iri]]

    def find(self, folded: str) -> list[tuple[int, int, int]]:
        """Return every occurrence of a form in a folded text: start, end, number of the form."""
        # A form stands between spaces, here and in the automaton, so that it only matches whole
        # words; start and end give back the two that were added.
        found = self._automaton.find_overlapping(f" {folded} ")
        return [(start, end - 2, form) for start, end, form in found]

    def entries(self, form: int) -> tuple[Entry, ...]:
        """Return the readings of a form: one for each concept, the most trusted first."""
        begin, end = self._tables["form_pointer"][form : form + 2]
        best: dict[int, Entry] = {}
        for label, way in zip(
            self._tables["entry_label"][begin:end].tolist(),
            self._tables["entry_way"][begin:end].tolist(),
            strict=True,
        ):
            concept = int(self._tables["label_concept"][label])
            kind = KINDS[self._tables["label_kind"][label]]
            trust = KIND_TRUST[kind] * WAY_TRUST[WAYS[way]]
            guard = Guard(int(self._tables["label_guard"][label]))
            entry = Entry(concept, self._labels[label], kind, WAYS[way], trust, guard)
            # A label that must be written in its own case never hides one that need not.
            if concept not in best or (entry.guard, -trust) < (
                best[concept].guard,
                -best[concept].trust,
            ):
                best[concept] = entry
        return tuple(sorted(best.values(), key=lambda entry: (-entry.trust, entry.concept)))

    def context(self, concept: int) -> frozenset[str]:
        """Return the folded words that speak for a concept where another shares its name."""
        return frozenset(self._context.get(str(concept), "").split())

    def is_broader(self, parent: int, child: int) -> bool:
        """Return whether one of two concepts that share a form is an ancestor of the other."""
        return (child, parent) in self._broader

    def dump(self) -> dict[str, bytes]:
        """Return the lexicon as the content of three files."""
        texts = {
            "format": _FORMAT,
            "language": self.language,
            "iris": self.iris,
            "names": self.names,
            "labels": self._labels,
            "context": self._context,
            "flagged": [(item.code, item.subject, item.message) for item in self.flagged],
        }
        tables = io.BytesIO()
        np.savez(tables, allow_pickle=False, **self._tables)
        contents = (
            json.dumps(texts, ensure_ascii=False).encode(),
            tables.getvalue(),
            bytes(self._automaton.serialize()),
        )
        return dict(zip(LEXICON_FILES, contents, strict=True))

    @classmethod
    def restore(cls, files: Mapping[str, bytes]) -> Lexicon:
        """Return the lexicon that ``dump`` wrote.

        Raises:
            OntologyError: the content is not a lexicon of this version.
        """
        try:
            texts_file, tables_file, automaton_file = (files[name] for name in LEXICON_FILES)
            texts = json.loads(texts_file)
            if texts["format"] != _FORMAT:
                raise OntologyError(
                    f"the lexicon has format {texts['format']}, expected {_FORMAT}: build it again"
                )
            with np.load(io.BytesIO(tables_file), allow_pickle=False) as archive:
                tables = {name: archive[name] for name in archive.files}
            automaton = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(automaton_file)
            return cls(texts, tables, automaton)
        except OntologyError:
            raise
        except Exception as error:  # each of the three readers has its own kinds
            raise OntologyError(
                f"the lexicon is damaged or incomplete ({error}): build it again"
            ) from error
