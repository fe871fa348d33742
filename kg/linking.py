"""Link the mentions in a text to the concepts of an ontology."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import OntologyError
from .abbreviations import ABBREVIATION, defined, definitions, edits
from .assertion import Assertion
from .coherence import cohere
from .coordination import Coordination
from .document_sections import place_mentions
from .extension import Extension
from .forbidding import permitted
from .graph import KnowledgeGraph
from .lexicon import LEXICON_FILES, Lexicon
from .linker_options import DEFAULTS, LinkerOptions
from .mentions import Candidate, Mention, nest
from .misspelling import MISSPELT, Misspellings
from .proposing import Proposer
from .ranking import CONFUSABLE, EXACT, Ranker
from .rewriting import Edit, Rewritten
from .similarity import Encode, MeaningSimilarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CONFUSABLE", "DEFAULTS", "EXACT", "Linker", "LinkerOptions"]

_FILE: Final = "linker.json"
_LEAST_MISSPELT: Final = 9


class Linker:
    """Finds mentions of an ontology's concepts in text, by name.

    Names are found whatever their case, Unicode form, plural, possessive, hyphens or line breaks.
    A text is linked in steps, each of which can be switched off in the options:

    1. the short forms that it defines are written out (``abbreviations``);
    2. the names in it are found and decided on (``Lexicon``, ``Ranker``);
    3. names that share a word in a coordination are completed (``coordination``);
    4. mentions grow over the general modifiers before them (``extension``);
    5. everything is led back to the text as it was;
    6. what the words leave open is decided by the document's other concepts (``coherence``);
    7. mentions that are denied, past, supposed or of the family are marked (``assertion``), and
       each with its section (``document_sections``).

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
        self._ranker = Ranker(lexicon, options)
        self._coordination = Coordination(lexicon)
        self._extension = Extension(self._ranker)
        self._proposer = Proposer(self._ranker)
        self._assertion = Assertion.for_language(lexicon.language)
        self._misspellings = (
            Misspellings(lexicon.words, lexicon.rules) if options.misspellings else None
        )

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
        found = permitted(self._linked(text), self.lexicon)
        mentions = cohere(found, self.lexicon, self.options.threshold)
        if self._assertion is not None:
            mentions = self._assertion(text, mentions)
        return place_mentions(text, mentions)

    def _linked(self, text: str) -> list[Mention]:
        """Return the mentions in a text as it is."""
        found = definitions(text) if self.options.abbreviations else []
        changes = list(edits(text, found)) if found else []
        if self._misspellings is not None:
            changes += (Edit(*slip, MISSPELT) for slip in self._misspellings(text))
        if not changes:
            return self._link(text)
        rewritten = Rewritten(text, changes)
        mentions = []
        for mention in self._link(rewritten.text):
            restored = self._restored(rewritten, mention)
            if restored is not None:
                mentions.append(restored)
        short = (self._ranker.by_way(item, ABBREVIATION) for item in defined(text, found, mentions))
        return nest([*mentions, *short], keep_nested=self.options.nested)

    def candidates(self, text: str, start: int, end: int) -> tuple[Candidate, ...]:
        """Return what a stretch of a text may be a mention of, best first.

        Where the linker finds a mention at exactly this place, its candidates come first; then the
        concepts with the names most like it, its short forms written out.

        Raises:
            ValueError: the stretch is empty or not in the text.
        """
        if not 0 <= start < end <= len(text):
            raise ValueError(f"no stretch of a text of {len(text)} characters: {start} to {end}")
        known = next((item for item in self(text) if (item.start, item.end) == (start, end)), None)
        ranked = {item.iri: item for item in known.candidates} if known is not None else {}
        found = definitions(text) if self.options.abbreviations else []
        inside = [
            edit._replace(start=edit.start - start, end=edit.end - start)
            for edit in (edits(text, found) if found else ())
            if start <= edit.start and edit.end <= end
        ]
        phrase = Rewritten(text[start:end], inside).text if inside else text[start:end]
        for item in found:
            if (item.short_start, item.short_end) == (start, end):
                phrase = text[item.long_start : item.long_end]
        most = self.options.max_candidates
        form = " ".join(self.lexicon.rules.fold(text[start:end]).text.split())
        for candidate in self._proposer.candidates([phrase], most)[0]:
            if not self.lexicon.is_forbidden(candidate.iri, form):
                ranked.setdefault(candidate.iri, candidate)
        return tuple(ranked.values())[:most]

    def attach(self, encode: Encode, vectors: NDArray[np.float32]) -> None:
        """Use a text encoder: for candidates that are like a phrase in meaning.

        Args:
            encode: returns one vector of length 1 for each phrase; shape (phrase, width).
            vectors: one vector of length 1 for each concept, in the order of the graph; shape
                (concept, width).

        Raises:
            OntologyError: there is not one vector for each concept.
        """
        if len(vectors) != len(self.lexicon.iris):
            raise OntologyError(
                f"expected {len(self.lexicon.iris)} concept vectors, one for each concept of the "
                f"linker, got {len(vectors)}"
            )
        self._proposer.meaning = MeaningSimilarity(encode, vectors)

    def _restored(self, rewritten: Rewritten, mention: Mention) -> Mention | None:
        """Return a mention in the text as it was; None if there is nothing to go by."""
        restored = rewritten.restore(mention)
        if restored is None:
            return None
        moved, ways = restored
        if MISSPELT in ways and len(moved.text) < _LEAST_MISSPELT:
            return None
        for way in sorted(ways):
            moved = self._ranker.by_way(moved, way)
        return moved

    def _link(self, text: str) -> list[Mention]:
        """Return the mentions in a text whose short forms are written out."""
        mentions = self._named(text)
        if self.options.coordination:
            joined = self._coordination(text, mentions)
            if joined:
                more = (self._ranker.conjunct(text, conjunct) for conjunct in joined)
                found = [mention for mention in more if mention is not None]
                mentions = nest([*mentions, *found], keep_nested=self.options.nested)
        if self.options.similar > 0:
            mentions = self._with_similar(text, mentions)
        if self.options.extend:
            mentions = self._extension(text, mentions)
        return mentions

    def _with_similar(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Return the mentions with the phrases that are like a name."""
        spans = list(self._proposer.phrases(text, mentions))
        phrases = [text[start:end] for start, end in spans]
        more = []
        for (start, end), candidates in zip(
            spans, self._proposer.candidates(phrases, self.options.max_candidates), strict=True
        ):
            if candidates and candidates[0].score >= self.options.similar:
                first = candidates[0]
                name = self.lexicon.name(first.iri)
                more.append(
                    Mention(start, end, text[start:end], first.iri, name, first.score, candidates)
                )
        return nest([*mentions, *more], keep_nested=self.options.nested) if more else mentions

    def _named(self, text: str) -> list[Mention]:
        """Return the mentions of names."""
        rules = self.lexicon.rules
        folded = rules.fold(text)
        found = self.lexicon.find(folded.text)
        found.sort(key=_by_start_longest_first)
        keep_nested = self.options.nested
        mentions: list[Mention] = []
        outer_end = 0
        for begin, stop, form in found:
            nested = begin < outer_end
            if nested and (stop > outer_end or not keep_nested):
                continue  # it crosses the mention before it, or lies inside and is not wanted
            mention = self._ranker.mention(text, folded, begin, stop, form, nested)
            if mention is not None:
                mentions.append(mention)
                if not nested:
                    outer_end = stop
        return mentions

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


def _by_start_longest_first(found: tuple[int, int, str]) -> tuple[int, int]:
    return found[0], -found[1]
