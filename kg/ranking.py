"""Decide what a form that was found in a text is a mention of."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from .coordination import Conjunct
from .folding import Folded
from .guards import Guard, passes, stop_words
from .lexicon import Entry, Lexicon
from .linker_options import LinkerOptions
from .mentions import NIL, Candidate, Mention
from .trust import KIND_TRUST, WAY_TRUST

# Punctuation that ends a sentence or a clause. A name runs across it only if it holds it itself.
_BREAK: Final = re.compile(r"[.;:!?()\[\]{}<>|=\u3002\uff01\uff1f\uff1b]")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+)[\s-]*$")
_LOOK_BACK: Final = 40
_MOST_READINGS: Final = 1 << 15
_CONTEXT_SHARE: Final = 0.1
HEAD: Final = "head"
EXACT: Final = "exact"
COORDINATED: Final = "coordinated"
CONFUSABLE: Final = "confusable"
"""The way of candidates for a word that holds look-alike letters of another script; always NIL."""


class _Reading(NamedTuple):
    """What is known of a form before the text is seen.

    Most forms have one reading and no guard; then the candidates are ready, once for a mention
    written exactly as the label and once for any other, and so is the name of the concept.
    """

    entries: tuple[Entry, ...]
    contexts: tuple[frozenset[str], ...]
    exact: tuple[Candidate, ...]
    other: tuple[Candidate, ...]
    name: str
    simple: bool


class Ranker:
    """Ranks the concepts that a form may stand for, and says which one it is here.

    A candidate scores

        score = trust(kind of its label) * trust(way it was varied)

    and, where several concepts share the name,

        score * (1 - 0.1 / (1 + c / 2))

    with c the number of words around the mention that the concept's definition, its labels or its
    neighbours' labels hold and those of the others do not. Of concepts that score about the same
    and of which one is an ancestor of the others, that one is taken, for it is true either way;
    between others it is a tie, and the mention is NIL.

    Args:
        lexicon: the names.
        options: how to decide.
    """

    def __init__(self, lexicon: Lexicon, options: LinkerOptions) -> None:
        self.lexicon = lexicon
        self.options = options
        self.trust = {**WAY_TRUST, **options.trust}
        self._stop = stop_words(lexicon.language)
        self._readings: dict[str, _Reading] = {}  # filled as forms are met

    def mention(
        self, text: str, folded: Folded, begin: int, stop: int, form: str, nested: bool
    ) -> Mention | None:
        """Return what a form found in the folded text is a mention of; None if it is of nothing."""
        start, end = folded.start(begin), folded.end(stop)
        raw = text[start:end]
        reading = self._readings.get(form) or self._read(form)
        if _cuts_a_number(text, start, end):
            return None
        best: Candidate | None
        if reading.simple:
            candidates = reading.exact if raw == reading.exact[0].label else reading.other
            broken, best = _is_broken(raw, candidates[0].label), candidates[0]
        else:
            ranked = self._rank(reading, text, start, end)
            candidates, decided = self._decide(ranked)
            broken, best = not candidates, candidates[0] if decided else None
        if broken or (candidates[0].way == HEAD and not self._stands_alone(text, start)):
            return None
        if folded.suspicious and _touches(folded.suspicious, start, end):
            candidates = tuple(item._replace(way=CONFUSABLE) for item in candidates)
            best = None
        if best is None or best.score < self.options.threshold:
            return Mention(start, end, raw, NIL, "", 0.0, candidates, nested)
        name = reading.name if reading.simple else self.lexicon.name(best.iri)
        return Mention(start, end, raw, best.iri, name, best.score, candidates, nested)

    def _stands_alone(self, text: str, start: int) -> bool:
        """Return whether no unknown word qualifies a noun: "the tumor", but not "skin tumor"."""
        before = _WORD_BEFORE.search(text, max(0, start - _LOOK_BACK), start)
        if before is None:
            return True
        word = before.group(1).lower()
        return word in self._stop or word in self.lexicon.modifiers

    def conjunct(self, text: str, found: Conjunct) -> Mention | None:
        """Return what a name read from a coordination is a mention of; None if it is of nothing."""
        start, end, fragments, form = found
        ranked = [
            (self._candidate(entry, way=COORDINATED), entry.concept)
            for entry in self.lexicon.entries(form)
            if entry.guard is Guard.FREE
        ]
        ranked.sort(key=lambda item: (-item[0].score, item[0].iri))
        candidates, decided = self._decide(ranked)
        if not decided or candidates[0].score < self.options.threshold:
            return None
        best = candidates[0]
        return Mention(
            start,
            end,
            text[start:end],
            best.iri,
            self.lexicon.name(best.iri),
            best.score,
            candidates,
            fragments=fragments,
        )

    def by_way(self, mention: Mention, way: str) -> Mention:
        """Return a mention as found by another way, trusted by as much less."""
        share = self.trust[way]
        candidates = tuple(
            [
                Candidate(item.iri, item.label, item.kind, round(item.score * share, 4), way)
                for item in mention.candidates
            ]
        )
        iri, label, score = mention.iri, mention.label, round(mention.score * share, 4)
        if iri == NIL or score < self.options.threshold:
            iri, label, score = NIL, "", 0.0
        return mention._replace(iri=iri, label=label, score=score, candidates=candidates)

    def _read(self, form: str) -> _Reading:
        entries = self.lexicon.entries(form)
        simple = len(entries) == 1 and entries[0].guard is Guard.FREE
        contexts: tuple[frozenset[str], ...] = ()
        if len(entries) > 1:
            words = [self.lexicon.context(entry.concept) for entry in entries]
            common = frozenset.intersection(*words)
            contexts = tuple(found - common for found in words)
        other = self._candidate(entries[0])
        score = round(KIND_TRUST[other.kind] * self.trust[EXACT], 4)
        exact = other._replace(score=score, way=EXACT)
        name = self.lexicon.names[entries[0].concept]
        reading = _Reading(entries, contexts, (exact,), (other,), name, simple)
        if len(self._readings) >= _MOST_READINGS:
            self._readings.clear()  # a service meets new forms for ever
        self._readings[form] = reading
        return reading

    def _candidate(self, entry: Entry, *, way: str = "", share: float = 1.0) -> Candidate:
        way = way or entry.way
        trust = KIND_TRUST[entry.kind] * self.trust[way] * share
        iri = self.lexicon.iris[entry.concept]
        return Candidate(iri, entry.label, entry.kind, round(trust, 4), way)

    def _rank(
        self, reading: _Reading, text: str, start: int, end: int
    ) -> list[tuple[Candidate, int]]:
        """Return the candidates that may stand here, best first, with their concepts."""
        raw = text[start:end]
        allowed = [
            number
            for number, entry in enumerate(reading.entries)
            if passes(entry.guard, entry.label, text, start, end)
            and not _is_broken(raw, entry.label)
        ]
        around = self._words_around(text, start, end) if len(allowed) > 1 else frozenset()
        ranked = []
        for number in allowed:
            entry, share = reading.entries[number], 1.0
            if len(allowed) > 1:
                evidence = len(reading.contexts[number] & around)
                share = 1 - _CONTEXT_SHARE / (1 + evidence / 2)
            way = EXACT if raw == entry.label else ""
            candidate = self._candidate(entry, way=way, share=share)
            ranked.append((candidate, entry.concept))
        ranked.sort(key=lambda item: (-item[0].score, item[0].iri))
        return ranked

    def _words_around(self, text: str, start: int, end: int) -> frozenset[str]:
        width, rules = self.options.context_width, self.lexicon.rules
        window = f"{text[max(0, start - width) : start]} {text[end : end + width]}"
        return frozenset(rules.fold(window).text.split())

    def _decide(self, ranked: list[tuple[Candidate, int]]) -> tuple[tuple[Candidate, ...], bool]:
        """Return the candidates with the one to link first, and whether there is one to link."""
        decided = bool(ranked)
        if len(ranked) > 1:
            least = ranked[0][0].score - self.options.margin
            level = [item for item in ranked if item[0].score >= least]
            above = [
                item
                for item in level
                if all(
                    self.lexicon.is_broader(item[1], other[1])
                    for other in level
                    if other is not item
                )
            ]
            decided = bool(above)
            if above:
                ranked = [above[0], *(item for item in ranked if item is not above[0])]
        return tuple(item[0] for item in ranked[: self.options.max_candidates]), decided


def _is_broken(raw: str, label: str) -> bool:
    """Return whether a mention runs across the end of a clause that its label does not hold."""
    return raw != label and _BREAK.search(raw) is not None and _BREAK.search(label) is None


def _cuts_a_number(text: str, start: int, end: int) -> bool:
    """Return whether a mention starts or ends inside a number such as 1.5 or 2,000."""
    if text[end - 1].isdigit() and text[end : end + 1] in (".", ","):
        return text[end + 1 : end + 2].isdigit()
    if text[start].isdigit() and text[max(0, start - 1) : start] in (".", ","):
        return text[max(0, start - 2) : start - 1].isdigit()
    return False


def _touches(spans: tuple[tuple[int, int], ...], start: int, end: int) -> bool:
    """Return whether a stretch overlaps one of some spans, which are sorted and apart."""
    after = bisect_left(spans, (end, 0))
    return after > 0 and spans[after - 1][1] > start
