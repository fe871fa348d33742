"""Build the tables of a lexicon from the labels of a knowledge graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .concepts import LabelKind, Problem
from .folding import fold
from .graph import KnowledgeGraph
from .guards import Guard, guard_of, is_shouting, stop_words
from .variants import WAYS, Way, rules_for, surfaces, variants

KINDS: Final = tuple(LabelKind)
"""The kinds of labels, in the order of their numbers in the tables."""

_CONTEXT_NEIGHBOURS: Final = 40
_TOP_SHARE: Final = 0.9
_TOP_LEAST: Final = 100

Numbers = NDArray[np.int32]


def top_concepts(graph: KnowledgeGraph) -> frozenset[int]:
    """Return the concepts that stand above nearly all others, as "disease" in a disease ontology.

    In a small ontology there are none: there a parent may have nearly all concepts below it and
    still say something.
    """
    if len(graph) < _TOP_LEAST:
        return frozenset()
    _, ancestors, _ = graph.closure_csr
    below = np.bincount(ancestors, minlength=len(graph))
    return frozenset(np.flatnonzero(below > _TOP_SHARE * len(graph)).tolist())


class LexiconBuilder:
    """Gathers the labels of concepts and their forms; ``finish`` turns them into tables."""

    def __init__(self, graph: KnowledgeGraph, language: str, vary: bool) -> None:
        self.graph = graph
        self.language = language
        self.rules = rules_for(language)
        self.vary = vary
        self.stop = frozenset(map(self.fold, stop_words(language)))
        self.shouting = is_shouting(
            label.text for concept in graph.concepts for label in concept.labels
        )
        self.labels: list[str] = []
        self.label_concept: list[int] = []
        self.label_kind: list[int] = []
        self.label_guard: list[int] = []
        self.forms: dict[str, int] = {}
        self.entries: list[tuple[int, int, int]] = []
        self.flagged: list[Problem] = []

    def fold(self, text: str) -> str:
        """Return a text folded as the names of the language are."""
        rules = self.rules
        return fold(text, keep_marks=rules.keep_marks, greek_names=rules.greek_names).text.strip()

    def add(self, number: int, *, is_top: bool = False) -> None:
        """Add the names of one concept, or flag them where it is above nearly all others."""
        for label in self.graph.names(number, self.language):
            name = self.fold(label.text)
            if not name:
                continue
            if is_top:
                self._flag_top(number, label.text)
                continue
            guard, reason = self._guard(label.text, name)
            if reason:
                iri = self.graph.concepts[number].iri
                message = f"label {label.text!r} {reason}"
                self.flagged.append(Problem("risky-label", iri, message))
            if guard is Guard.NEVER:
                continue
            self.labels.append(label.text)
            self.label_concept.append(number)
            self.label_kind.append(KINDS.index(label.kind))
            self.label_guard.append(guard)
            ways: dict[str, int] = {}
            for form, way in self._forms(label.text, name, guard):
                ways.setdefault(form, WAYS.index(way))
            for form, way_number in ways.items():
                form_number = self.forms.setdefault(form, len(self.forms))
                self.entries.append((form_number, len(self.labels) - 1, way_number))

    def _forms(self, text: str, name: str, guard: Guard) -> Iterator[tuple[str, Way]]:
        yield name, "normalised"
        if guard is Guard.CASED and name.isalpha():
            yield name + "s", "inflected"
        if guard in (Guard.CASED, Guard.NOUN, Guard.STOP):
            yield " ".join(name.split()), "normalised"
            return
        if not self.vary:
            return
        yield from variants(name, self.rules)
        for surface, surface_way in surfaces(text):
            alternative = self.fold(surface)
            # What is left of "COLD (chronic obstructive lung disease)" is not safe to look for.
            if self._guard(surface, alternative)[0] is Guard.FREE:
                for form, way in variants(alternative, self.rules):
                    yield form, way if surface_way == "normalised" else surface_way

    def _guard(self, text: str, name: str) -> tuple[Guard, str]:
        return guard_of(
            text,
            name,
            self.stop,
            shouting=self.shouting,
            capital_nouns=self.rules.capital_nouns,
        )

    def _flag_top(self, number: int, label: str) -> None:
        message = f"label {label!r} names what nearly all concepts are a kind of: it is not linked"
        self.flagged.append(Problem("top-label", self.graph.concepts[number].iri, message))

    def finish(self, max_shared: int) -> tuple[dict[str, Any], dict[str, Numbers], list[str]]:
        """Return the texts and tables of a ``Lexicon``, and its forms."""
        entries = np.array(self.entries, dtype=np.int32).reshape(-1, 3)
        entries = entries[np.argsort(entries[:, 0], kind="stable")]
        concept = np.array(self.label_concept, dtype=np.int32)
        pointer = np.searchsorted(entries[:, 0], np.arange(len(self.forms) + 1))
        tables = {
            "label_concept": concept,
            "label_kind": np.array(self.label_kind, dtype=np.int32),
            "label_guard": np.array(self.label_guard, dtype=np.int32),
            "form_pointer": pointer.astype(np.int32),
            "entry_label": entries[:, 1],
            "entry_way": entries[:, 2],
        }
        shared = self._shared(entries[:, 0], concept[entries[:, 1]], max_shared)
        numbers = sorted(set().union(*shared)) if shared else []
        tables["broader"] = self._broader(shared)
        texts = {
            "language": self.language,
            "iris": [concept.iri for concept in self.graph.concepts],
            "names": [
                self.graph.preferred_label(number, self.language)
                for number in range(len(self.graph))
            ],
            "labels": self.labels,
            "context": {str(number): self._context(number) for number in numbers},
            "flagged": [(item.code, item.subject, item.message) for item in sorted(self.flagged)],
        }
        return texts, tables, list(self.forms)

    def _shared(self, form: Numbers, concept: Numbers, max_shared: int) -> list[set[int]]:
        """Return the groups of concepts that share a form; flag the groups that are too large."""
        pairs = np.unique(np.stack([form, concept], axis=1), axis=0)
        starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
        sizes = np.diff(starts, append=len(pairs))
        names = list(self.forms) if (sizes > max_shared).any() else []
        groups = []
        for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
            members = pairs[start : start + size, 1].tolist()
            groups.append(set(members))
            if size > max_shared:
                message = (
                    f"{names[pairs[start, 0]]!r} names {size} concepts (more than {max_shared}): "
                    f"it links only where the context decides"
                )
                iri = self.graph.concepts[members[0]].iri
                self.flagged.append(Problem("shared-label", iri, message))
        return groups

    def _broader(self, groups: list[set[int]]) -> Numbers:
        pointer, ancestors, _ = self.graph.closure_csr
        pairs = {
            (child, parent)
            for group in groups
            for child in group
            for parent in ancestors[pointer[child] : pointer[child + 1]].tolist()
            if parent in group and parent != child
        }
        return np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2)

    def _context(self, number: int) -> str:
        """Return the words of a concept's labels and definition and of its neighbours' labels."""
        graph = self.graph
        out = graph.target[graph.out_edges[number] : graph.out_edges[number + 1]]
        pointer, order = graph.in_edges
        into = graph.source[order[pointer[number] : pointer[number + 1]]]
        texts = [graph.definition(number, self.language)]
        texts += [label.text for label in graph.names(number, self.language)]
        for neighbour in (*out[:_CONTEXT_NEIGHBOURS], *into[:_CONTEXT_NEIGHBOURS]):
            texts += [label.text for label in graph.names(int(neighbour), self.language)]
        words = set(self.fold(" \n".join(texts)).split()) - self.stop
        return " ".join(sorted(word for word in words if len(word) > 2))
