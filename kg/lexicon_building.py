"""Build the content of a lexicon from the labels of a knowledge graph."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

import daachorse
import numpy as np
from numpy.typing import NDArray

from .ancestry import Ancestry, broad_concepts
from .concepts import LabelKind, Problem
from .folded_labels import FoldedLabel
from .forbidding import forbidden_forms
from .forms import Forms
from .general_words import general_words
from .german import parts_of
from .graph import KnowledgeGraph
from .guards import Guard, is_shouting, stop_words
from .hierarchy import Index, expand
from .label_checks import LabelChecks
from .lexicon_storage import LexiconContent
from .modifiers import ModifierCounts
from .name_work import NameWork
from .patterns import Numbers, PatternBuilder, Patterns
from .shortening import generic, shortened
from .strings import Strings
from .variants import WAYS, rules_for
from .word_codes import group_words

KINDS: Final = tuple(LabelKind)
"""The kinds of labels, in the order of their numbers in the tables."""

_CONTEXT_NEIGHBOURS: Final = 40
_TOP_SHARE: Final = 0.9
_TOP_LEAST: Final = 100
# A name of more labels than this decides nothing, and would make each text that holds it slow.
_MOST_ROWS: Final = 100


@contextmanager
def uncollected() -> Iterator[None]:
    """Make objects by the million without searching them for garbage again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class LexiconBuilder:
    """Gathers the labels of concepts; ``finish`` turns them into the content of a lexicon."""

    def __init__(self, graph: KnowledgeGraph, language: str, vary: bool) -> None:
        self.graph = graph
        self.language = language
        rules = rules_for(language)
        self.forms = Forms(
            language,
            vary,
            stop=frozenset(rules.fold(word).text.strip() for word in stop_words(language)),
            shouting=is_shouting(
                label.text for concept in graph.concepts for label in concept.labels
            ),
            known=self._words() if rules.compounds and vary else frozenset(),
        )
        self.labels: list[str] = []
        self.label_concept: list[int] = []
        self.label_name: list[str] = []
        self.label_folded: list[str] = []
        self.label_kind: list[int] = []
        self.label_guard: list[Guard] = []
        self.shorts: list[tuple[str, int, int]] = []
        self.flagged: list[Problem] = []
        self.patterns = PatternBuilder()
        self.ancestry = Ancestry(*graph.parents_csr)
        self.modifiers = ModifierCounts(self.forms.stop)

    def _words(self) -> frozenset[str]:
        """Return the names of one word, and their parts: what names may be compounds of."""
        fold = rules_for(self.language).fold
        return parts_of(
            {
                fold(label.text).text.strip()
                for number in range(len(self.graph))
                for label in self.graph.names(number, self.language)
                if label.text.isalpha()
            }
        )

    def add(self, number: int, *, is_top: bool = False) -> None:
        """Add the names of one concept, or flag them where it is above nearly all others."""
        names: list[str] = []
        for label in self.graph.names(number, self.language):
            name = self.forms.fold(label.text)
            guard = self._guard(number, label.text, name, is_top)
            self.labels.append(label.text)
            self.label_concept.append(number)
            plain = " ".join(name.split())
            self.label_name.append(plain)
            self.label_folded.append(plain if plain == name else name)
            self.label_kind.append(KINDS.index(label.kind))
            self.label_guard.append(guard)
            if guard is not Guard.NEVER:
                names.append(name)
        self.modifiers.add(names)

    def _guard(self, number: int, label: str, name: str, is_top: bool) -> Guard:
        """Return how a label is guarded; flag it where its author should know."""
        if not name:
            return Guard.NEVER
        if is_top:
            reason = "names what nearly all concepts are a kind of: it is not linked"
            self._flag("top-label", number, f"label {label!r} {reason}")
            return Guard.NEVER
        guard, reason = self.forms.guard(label, name)
        if reason:
            self._flag("risky-label", number, f"label {label!r} {reason}")
        return guard

    def _flag(self, code: str, number: int, message: str) -> None:
        self.flagged.append(Problem(code, self.graph.concepts[number].iri, message))

    def finish(self, max_shared: int) -> LexiconContent:
        """Return the content of a lexicon.

        Args:
            max_shared: a name of more concepts than this is flagged.
        """
        work = NameWork(self.forms, self.labels, self.label_folded, self.label_guard)
        try:
            linked = self._linked()
            self._check(linked, max_shared)
            if self.forms.vary:
                self._shorten(linked)
            for chunk in work():
                self.patterns.extend(chunk)
            for number, (short, _, _) in enumerate(self.shorts, len(self.labels)):
                self.patterns.add(number, self.forms.short_orders(short))
            given = list(self.patterns.words)
            words, groups = group_words(given, work.related(given))
        finally:
            work.close()
        patterns = self.patterns.finish(groups)
        with ThreadPoolExecutor(1) as thread:  # building the automaton needs no Python
            automaton = thread.submit(daachorse.CharwiseDoubleArrayAhoCorasick, patterns.codes)
            self._flag_shared(patterns, max_shared)
            patterns = patterns.with_rows(self._kept(patterns))
            return self._content(words, groups, patterns, automaton)

    def _kept(self, patterns: Patterns) -> NDArray[np.bool_]:
        """Return which rows to keep: of a name of very many labels, the most trusted kinds."""
        counts = np.diff(patterns.pointer)
        kind = np.array([*self.label_kind, *[len(KINDS)] * len(self.shorts)])[patterns.rows]
        pattern = np.repeat(np.arange(len(counts)), counts)
        order = np.lexsort((patterns.rows, kind, pattern))
        kept = np.empty(len(order), dtype=np.bool_)
        kept[order] = np.arange(len(order)) - np.repeat(patterns.pointer[:-1], counts) < _MOST_ROWS
        return kept

    def _content(
        self, words: list[str], groups: Numbers, patterns: Patterns, automaton: Future[Any]
    ) -> LexiconContent:
        graph, language, forms = self.graph, self.language, self.forms
        numbers = range(len(graph))
        parent_pointer, parents = graph.parents_csr
        near_pointer, near = _near(graph)
        return LexiconContent(
            language=language,
            vary=forms.vary,
            shouting=forms.shouting,
            stop=forms.stop,
            known=forms.known,
            modifiers=self.modifiers.general(len(graph)),
            flagged=tuple(sorted(self.flagged)),
            forbidden=forbidden_forms(graph.forbidden, forms),
            iris=Strings.pack(concept.iri for concept in graph.concepts),
            names=Strings.pack(graph.preferred_label(number, language) for number in numbers),
            definitions=Strings.pack(graph.definition(number, language) for number in numbers),
            labels=Strings.pack(self.labels),
            shorts=Strings.pack(short for short, _, _ in self.shorts),
            words=Strings.pack(words),
            label_concept=_numbers(self.label_concept),
            label_kind=_numbers(self.label_kind),
            label_guard=_numbers(self.label_guard),
            short_label=_numbers(label for _, label, _ in self.shorts),
            short_way=_numbers(way for _, _, way in self.shorts),
            word_group=groups,
            pattern_pointer=patterns.pointer,
            pattern_rows=patterns.rows,
            parent_pointer=parent_pointer.astype(np.int32),
            parents=parents.astype(np.int32),
            near_pointer=near_pointer.astype(np.int32),
            near=near.astype(np.int32),
            automaton=automaton.result(),
        )

    def _linked(self) -> list[FoldedLabel]:
        """Return the labels that may link."""
        preferred = KINDS.index(LabelKind.PREFERRED)
        columns = zip(
            range(len(self.labels)),
            self.label_concept,
            self.labels,
            self.label_name,
            map(preferred.__eq__, self.label_kind),
            self.label_guard,
            strict=True,
        )
        return [label for label in map(FoldedLabel._make, columns) if label.guard != Guard.NEVER]

    def _shorten(self, linked: Iterable[FoldedLabel]) -> None:
        """Add what texts leave out of the names."""
        if self.language.split("-")[0] != "en":
            return
        # As the labels are guarded since they were checked.
        names = [label for label in linked if self.label_guard[label.number] == Guard.FREE]
        for name in generic(names, self._above):
            self.label_guard[name.number] = Guard.NEVER
            reason = "ends the names of many concepts of other kinds: it is not linked"
            self._flag("generic-label", name.concept, f"label {name.text!r} {reason}")
        # Whether another name claims a short form is decided when a text holds it; but most of
        # those that are one word long need not be gone into.
        single = {name.folded for name in names if " " not in name.folded}
        for short, label, way in shortened(names, single, self._above, barred=self.top):
            self.shorts.append((short, label, WAYS.index(way)))

    def _above(self, concept: int) -> frozenset[int]:
        """Return the ancestors of a concept, itself left out."""
        return self.ancestry(concept) - {concept}

    @cached_property
    def top(self) -> frozenset[int]:
        """The concepts that stand above nearly all others, as "disease" in a disease ontology.

        In a small ontology there are none: there a parent may have nearly all concepts below it
        and still say something.
        """
        return (
            broad_concepts(self.graph, _TOP_SHARE) if len(self.graph) >= _TOP_LEAST else frozenset()
        )

    def _check(self, linked: Sequence[FoldedLabel], max_shared: int) -> None:
        """Flag careless labels, and bar those that would flood a text."""
        general = frozenset(map(self.forms.fold, general_words(self.language)))
        checks = LabelChecks(
            self.graph,
            linked,
            self.ancestry,
            general=general,
            language=self.language,
            max_shared=max_shared,
        )
        for finding in checks():
            self.flagged.append(finding.problem)
            if finding.is_barred:
                self.label_guard[finding.label] = Guard.BARRED

    def _flag_shared(self, patterns: Patterns, max_shared: int) -> None:
        """Flag the names that too many concepts share."""
        concept = _numbers(self.label_concept)
        for pattern in np.flatnonzero(np.diff(patterns.pointer) > max_shared).tolist():
            rows = patterns.rows[patterns.pointer[pattern] : patterns.pointer[pattern + 1]]
            rows = rows[rows < len(self.labels)]
            concepts = np.unique(concept[rows])
            if len(concepts) > max_shared:
                (name, _), *_ = Counter(self.label_name[row] for row in rows).most_common(1)
                message = (
                    f"{name!r} names {len(concepts)} concepts (more than {max_shared}): "
                    f"it links only where the context decides"
                )
                self._flag("shared-label", concepts[0], message)


def _numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int32)


def _near(graph: KnowledgeGraph) -> tuple[Index, Index]:
    """Return the first neighbours of each concept, those out of it before those into it, as CSR."""
    into, order = graph.in_edges
    owners, found = [], []
    for pointer, neighbours in ((graph.out_edges, graph.target), (into, graph.source[order])):
        owner, position = expand(pointer, np.arange(len(graph)))
        few = position - pointer[owner] < _CONTEXT_NEIGHBOURS
        owners.append(owner[few])
        found.append(neighbours[position[few]])
    owner = np.concatenate(owners)
    by_owner = np.argsort(owner, kind="stable")
    pointer = np.searchsorted(owner[by_owner], np.arange(len(graph) + 1))
    return pointer, np.concatenate(found)[by_owner]
