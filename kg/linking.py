"""Link the mentions in a text to the concepts of an ontology."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import OntologyError
from .abbreviations import ABBREVIATION, Definition, defined
from .assertion import Assertion
from .coherence import cohere
from .coordination import Coordination
from .document_sections import place_mentions
from .extension import Extension
from .forbidding import permitted
from .graph import KnowledgeGraph
from .judging import Judge
from .lexicon import LEXICON_FILES, Lexicon
from .link_weights import LinkWeights
from .linker_options import DEFAULTS, LinkerOptions
from .mentions import Candidate, Mention, nest
from .misspelling import MISSPELT
from .proposing import Proposer
from .ranking import CONFUSABLE, EXACT, Ranker
from .rewriting import Rewritten
from .similarity import Encode, MeaningSimilarity
from .text_reading import LinkedText, ReadText, TextReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CONFUSABLE", "DEFAULTS", "EXACT", "Linker", "LinkerOptions"]

_FILE: Final = "linker.json"
_WEIGHTS: Final = "weights.json"
_SHORTEST_MISSPELT: Final = 9


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
        weights: what was learnt from gold mentions, bound to the ontology; None to go by names
            alone.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        options: LinkerOptions = DEFAULTS,
        *,
        fingerprint: str = "",
        weights: LinkWeights | None = None,
    ) -> None:
        self.lexicon = lexicon
        self.options = options
        self.fingerprint = fingerprint
        names = replace(options, threshold=weights.names_threshold) if weights else options
        self._ranker = Ranker(lexicon, names)
        self._coordination = Coordination(lexicon)
        self._extension = Extension(self._ranker)
        self._proposer = Proposer(self._ranker)
        self._judge = Judge(weights, self._proposer) if weights else None
        self._assertion = Assertion.for_language(lexicon.language)
        self._reader = TextReader(lexicon, options)
        self._last: LinkedText | None = None  # whose candidates were asked for

    @classmethod
    def build(
        cls, graph: KnowledgeGraph, *, language: str = "en", options: LinkerOptions = DEFAULTS
    ) -> Linker:
        """Build a linker from a graph's names in one language.

        Raises:
            OntologyError: no concept has a name in the language, or there is no file of weights.
        """
        weights = LinkWeights.read(options.weights).bound(graph) if options.weights else None
        lexicon = Lexicon.build(
            graph,
            language=language,
            vary=options.vary,
            link_top=options.link_top,
            max_shared=options.max_shared,
        )
        return cls(lexicon, options, fingerprint=graph.fingerprint, weights=weights)

    def __call__(self, text: str) -> list[Mention]:
        """Return the mentions in a text, by start, the longer first.

        ``text[mention.start:mention.end] == mention.text`` holds for each.
        """
        return self._finished(text, self._reader(text))

    def many(self, texts: Iterable[str]) -> Iterator[list[Mention]]:
        """Yield the mentions in each of many texts, the same as for one text at a time.

        That takes less time as long as the texts bring new words, for they are looked up together.
        Up to 48 texts are read ahead, but no more than a million characters and one text.
        """
        for text, read in self._reader.many(texts):
            yield self._finished(text, read)

    def _finished(self, text: str, read: ReadText) -> list[Mention]:
        mentions = self._decided(text, read)
        if self._judge is not None:
            most = self.options.max_candidates
            mentions = self._judge(text, mentions, threshold=self.options.threshold, most=most)
        if self._assertion is not None:
            mentions = self._assertion(text, mentions)
        return place_mentions(text, mentions)

    @property
    def proposer(self) -> Proposer:
        """Ranks concepts by how like their names are to a phrase."""
        return self._proposer

    def named(self, text: str) -> list[Mention]:
        """Return the mentions of names in a text, before anything learnt judges them."""
        return self._decided(text, self._reader(text))

    def _decided(self, text: str, read: ReadText) -> list[Mention]:
        found = permitted(self._linked(text, read), self.lexicon)
        return cohere(found, self.lexicon, self._ranker.options.threshold)

    def _linked(self, text: str, read: ReadText) -> list[Mention]:
        """Return the mentions in a text as it is."""
        mentions = self._link(read)
        if read.rewritten is None:
            return mentions
        restored = [self._restored(read.rewritten, mention) for mention in mentions]
        mentions = [mention for mention in restored if mention is not None]
        abbreviated = defined(text, read.definitions, mentions)
        short = (self._ranker.by_way(item, ABBREVIATION) for item in abbreviated)
        left_out = (place for item in read.definitions for place in self._long_inside(text, item))
        return nest([*mentions, *short, *left_out], keep_nested=self.options.nested)

    def _long_inside(self, text: str, item: Definition) -> Iterator[Mention]:
        """Yield the mentions in a long form that was left out: "SF (long form)"."""
        if item.long_start < item.short_end:
            return
        for mention in self._link(self._reader.plain(text[item.long_start : item.long_end])):
            yield mention.shifted(item.long_start)

    def candidates(self, text: str, start: int, end: int) -> tuple[Candidate, ...]:
        """Return what a stretch of a text may be a mention of, best first.

        Where the linker finds a mention at exactly this place, its candidates come first; then the
        concepts with the names most like it, its short forms written out.

        Raises:
            ValueError: the stretch is empty or not in the text.
        """
        if not 0 <= start < end <= len(text):
            raise ValueError(f"no stretch of a text of {len(text)} characters: {start} to {end}")
        if self._judge is not None:
            own = self.named(text)
            return self._judge.candidates(text, own, start, end, most=self.options.max_candidates)
        known = self._last
        if known is None or known.text != text:
            self._last = known = LinkedText.of(text, self(text), self.options)
        ranked = {item.iri: item for item in known.candidates.get((start, end), ())}
        phrase = known.written_out(start, end)
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
        self._last = None

    def _restored(self, rewritten: Rewritten, mention: Mention) -> Mention | None:
        """Return a mention in the text as it was; None if there is nothing to go by."""
        restored = rewritten.restore(mention)
        if restored is None:
            return None
        moved, ways = restored
        if MISSPELT in ways and len(moved.text) < _SHORTEST_MISSPELT:
            return None
        for way in sorted(ways):
            moved = self._ranker.by_way(moved, way)
        return moved

    def _link(self, read: ReadText) -> list[Mention]:
        """Return the mentions in a text whose short forms are written out."""
        text, mentions = read.text, self._named(read)
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
        proposed = self._proposer.candidates(
            phrases, self.options.max_candidates, least=self.options.similar
        )
        for (start, end), candidates in zip(spans, proposed, strict=True):
            if candidates and candidates[0].score >= self.options.similar:
                first = candidates[0]
                name = self.lexicon.name(first.iri)
                more.append(
                    Mention(start, end, text[start:end], first.iri, name, first.score, candidates)
                )
        return nest([*mentions, *more], keep_nested=self.options.nested) if more else mentions

    def _named(self, read: ReadText) -> list[Mention]:
        """Return the mentions of names."""
        keep_nested = self.options.nested
        mentions: list[Mention] = []
        outer_end = 0
        for begin, stop, form in self.lexicon.find(read.words, read.codes):
            nested = begin < outer_end
            if nested and (stop > outer_end or not keep_nested):
                continue  # it crosses the mention before it, or lies inside and is not wanted
            mention = self._ranker.mention(read.text, read.folded, begin, stop, form, nested)
            if mention is not None:
                mentions.append(mention)
                if not nested:
                    outer_end = stop
        return mentions

    @property
    def weights_fingerprint(self) -> str:
        """The SHA-256 of what was learnt from gold mentions; empty if nothing was."""
        if self._judge is None:
            return ""
        return hashlib.sha256(self._judge.weights.to_json().encode()).hexdigest()

    def dump(self) -> dict[str, bytes]:
        """Return the linker as the content of a few files."""
        files = self.lexicon.dump()
        if self._judge is not None:
            files[_WEIGHTS] = self._judge.weights.to_json().encode()
        header = {
            "fingerprint": self.fingerprint,
            "options": asdict(replace(self.options, weights=_WEIGHTS if self._judge else None)),
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
            weights = LinkWeights.from_json(files[_WEIGHTS].decode()) if options.weights else None
            fingerprint = header["fingerprint"]
            return cls(Lexicon.restore(files), options, fingerprint=fingerprint, weights=weights)
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
        names = (_FILE, _WEIGHTS, *LEXICON_FILES)
        files = {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
        try:
            return cls.restore(files)
        except OntologyError as error:
            raise OntologyError(f"{path}: {error}") from error
