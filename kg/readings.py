"""Which names a form is of: the readings of what the automaton finds in a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from .ancestry import Ancestry
from .concepts import LabelKind
from .forms import Forms
from .guards import Guard
from .lexicon_building import KINDS
from .lexicon_storage import LexiconContent
from .trust import KIND_TRUST, WAY_TRUST
from .variants import WAYS, Way
from .word_codes import WordCodes, is_known

_GUARDS: Final = tuple(Guard)  # a guard by its number, in a fifth of the time that the enum takes


class Entry(NamedTuple):
    """One reading of a form: the concept, the label it comes from, and how far to trust it."""

    concept: int
    label: str
    kind: LabelKind
    way: str
    trust: float
    guard: Guard


class Readings:
    """Finds the names that a form is of, by making the forms of those that the automaton suggests.

    Args:
        content: what the lexicon holds.
        forms: makes the forms of a name.
        codes: the words of all forms, with their codes.
        ancestry: what stands above a concept.
    """

    def __init__(
        self,
        content: LexiconContent,
        forms: Forms,
        codes: WordCodes,
        ancestry: Ancestry,
    ) -> None:
        self._content = content
        self._forms = forms
        self._codes = codes
        self._ancestry = ancestry

    def __call__(self, form: str) -> tuple[Entry, ...]:
        """Return the readings of a form: one for each concept, the most trusted first."""
        readings = self._readings(form)
        if not readings:
            return ()
        best: dict[int, Entry] = {}
        for label, way in readings:
            entry = self._entry(label, way)
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
            all(concept in self._ancestry(other) for other in concepts) for concept in concepts
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
