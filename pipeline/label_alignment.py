"""Which concepts of the ontology the labels of a corpus stand for.

A label stands for the concepts that its file of names gives, or whose identifiers it is; else for
those that its name, or each part of its name, is a name of; else for the concept above those whose
names end in it; else for the concept that it comes nearest to. An expert reads the table and
corrects it: what a corrected table says is what counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..kg import NIL, LabelKind
from ..kg.inflection import english
from ..kg.ranking import HEAD
from .aligned_labels import WAYS, LabelAlignment, Way
from .label_likeness import concept_widths, is_too_broad
from .label_names import ConceptIds, LabelNaming
from .label_parts import name_parts

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Linker
    from .label_likeness import Near

__all__ = ["LabelAlignment", "Nearest", "align_labels"]

_LEAST_TRUST: Final = 0.75
_LEAST_KINDS: Final = 20
_KINDS_SHARE: Final = 0.9

Nearest = Callable[[Sequence[str]], "Sequence[Near | None]"]
"""Returns the concept that each phrase is like, if any; see ``NearestConcepts``."""


@dataclass(slots=True)
class _Part:
    """A part of a name on its way to its concepts."""

    ways_to_say: tuple[str, ...]
    iris: tuple[str, ...] = ()
    score: float = 0.0
    way: Way = "none"
    is_ambiguous: bool = False

    @property
    def text(self) -> str:
        return self.ways_to_say[-1]

    def found(self, iris: Sequence[str], score: float, way: Way) -> None:
        self.iris, self.score, self.way = tuple(iris), score, way


def align_labels(
    labels: Sequence[str],
    naming: LabelNaming,
    graph: KnowledgeGraph,
    linker: Linker,
    *,
    language: str = "en",
    nearest: Nearest | None = None,
) -> tuple[LabelAlignment, ...]:
    """Return the concepts that labels stand for, one entry for each label.

    Args:
        labels: the labels.
        naming: what they are called; see ``name_labels``.
        graph: the ontology.
        linker: the linker for it.
        language: the language of the names.
        nearest: finds the concept that a phrase is like; None to go by names alone.
    """
    ids = ConceptIds(graph, language)
    finder = _Finder(graph, linker)
    known = {label: _known(label, naming, ids) for label in labels}
    parts: dict[str, list[_Part]] = {}
    for label in labels:
        if known[label] is None:
            parts[label] = finder.parts(naming.names.get(label) or label, language)
    if nearest is not None:
        _complete([part for own in parts.values() for part in own], nearest, graph)
    result = []
    for label in labels:
        name, found = naming.names.get(label) or label, known[label]
        if found is None:
            result.append(_together(label, name, parts[label], ids))
        else:
            iris, way = found
            concepts = tuple(map(ids.name, iris))
            result.append(LabelAlignment(label, name, iris, concepts, float(bool(iris)), way))
    return tuple(result)


def _known(label: str, naming: LabelNaming, ids: ConceptIds) -> tuple[tuple[str, ...], Way] | None:
    """Return the concepts that the file says, or that the label itself identifies."""
    if label in naming.concepts:
        return naming.concepts[label], "given"
    written = ids.read(label)
    iris = dict.fromkeys(iri for id in written for iri in ids.find(id))
    if iris:
        return tuple(iris), "identifier"
    # An identifier from elsewhere has no words to go by.
    return ((), "none") if written and label not in naming.names else None


def _together(label: str, name: str, parts: Sequence[_Part], ids: ConceptIds) -> LabelAlignment:
    found = [part for part in parts if part.iris]
    missing = tuple(part.text for part in parts if not part.iris)
    if not found:
        return LabelAlignment(label, name, missing=missing)
    iris = tuple(dict.fromkeys(iri for part in found for iri in part.iris))
    return LabelAlignment(
        label,
        name,
        iris,
        tuple(map(ids.name, iris)),
        min(part.score for part in found),
        max((part.way for part in found), key=WAYS.index),
        missing,
    )


class _Finder:
    """Finds the concepts of a name by the names of the ontology."""

    def __init__(self, graph: KnowledgeGraph, linker: Linker) -> None:
        self.graph = graph
        self.linker = linker
        self._widths = concept_widths(graph)

    def parts(self, name: str, language: str) -> list[_Part]:
        """Return the parts of a name, with the concepts that names tell; one if the whole does."""
        whole = _Part((name,))
        self._by_name(whole)
        if whole.iris or whole.is_ambiguous:
            return [whole]
        parts = [_Part(ways) for ways in name_parts(name, language=language, is_head=self._is_head)]
        for part in parts:
            self._by_name(part)
            if not part.iris and not part.is_ambiguous:
                self._by_kinds(part)
        return parts

    def _is_head(self, word: str) -> bool:
        heads = self.linker.proposer.heads
        folded = self._folded(word).split(" ")[-1]
        return folded in heads or any(form in heads for form in english(folded))

    def _folded(self, text: str) -> str:
        return " ".join(self.linker.lexicon.rules.fold(text).text.split())

    def _by_name(self, part: _Part) -> None:
        """Let a part stand for the concept of which it is a name, completed or as it is."""
        for text in part.ways_to_say:
            # Not left to the linker, which knows of no name of a concept above nearly all others.
            preferred = self._preferred.get(text.casefold(), [])
            if len(preferred) == 1:
                part.found(preferred, 1.0, "name")
                return
            for mention in self.linker.named(text):
                is_whole = (mention.start, mention.end) == (0, len(text))
                if not is_whole or mention.fragments or not mention.candidates:
                    continue
                if mention.candidates[0].way == HEAD:
                    continue  # "neoplasm" is no name of "cancer"
                if mention.iri == NIL and mention.candidates[0].score >= _LEAST_TRUST:
                    part.is_ambiguous = True
                    return
                if mention.score >= _LEAST_TRUST:
                    part.found((mention.iri,), mention.score, "name")
                    return

    def _by_kinds(self, part: _Part) -> None:
        """Let a part stand for the lowest concept above nearly all whose names end in it."""
        first, space, head = self._folded(part.text).rpartition(" ")
        ends = [f"{first}{space}{form}" for form in (head, *english(head))]
        kinds = {
            concept
            for end in ends
            for name, concept in self._names_by_end.get(end.rpartition(" ")[2], ())
            if name == end or name.endswith(f" {end}")
        }
        if len(kinds) < _LEAST_KINDS:
            return
        above = Counter(
            number
            for concept in kinds
            for number in (concept, *self.graph.ancestors(concept)[0].tolist())
        )
        covering = [
            (int(self._widths[number]), number)
            for number, count in above.items()
            if count >= _KINDS_SHARE * len(kinds)
        ]
        width, lowest = min(covering, default=(0, 0))
        if covering and not is_too_broad(width, len(self.graph)):
            score = round(above[lowest] / len(kinds), 4)
            part.found((self.graph.concepts[lowest].iri,), score, "kinds")

    @cached_property
    def _preferred(self) -> dict[str, list[str]]:
        """The concepts by their preferred labels, but for capitals."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for concept in self.graph.concepts:
            for label in concept.labels:
                if label.kind is LabelKind.PREFERRED:
                    found[label.text.casefold()][concept.iri] = None
        return {name: list(iris) for name, iris in found.items()}

    @cached_property
    def _names_by_end(self) -> dict[str, list[tuple[str, int]]]:
        """The names that may link, folded, with their concepts, by their last words.

        Those that end in a bracket are left out: "X (morphologic abnormality)".
        """
        lexicon = self.linker.lexicon
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, number in zip(*lexicon.named(), strict=True):
            concept, text, _ = lexicon.label(number)
            if not text.rstrip().endswith(")"):
                found[name.rpartition(" ")[2]].append((name, concept))
        return dict(found)


def _complete(parts: Sequence[_Part], nearest: Nearest, graph: KnowledgeGraph) -> None:
    """Let the parts that names left open stand for the concept that they come nearest to."""
    asked = [part for part in parts if not part.iris and not part.is_ambiguous]
    phrases = list(dict.fromkeys(text for part in asked for text in part.ways_to_say))
    found = dict(zip(phrases, nearest(phrases), strict=True)) if phrases else {}
    for part in asked:
        near = [one for text in part.ways_to_say if (one := found[text]) is not None]
        if near:
            best = max(near, key=lambda one: one.score)  # of equal ones the likeliest completion
            part.found((graph.concepts[best.concept].iri,), best.score, "nearest")
