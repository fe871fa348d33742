"""The lexicon: every way to write every name of an ontology, ready to be found in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ..errors import OntologyError
from .ancestry import Ancestry
from .concepts import LabelKind, Problem
from .forms import Forms
from .graph import KnowledgeGraph
from .guards import Guard
from .lexicon_building import KINDS, LexiconBuilder, uncollected
from .lexicon_storage import LEXICON_FILES, LexiconContent, from_files, to_files
from .readings import Entry, Readings
from .variants import LanguageRules
from .word_codes import WIDTH, WordCodes

__all__ = ["LEXICON_FILES", "Entry", "Lexicon"]

_REMEMBERED: Final = 1 << 15
_REMEMBERED_CONTEXTS: Final = 1 << 11


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
        self._above = Ancestry(content.parent_pointer, content.parents)
        self._readings = Readings(content, self._forms, self._codes, self._above)
        # Bounded: a service meets new forms for ever.
        self._entries = lru_cache(_REMEMBERED)(self._read)
        self._named = lru_cache(_REMEMBERED)(self._name)
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
        found = self._readings(form)
        if not self.forbids:
            return found
        iris = self.iris
        return tuple(item for item in found if not self.is_forbidden(iris[item.concept], form))

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
