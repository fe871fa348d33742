"""A lexicon as files: what it holds, and how it is written and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import daachorse
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from ..errors import OntologyError
from .concepts import Problem
from .patterns import Numbers
from .strings import Strings

_FORMAT: Final = 2
LEXICON_FILES: Final = ("lexicon.json", "lexicon.safetensors", "lexicon.automaton")
"""The files of a lexicon: settings, strings and tables, and the automaton."""

_HEADER, _TABLES, _AUTOMATON = LEXICON_FILES


@dataclass(frozen=True, slots=True, eq=False)
class LexiconContent:
    """What a lexicon holds.

    A label stands in as many patterns as its words have orders; a row is a label or, beyond the
    labels, a shortened name.

    Args:
        language: a BCP 47 tag.
        vary: whether names may be inflected, respelt and reordered.
        shouting: whether the ontology writes its labels in capitals.
        stop: the folded stop words of the language.
        known: folded words that may end a compound.
        modifiers: words that stand before the last one in the names of many concepts.
        flagged: what is wrong with the names.
        forbidden: pairs of an IRI, or "" for all concepts, and a form that must not link to it.
        iris: the concepts.
        names: their preferred labels.
        definitions: their definitions, empty where there is none.
        labels: all labels, those of one concept one after the other.
        shorts: folded names from which something was left out.
        words: every word that a form may hold.
        label_concept: (label,).
        label_kind: the number of its kind; (label,).
        label_guard: (label,).
        short_label: the label that each was made from; (short,).
        short_way: the number of its way; (short,).
        word_group: words of one group may stand for each other; (word,).
        pattern_pointer: the rows of each pattern, as CSR; (pattern + 1,).
        pattern_rows: (entry,).
        parent_pointer: the parents of each concept, as CSR; (concept + 1,).
        parents: (edge,).
        near_pointer: the neighbours of each concept that speak for it, as CSR; (concept + 1,).
        near: (edge,).
        automaton: finds the patterns in encoded text.
    """

    language: str
    vary: bool
    shouting: bool
    stop: frozenset[str]
    known: frozenset[str]
    modifiers: frozenset[str]
    flagged: tuple[Problem, ...]
    forbidden: frozenset[tuple[str, str]]
    iris: Strings
    names: Strings
    definitions: Strings
    labels: Strings
    shorts: Strings
    words: Strings
    label_concept: Numbers
    label_kind: Numbers
    label_guard: Numbers
    short_label: Numbers
    short_way: Numbers
    word_group: Numbers
    pattern_pointer: Numbers
    pattern_rows: Numbers
    parent_pointer: Numbers
    parents: Numbers
    near_pointer: Numbers
    near: Numbers
    automaton: daachorse.CharwiseDoubleArrayAhoCorasick


_STRINGS: Final = ("iris", "names", "definitions", "labels", "shorts", "words")
_SETS: Final = ("stop", "known", "modifiers")
_NUMBERS: Final = tuple(
    field.name for field in fields(LexiconContent) if str(field.type) == "Numbers"
)


def to_files(content: LexiconContent) -> dict[str, bytes]:
    """Return a lexicon as the content of three files."""
    header = {
        "format": _FORMAT,
        "language": content.language,
        "vary": content.vary,
        "shouting": content.shouting,
        **{name: sorted(getattr(content, name)) for name in _SETS},
        "flagged": [(item.code, item.subject, item.message) for item in content.flagged],
        "forbidden": sorted(content.forbidden),
    }
    arrays: dict[str, NDArray[Any]] = {name: getattr(content, name) for name in _NUMBERS}
    for name in _STRINGS:
        strings: Strings = getattr(content, name)
        arrays[f"{name}.content"] = np.frombuffer(strings.content, dtype=np.uint8)
        arrays[f"{name}.offsets"] = strings.offsets
    return {
        _HEADER: json.dumps(header).encode(),
        _TABLES: save(arrays),
        _AUTOMATON: bytes(content.automaton.serialize()),
    }


def from_files(files: Mapping[str, bytes]) -> LexiconContent:
    """Return the lexicon that ``to_files`` wrote.

    Raises:
        OntologyError: the content is not a lexicon of this version.
    """
    try:
        header = json.loads(files[_HEADER])
        if header["format"] != _FORMAT:
            raise OntologyError(
                f"the lexicon has format {header['format']}, expected {_FORMAT}: build it again"
            )
        arrays = load(files[_TABLES])
        values: dict[str, Any] = {name: arrays[name] for name in _NUMBERS}
        for name in _STRINGS:
            content = arrays[f"{name}.content"].tobytes()
            values[name] = Strings(content, arrays[f"{name}.offsets"])
        for name in _SETS:
            values[name] = frozenset(header[name])
        return LexiconContent(
            language=header["language"],
            vary=header["vary"],
            shouting=header["shouting"],
            flagged=tuple(Problem(*item) for item in header["flagged"]),
            forbidden=frozenset((iri, form) for iri, form in header["forbidden"]),
            automaton=daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(files[_AUTOMATON]),
            **values,
        )
    except OntologyError:
        raise
    except Exception as error:  # each of the three readers has its own kinds
        raise OntologyError(
            f"the lexicon is damaged or incomplete ({error}): build it again"
        ) from error
