"""Find a concept by its name, complete the beginning of one, and guess what was meant."""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..errors import QueryError, SettingsError
from ..kg import NIL
from ..kg.concepts import local_name
from ..kg.folding import fold

if TYPE_CHECKING:
    import pyarrow as pa

_LEAST_LIKENESS: Final = 60
_MOST_MATCHES: Final = 5000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A concept that may be meant.

    Args:
        iri: the concept.
        label: its preferred label.
        name: the name of it that fits.
    """

    iri: str
    label: str
    name: str

    def __str__(self) -> str:
        """Return the concept for a message."""
        known_as = "" if self.name == self.label else f", also called {self.name}"
        return f"{self.label}{known_as} ({self.iri})"


class ConceptSearch:
    """The names of an ontology's concepts, to be searched.

    Names are compared folded: case, hyphens, accents and their like make no difference.

    Args:
        concepts: a table with ``concept`` (the IRI), ``label`` and ``labels`` (all names).
    """

    def __init__(self, concepts: pa.Table) -> None:
        self._iris: list[str] = concepts["concept"].to_pylist()
        self._labels: list[str] = concepts["label"].to_pylist()
        self._numbers = {iri: number for number, iri in enumerate(self._iris)}
        self._names: list[tuple[str, int, str]] = []  # folded name, concept, name
        for number, names in enumerate(concepts["labels"].to_pylist()):
            for name in dict.fromkeys([self._labels[number], *names]):
                folded = _folded(name)
                if folded:
                    self._names.append((folded, number, name))
        self._names.sort()

    def resolve(self, name: str) -> str:
        """Return the IRI of the concept that a name means.

        A preferred label comes before other names; an IRI or the last part of one will do, too.

        Args:
            name: a name, an IRI, or the last part of one (``DOID_557`` or ``DOID:557``).

        Raises:
            QueryError: no concept is called so, or several are.
        """
        if name == NIL or name in self._numbers:
            return name
        wanted = _folded(name)
        found = self._named(wanted)
        preferred = [number for number in found if _folded(self._labels[number]) == wanted]
        for some in (preferred, found, self._ends.get(name.replace(":", "_"), [])):
            if len(some) == 1:
                return self._iris[some[0]]
            if some:
                listed = "; ".join(str(self._suggestion(number, name)) for number in some[:10])
                raise QueryError(
                    f"{name!r} is the name of {len(some)} concepts: {listed}; give the IRI of one"
                )
        likely = self.similar(name)
        hint = f"; did you mean: {'; '.join(map(str, likely))}" if likely else ""
        raise QueryError(f"no concept is called {name!r}{hint}")

    def complete(self, text: str, *, limit: int = 10) -> list[Suggestion]:
        """Return the concepts with a name that begins so, then those with a word that does.

        Args:
            text: what was typed.
            limit: the most concepts.

        Returns:
            one suggestion for each concept; exact names first, then by place of the match, length
            and name.
        """
        wanted = _folded(text)
        if not wanted:
            return []
        best: dict[int, tuple[int, int, str, str]] = {}
        for rank, matches in enumerate((self._beginning(wanted), self._inside(wanted))):
            for folded, number, name in matches:
                key = (-1 if folded == wanted else rank, len(name), name, name)
                if number not in best or key < best[number]:
                    best[number] = key
            if len(best) >= limit:
                break
        order = heapq.nsmallest(limit, best, key=lambda number: (best[number], number))
        return [Suggestion(self._iris[n], self._labels[n], best[n][3]) for n in order]

    def similar(self, text: str, *, limit: int = 5) -> list[Suggestion]:
        """Return the concepts with the names most like a text, misspelt or in another order.

        Raises:
            SettingsError: RapidFuzz is not installed.
        """
        try:
            from rapidfuzz import fuzz, process
        except ImportError as error:
            raise SettingsError(
                f"no concept is called {text!r}; guessing what is meant needs RapidFuzz, which is "
                "not installed: pip install 'ontograft[query]'"
            ) from error
        matches = process.extract(
            _folded(text),
            [folded for folded, _, _ in self._names],
            scorer=fuzz.WRatio,
            limit=limit * 4,
            score_cutoff=_LEAST_LIKENESS,
        )
        found: dict[int, Suggestion] = {}
        for _, _, position in sorted(matches, key=lambda match: (-match[1], match[2])):
            _, number, name = self._names[position]
            found.setdefault(number, Suggestion(self._iris[number], self._labels[number], name))
        return list(found.values())[:limit]

    def _named(self, wanted: str) -> list[int]:
        """Return the concepts with exactly this folded name."""
        start = bisect_left(self._names, (wanted, -1, ""))
        same = itertools.takewhile(
            lambda entry: entry[0] == wanted, itertools.islice(self._names, start, None)
        )
        return sorted({number for _, number, _ in same})

    def _beginning(self, wanted: str) -> Iterable[tuple[str, int, str]]:
        start = bisect_left(self._names, (wanted, -1, ""))
        end = bisect_left(self._names, (wanted + "\U0010ffff", -1, ""))
        return self._names[start:end]

    def _inside(self, wanted: str) -> Iterable[tuple[str, int, str]]:
        """Yield the names with a later word that begins so."""
        text, starts = self._text
        position = text.find(" " + wanted)
        for _ in range(_MOST_MATCHES):
            if position < 0:
                return
            row = _row(starts, position)
            yield self._names[row]
            if row + 1 >= len(starts):
                return
            position = text.find(" " + wanted, starts[row + 1])

    @cached_property
    def _text(self) -> tuple[str, list[int]]:
        """All folded names, a line each, and where each begins."""
        starts, position = [], 0
        for folded, _, _ in self._names:
            starts.append(position)
            position += len(folded) + 1
        return "\n".join(folded for folded, _, _ in self._names), starts

    @cached_property
    def _ends(self) -> dict[str, list[int]]:
        """The concepts by the last part of their IRI."""
        ends: dict[str, list[int]] = defaultdict(list)
        for number, iri in enumerate(self._iris):
            ends[local_name(iri)].append(number)
        return ends

    def _suggestion(self, number: int, name: str) -> Suggestion:
        return Suggestion(self._iris[number], self._labels[number], name)


def _row(starts: Sequence[int], position: int) -> int:
    row = bisect_left(starts, position)
    return row if row < len(starts) and starts[row] == position else row - 1


def _folded(text: str) -> str:
    return " ".join(fold(text).text.split())
