"""Link the mentions in a text to the concepts of an ontology."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import OntologyError
from .folding import Folded, fold
from .graph import KnowledgeGraph
from .guards import Guard, passes
from .lexicon import KIND_TRUST, LEXICON_FILES, WAY_TRUST, Entry, Lexicon
from .linker_options import DEFAULTS, LinkerOptions
from .mentions import NIL, Candidate, Mention

__all__ = ["CONFUSABLE", "DEFAULTS", "EXACT", "Linker", "LinkerOptions"]

_FILE: Final = "linker.json"
# Punctuation that ends a sentence or a clause. A name runs across it only if it holds it itself.
_BREAK: Final = re.compile(r"[.;:!?()\[\]{}<>|=\u3002\uff01\uff1f\uff1b]")
_CONTEXT_SHARE: Final = 0.1
EXACT: Final = "exact"
CONFUSABLE: Final = "confusable"
"""The way of candidates for a word that holds look-alike letters of another script; always NIL."""


class _Reading(NamedTuple):
    """What is known of a form before the text is seen.

    Most forms have one reading and no guard; then the candidates are ready, once for a mention
    written exactly as the label and once for any other.
    """

    entries: tuple[Entry, ...]
    contexts: tuple[frozenset[str], ...]
    exact: tuple[Candidate, ...]
    other: tuple[Candidate, ...]
    simple: bool


class Linker:
    """Finds mentions of an ontology's concepts in text, by name.

    Names are found whatever their case, Unicode form, plural, possessive, hyphens or line breaks.
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
        fingerprint: the fingerprint of the ontology that the names are from.
    """

    def __init__(
        self, lexicon: Lexicon, options: LinkerOptions = DEFAULTS, *, fingerprint: str = ""
    ) -> None:
        self.lexicon = lexicon
        self.options = options
        self.fingerprint = fingerprint
        self._readings: dict[int, _Reading] = {}  # filled as forms are met; at most one a form

    @classmethod
    def build(
        cls, graph: KnowledgeGraph, *, language: str = "en", options: LinkerOptions = DEFAULTS
    ) -> Linker:
        """Build a linker from a graph's names in one language.

        Raises:
            OntologyError: no concept has a name in the language.
        """
        lexicon = Lexicon.build(
            graph,
            language=language,
            vary=options.vary,
            link_top=options.link_top,
            max_shared=options.max_shared,
        )
        return cls(lexicon, options, fingerprint=graph.fingerprint)

    def __call__(self, text: str) -> list[Mention]:
        """Return the mentions in a text, by start, the longer first.

        ``text[mention.start:mention.end] == mention.text`` holds for each.
        """
        rules = self.lexicon.rules
        folded = fold(text, keep_marks=rules.keep_marks, greek_names=rules.greek_names)
        found = self.lexicon.find(folded.text)
        found.sort(key=_by_start_longest_first)
        keep_nested = self.options.nested
        mentions: list[Mention] = []
        outer_end = 0
        for begin, stop, form in found:
            nested = begin < outer_end
            if nested and (stop > outer_end or not keep_nested):
                continue  # it crosses the mention before it, or lies inside and is not wanted
            mention = self._mention(text, folded, begin, stop, form, nested)
            if mention is not None:
                mentions.append(mention)
                if not nested:
                    outer_end = stop
        return mentions

    def _mention(
        self, text: str, folded: Folded, begin: int, stop: int, form: int, nested: bool
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
        if broken:
            return None
        if folded.suspicious and _touches(folded.suspicious, start, end):
            candidates = tuple(replace(item, way=CONFUSABLE) for item in candidates)
            best = None
        if best is None or best.score < self.options.threshold:
            return Mention(start, end, raw, NIL, "", 0.0, candidates, nested)
        name = self.lexicon.name(best.iri)
        return Mention(start, end, raw, best.iri, name, best.score, candidates, nested)

    def _read(self, form: int) -> _Reading:
        entries = self.lexicon.entries(form)
        simple = len(entries) == 1 and entries[0].guard is Guard.FREE
        contexts: tuple[frozenset[str], ...] = ()
        if len(entries) > 1:
            words = [self.lexicon.context(entry.concept) for entry in entries]
            common = frozenset.intersection(*words)
            contexts = tuple(found - common for found in words)
        reading = _Reading(
            entries,
            contexts,
            (self._candidate(entries[0], exact=True),),
            (self._candidate(entries[0], exact=False),),
            simple,
        )
        self._readings[form] = reading
        return reading

    def _candidate(self, entry: Entry, *, exact: bool, share: float = 1.0) -> Candidate:
        way = EXACT if exact else entry.way
        trust = KIND_TRUST[entry.kind] * WAY_TRUST[way] * share
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
            candidate = self._candidate(entry, exact=raw == entry.label, share=share)
            ranked.append((candidate, entry.concept))
        ranked.sort(key=lambda item: (-item[0].score, item[0].iri))
        return ranked

    def _words_around(self, text: str, start: int, end: int) -> frozenset[str]:
        width, rules = self.options.context_width, self.lexicon.rules
        window = f"{text[max(0, start - width) : start]} {text[end : end + width]}"
        return frozenset(fold(window, keep_marks=rules.keep_marks).text.split())

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

    def dump(self) -> dict[str, bytes]:
        """Return the linker as the content of a few files."""
        files = self.lexicon.dump()
        header = {
            "fingerprint": self.fingerprint,
            "options": asdict(self.options),
            "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        }
        return {_FILE: json.dumps(header, indent=2).encode(), **files}

    @classmethod
    def restore(cls, files: Mapping[str, bytes]) -> Linker:
        """Return the linker that ``dump`` wrote.

        Raises:
            OntologyError: a file is missing or damaged.
        """
        try:
            header = json.loads(files[_FILE])
            options = LinkerOptions(**header["options"])
            for name, digest in header["sha256"].items():
                if hashlib.sha256(files[name]).hexdigest() != digest:
                    raise OntologyError(f"{name} is damaged: save the linker again")
            return cls(Lexicon.restore(files), options, fingerprint=header["fingerprint"])
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise OntologyError(f"the linker is incomplete ({error}): save it again") from error

    def save(self, folder: str | Path) -> None:
        """Write the linker into a folder, which is made if it is not there."""
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for name, data in self.dump().items():
            (path / name).write_bytes(data)

    @classmethod
    def load(cls, folder: str | Path) -> Linker:
        """Read a linker from a folder.

        Raises:
            OntologyError: the folder holds no linker, or a file of it is missing or damaged.
        """
        path = Path(folder)
        if not (path / _FILE).is_file():
            raise OntologyError(
                f"{path}: no linker here ({_FILE} is missing); expected what save wrote"
            )
        names = (_FILE, *LEXICON_FILES)
        files = {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
        try:
            return cls.restore(files)
        except OntologyError as error:
            raise OntologyError(f"{path}: {error}") from error


def _by_start_longest_first(found: tuple[int, int, int]) -> tuple[int, int]:
    return found[0], -found[1]


def _is_broken(raw: str, label: str) -> bool:
    """Return whether a mention runs across the end of a clause that its label does not hold."""
    return _BREAK.search(raw) is not None and _BREAK.search(label) is None


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
