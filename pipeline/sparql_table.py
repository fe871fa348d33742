"""Answers of SPARQL as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyoxigraph as ox

from ..kg.vocabulary import XSD

if TYPE_CHECKING:
    from .sparql import Answer

_INTEGERS: Final = frozenset(
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("nonPositiveInteger", "negativeInteger"),
    )
)
_NUMBERS: Final = frozenset((XSD + "double", XSD + "float", XSD + "decimal")) | _INTEGERS
_TRUTHS: Final = frozenset((XSD + "boolean",))
_SPECIAL: Final = {"INF": float("inf"), "+INF": float("inf"), "-INF": float("-inf")}


def answer_table(answer: Answer) -> pa.Table:
    """Return an answer as a table.

    A column of which all values are integers, numbers or truth values has that type; any other is
    text: an IRI, the text of a literal without its language and type, or a blank node's name. What
    is unbound is null. The formats of the W3C keep the rest.
    """
    if answer.kind == "ask":
        return pa.table({"answer": pa.array([answer.value])})
    if answer.kind == "graph":
        triples = list(ox.parse(answer.content, ox.RdfFormat.N_TRIPLES))
        parts = {
            "subject": [triple.subject for triple in triples],
            "predicate": [triple.predicate for triple in triples],
            "object": [triple.object for triple in triples],
        }
        return pa.table({name: _texts(terms) for name, terms in parts.items()})
    solutions = ox.parse_query_results(answer.content, ox.QueryResultsFormat.TSV)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    rows = [tuple(solution) for solution in solutions]
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pa.Table.from_arrays([_column(list(column)) for column in columns], names=names)


def _column(terms: Sequence[Any]) -> Any:
    kinds = {_kind(term) for term in terms if term is not None}
    for allowed, read, kind in _READERS:
        if kinds and kinds <= allowed:
            try:
                values = [None if term is None else read(term.value) for term in terms]
                return pa.array(values, kind)
            except (ValueError, LookupError, OverflowError):  # "abc"^^xsd:integer, or too large
                continue
    return _texts(terms)


def _kind(term: Any) -> str:
    return str(term.datatype.value) if isinstance(term, ox.Literal) else ""


def _texts(terms: Sequence[Any]) -> Any:
    return pa.array([_text(term) for term in terms], pa.string())


def _integer(text: str) -> int:
    if "_" in text:  # Python takes 1_000 for a number
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return _SPECIAL[text] if text in _SPECIAL else float(text)


def _truth(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


_READERS: Final[tuple[tuple[frozenset[str], Callable[[str], Any], Any], ...]] = (
    (_INTEGERS, _integer, pa.int64()),
    (_NUMBERS, _number, pa.float64()),
    (_TRUTHS, _truth, pa.bool_()),
)


def _text(term: Any) -> str | None:
    """Return what an RDF term says: an IRI, the text of a literal, a blank node's name."""
    if term is None:
        return None
    return str(term.value) if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
