"""What one asks for without knowing a query language, and the SQL that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from ..errors import QueryError
from ..kg import NIL
from ..kg.mentions import Polarity, Sense

SenseFilter = Literal[Sense, "none"]
"""A sense, or none of them."""

PLAIN_COLUMNS: Final = ("id", "gold", "source")
"""The columns of ``documents`` that ``where`` may name, beside those of the corpus."""


@dataclass(frozen=True)
class Filters:
    """Which documents, and which mentions in them. All conditions must hold.

    Args:
        labels: a document is predicted one of these.
        min_score: with at least this probability.
        max_score: with at most this probability.
        mentions: a document mentions each of these concepts, by name or IRI.
        without: it mentions none of these.
        include_narrower: whether mentioning a narrower concept counts.
        polarity: only mentions that are affirmed, or that are negated, count.
        senses: only mentions in one of these senses count; ``none`` is a mention without any.
        sections: only mentions in one of these sections count.
        min_mention_score: only mentions that are linked with at least this score count.
        words: the text has each of these words or phrases, in letters of either case.
        where: pairs of a column of the corpus (or ``id``, ``gold``, ``source``) and the value that
            it has in a document.

    Raises:
        QueryError: a sense or polarity is unknown, or the scores are out of order.
    """

    labels: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    mentions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    include_narrower: bool = False
    polarity: Polarity | None = None
    senses: tuple[SenseFilter, ...] = ()
    sections: tuple[str, ...] = ()
    min_mention_score: float | None = None
    words: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        known = (*get_args(Sense), "none")
        for sense in self.senses:
            if sense not in known:
                raise QueryError(f"unknown sense {sense!r}; choose one of: {', '.join(known)}")
        if self.polarity is not None and self.polarity not in get_args(Polarity):
            choices = ", ".join(get_args(Polarity))
            raise QueryError(f"unknown polarity {self.polarity!r}; choose one of: {choices}")
        if None not in (self.min_score, self.max_score) and self.min_score > self.max_score:  # type: ignore[operator]
            raise QueryError(
                f"the least score {self.min_score} is above the greatest {self.max_score}"
            )

    @property
    def picks_mentions(self) -> bool:
        """Whether a document must have a mention of some kind."""
        return bool(
            self.mentions
            or self.polarity
            or self.senses
            or self.sections
            or self.min_mention_score is not None
        )


@dataclass
class Sql:
    """Conditions in SQL, and the values bound to them.

    Args:
        parameters: the values by name.
    """

    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """Return what stands for a value in the query."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def one_of(self, column: str, values: Sequence[Any]) -> str:
        """Return the condition that a column has one of some values."""
        return f"{column} IN ({', '.join(map(self.bind, values))})"


def concepts_of(sql: Sql, iri: str, *, narrower: bool) -> str:
    """Return the condition that a mention ``m`` is of a concept."""
    if narrower and iri != NIL:
        return f"m.concept IN (SELECT concept FROM closure WHERE ancestor = {sql.bind(iri)})"
    return f"m.concept = {sql.bind(iri)}"


def mention_conditions(filters: Filters, sql: Sql) -> list[str]:
    """Return the conditions on a mention ``m`` beside its concept."""
    conditions = []
    if filters.polarity is not None:
        conditions.append(f"m.polarity = {sql.bind(filters.polarity)}")
    if filters.sections:
        conditions.append(sql.one_of("m.section", filters.sections))
    if filters.min_mention_score is not None:
        conditions.append(f"m.score >= {sql.bind(filters.min_mention_score)}")
    if filters.senses:
        some = [f"list_contains(m.senses, {sql.bind(s)})" for s in filters.senses if s != "none"]
        some += ["len(m.senses) = 0"] * ("none" in filters.senses)
        conditions.append(f"({' OR '.join(some)})")
    return conditions


def document_conditions(
    filters: Filters,
    sql: Sql,
    *,
    resolve: Callable[[str], str],
    several: bool,
    joined: bool = False,
) -> list[str]:
    """Return the conditions on a document ``d``.

    Args:
        filters: the filters.
        sql: takes the values.
        resolve: returns the IRI of a concept's name.
        several: whether a document may have several labels.
        joined: whether the documents are joined with the mentions asked for, which says already
            that there is one.
    """
    conditions = _label_conditions(filters, sql, several=several)
    conditions += [f"contains(lower(d.text), lower({sql.bind(word)}))" for word in filters.words]
    for column, value in filters.where:
        if column in PLAIN_COLUMNS:
            conditions.append(f"d.{column} = {sql.bind(value)}")
        else:
            conditions.append(f"d.fields[{sql.bind(column)}] = {sql.bind(value)}")
    mentions = () if joined and len(filters.mentions) < 2 else filters.mentions
    for names, word in ((mentions, "IN"), (filters.without, "NOT IN")):
        for name in names:
            wanted = concepts_of(sql, resolve(name), narrower=filters.include_narrower)
            every = " AND ".join([wanted, *mention_conditions(filters, sql)])
            conditions.append(f"d.document {word} (SELECT document FROM mentions m WHERE {every})")
    if filters.picks_mentions and not filters.mentions and not joined:
        every = " AND ".join([f"m.concept <> '{NIL}'", *mention_conditions(filters, sql)])
        conditions.append(f"d.document IN (SELECT document FROM mentions m WHERE {every})")
    return conditions


def _label_conditions(filters: Filters, sql: Sql, *, several: bool) -> list[str]:
    bounds = ((filters.min_score, ">="), (filters.max_score, "<="))
    if not several:
        conditions = [f"d.score {sign} {sql.bind(b)}" for b, sign in bounds if b is not None]
        return conditions + ([sql.one_of("d.label", filters.labels)] if filters.labels else [])
    conditions = [f"l.score {sign} {sql.bind(b)}" for b, sign in bounds if b is not None]
    if filters.labels:
        conditions.append(sql.one_of("l.label", filters.labels))
    if not conditions:
        return []
    every = " AND ".join(["l.predicted", *conditions])
    return [f"d.document IN (SELECT document FROM labels l WHERE {every})"]
