"""The lexicon: every way to write every name of an ontology, ready to be found in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from ..errors import OntologyError
from .ancestry import Ancestry
from .concepts import LabelKind, Problem
from .forms import Forms
from .graph import KnowledgeGraph
from .guards import Guard
from .lexicon_building import KINDS, LexiconBuilder, uncollected
from .lexicon_storage import LEXICON_FILES, LexiconContent, from_files, to_files
from .trust import KIND_TRUST, WAY_TRUST
from .variants import WAYS, LanguageRules, Way
from .word_codes import WIDTH, WordCodes, is_known

__all__ = ["LEXICON_FILES", "Entry", "Lexicon"]

_REMEMBERED: Final = 1 << 15
_REMEMBERED_CONTEXTS: Final = 1 << 11
_GUARDS: Final = tuple(Guard)  # a guard by its number, in a fifth of the time that the enum takes
# A form of more labels than this is of no use, and would make texts that hold it slow.
_MOST_ROWS: Final = 100


class Entry(NamedTuple):
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
    it stands for. The automaton knows the names word by word, where words that may stand for each
    other count as the same; whether what it finds is a form is decided by making the forms of the
    names in question. Make one with ``build``.

    Args:
        content: what it holds.
    """

    def __init__(self, content: LexiconContent) -> None:
        self._content = content
        self.language: str = content.language
        self.iris: Sequence[str] = content.iris
        self.names: Sequence[str] = content.names
        self.modifiers: frozenset[str] = content.modifiers
        self.stop: frozenset[str] = content.stop
        self.flagged: tuple[Problem, ...] = content.flagged
        self._forms = Forms(
            content.language, content.vary, content.stop, content.shouting, content.known
        )
        self._codes = WordCodes(content.words, content.word_group)
        # Bounded: a service meets new forms for ever.
        self._entries = lru_cache(_REMEMBERED)(self._read)
        self._named = lru_cache(_REMEMBERED)(self._name)
        self._above = Ancestry(content.parent_pointer, content.parents)
        self._words = lru_cache(_REMEMBERED_CONTEXTS)(self._context)

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
        with uncollected():
            builder = LexiconBuilder(graph, language, vary)
            top = frozenset() if link_top else builder.top
            for number in range(len(graph)):
                builder.add(number, is_top=number in top)
            if all(guard == Guard.NEVER for guard in builder.label_guard):
                present = ", ".join(tag or "(no tag)" for tag in graph.languages) or "none"
                raise OntologyError(
                    f"no concept has a label in language {language!r}; languages present: {present}"
                )
            return cls(builder.finish(max_shared))

    def __len__(self) -> int:
        """Return the number of patterns: sequences of words that forms have."""
        return len(self._content.pattern_pointer) - 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the lexicon as its files."""
        return Lexicon.restore, (self.dump(),)

    @property
    def words(self) -> WordCodes:
        """The folded words of all forms, with their codes."""
        return self._codes

    @property
    def rules(self) -> LanguageRules:
        """The rules of the lexicon's language."""
        return self._forms.rules

    def name(self, iri: str) -> str:
        """Return the preferred label of a concept."""
        return self._named(iri)

    def _name(self, iri: str) -> str:
        return self.names[bisect_left(self.iris, iri)]  # a graph sorts its concepts by IRI

    def find(self, words: list[str], codes: str | None = None) -> list[tuple[int, int, str]]:
        """Return every occurrence of a form in a folded text: start, end and the form.

        They come by start, of those that start together the longest first.

        Args:
            words: the folded text, split at each space.
            codes: what ``words`` of this lexicon encodes them as; made here where None.
        """
        if codes is None:
            codes = self._codes.encode(words)
        found = self._content.automaton.find_overlapping(codes)
        entries, occurrences = self._entries, []
        done = place = 0  # the next word to count, and where it starts
        # By the end with its sign turned, so that the longest comes first.
        for start, turned in sorted([(start, -end) for start, end, _ in found]):
            first = start // WIDTH
            form = " ".join(words[first : -turned // WIDTH])
            if entries(form):
                if done < first:
                    place += len(" ".join(words[done:first])) + 1
                    done = first
                occurrences.append((place, place + len(form), form))
        return occurrences

    def form(self, folded: str) -> str | None:
        """Return a folded text if it is a form as a whole; None if it is none."""
        return folded if self._entries(folded) else None

    def entries(self, form: str) -> tuple[Entry, ...]:
        """Return the readings of a form: one for each concept, the most trusted first."""
        return self._entries(form)

    @property
    def forbids(self) -> bool:
        """Whether an expert forbids anything."""
        return bool(self._content.forbidden)

    def is_forbidden(self, iri: str, form: str) -> bool:
        """Return whether an expert forbids that a folded text links to a concept."""
        forbidden = self._content.forbidden
        return bool(forbidden) and ((iri, form) in forbidden or ("", form) in forbidden)

    def _read(self, form: str) -> tuple[Entry, ...]:
        readings = self._readings(form)
        if not readings:
            return ()
        best: dict[int, Entry] = {}
        for label, way in readings:
            entry = self._entry(label, way)
            if self.forbids and self.is_forbidden(self.iris[entry.concept], form):
                continue
            known = best.get(entry.concept)
            # A label that must be written in its own case never hides one that need not.
            if known is None or (entry.guard, -entry.trust) < (known.guard, -known.trust):
                best[entry.concept] = entry
        return tuple(sorted(best.values(), key=lambda entry: (-entry.trust, entry.concept)))

    def _entry(self, label: int, way: Way) -> Entry:
        content = self._content
        kind, guard = KINDS[content.label_kind[label]], _GUARDS[content.label_guard[label]]
        if way == "inverted":
            guard = max(guard, Guard.ALONE)
        trust = KIND_TRUST[kind] * WAY_TRUST[way]
        concept = int(content.label_concept[label])
        return Entry(concept, content.labels[label], kind, way, trust, guard)

    def _readings(self, form: str) -> list[tuple[int, Way]]:
        """Return the labels that have a form, each with the way that it was varied.

        A guess counts only where no name is in its way. A derived form is dropped where it is any
        other variant of a name, and where it would name two concepts of which none is above the
        others; a shortened name, where it is a form of any label.
        """
        rows = self._rows(form)
        if not rows:
            return []
        labels = len(self._content.labels)
        found = self._named_so(rows, form)
        if not found:
            return [
                (int(self._content.short_label[short]), WAYS[self._content.short_way[short]])
                for short in (row - labels for row in rows if row >= labels)
                if form in self._forms.of_short(self._content.shorts[short])
                and not self._is_claimed(self._content.shorts[short])
            ]
        firm = [reading for reading in found if reading[1] != "derived"]
        if firm:
            return firm
        concepts = {int(self._content.label_concept[label]) for label, _ in found}
        is_one = any(
            all(other == concept or self.is_broader(concept, other) for other in concepts)
            for concept in concepts
        )
        return found if is_one else []

    def _is_claimed(self, form: str) -> bool:
        return bool(self._named_so(self._rows(form), form))

    def _named_so(self, rows: Sequence[int], form: str) -> list[tuple[int, Way]]:
        """Return which labels have a form, in their order, each with the way it was varied.

        Those are left out that count for nothing, for another label of their concept is the form
        as it stands, and is trusted no less.
        """
        content = self._content
        is_plain = form.isascii() and "  " not in form
        found: list[tuple[int, Way]] = []
        others: list[tuple[int, str, Guard]] = []
        best: dict[int, tuple[float, int]] = {}
        for label in rows:
            if label >= len(content.labels):
                break
            text, guard = content.labels[label], _GUARDS[content.label_guard[label]]
            if guard is Guard.BARRED:
                continue
            if guard is Guard.NEVER or not is_plain or text.lower() != form:
                others.append((label, text, guard))
                continue
            found.append((label, "normalised"))  # as what is below says, in five times as long
            if guard is Guard.FREE:
                concept, trust = self._trusted(label)
                best[concept] = max(best.get(concept, (0.0, 0)), (trust, -label))
        for label, text, guard in others:
            concept, trust = self._trusted(label)
            if concept in best and best[concept] > (trust, -label):
                continue
            name = self._forms.fold(text)
            if guard is Guard.NEVER:  # it was barred for the company that it keeps
                guard, _ = self._forms.guard(text, name)
            way = next(
                (way for other, way in self._forms.of(text, name, guard) if other == form), None
            )
            if way is not None:
                found.append((label, way))
        return sorted(found) if others else found

    def _trusted(self, label: int) -> tuple[int, float]:
        """Return the concept of a label, and how far its kind speaks for it."""
        content = self._content
        return int(content.label_concept[label]), KIND_TRUST[KINDS[content.label_kind[label]]]

    def _rows(self, form: str) -> list[int]:
        """Return the rows of the pattern that a form has as a whole, the labels first."""
        pointer = self._content.pattern_pointer
        code = self._codes.encode(form.split(" "))
        if not is_known(code):
            return []
        for start, end, pattern in self._content.automaton.find_overlapping(code):
            if start == 0 and end == len(code):
                rows = self._content.pattern_rows[pointer[pattern] : pointer[pattern + 1]]
                return rows.tolist()  # type: ignore[no-any-return]
        return []

    def context(self, concept: int) -> frozenset[str]:
        """Return the folded words that speak for a concept where another shares its name."""
        return self._words(concept)

    def _context(self, concept: int) -> frozenset[str]:
        """Return the words of a concept's labels and definition and of its neighbours' labels."""
        content = self._content
        begin, end = content.near_pointer[concept : concept + 2]
        owners = np.ascontiguousarray(content.label_concept).data  # quicker to look up one number
        texts = [content.definitions[concept]]
        for number in (concept, *content.near[begin:end].tolist()):
            first, last = (bisect_left(owners, other) for other in (number, number + 1))
            texts.extend(content.labels[first:last])
        words = set(self._forms.fold(" \n".join(texts)).split()) - self._forms.stop
        return frozenset(word for word in words if len(word) > 2)

    def is_broader(self, parent: int, child: int) -> bool:
        """Return whether one concept is an ancestor of another."""
        return parent != child and parent in self._above(child)

    def closure(self, iri: str) -> frozenset[int]:
        """Return a concept with all its ancestors, by their numbers."""
        return self._above(bisect_left(self.iris, iri))

    def named(self) -> tuple[list[str], list[int]]:
        """Return the labels that may link, in their order: folded, and the number of each."""
        content = self._content
        numbers = np.flatnonzero(np.asarray(content.label_guard) == Guard.FREE).tolist()
        fold = self._forms.fold
        return [" ".join(fold(content.labels[number]).split()) for number in numbers], numbers

    def label(self, number: int) -> tuple[int, str, LabelKind]:
        """Return the concept of a label, the label and its kind."""
        content = self._content
        kind = KINDS[content.label_kind[number]]
        return int(content.label_concept[number]), content.labels[number], kind

    def dump(self) -> dict[str, bytes]:
        """Return the lexicon as the content of three files."""
        return to_files(self._content)

    @classmethod
    def restore(cls, files: Mapping[str, bytes]) -> Lexicon:
        """Return the lexicon that ``dump`` wrote.

        Raises:
            OntologyError: the content is not a lexicon of this version.
        """
        return cls(from_files(files))
