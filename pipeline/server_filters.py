"""Filters as requests say them, and what may be meant by a name that does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from ..errors import QueryError
from ..kg.mentions import Polarity
from . import server_models as models
from .filters import Filters, SenseFilter
from .server_concepts import suggested
from .server_errors import ProblemError

if TYPE_CHECKING:
    from .query import ResultQuery

MOST_ROWS: Final = 1000
"""The most rows of an answer in JSON."""

MOST_SKIPPED: Final = 1_000_000
"""The most rows that may be left out before them."""

Word = Annotated[str, Field(max_length=1000)]
Words = Annotated[list[Word], Field(max_length=50)]


class _Conditions(models.Model):
    """What a search and a query name alike."""

    min_score: float | None = None
    max_score: float | None = None
    mentions: Words = Field(default_factory=list, description="Concepts, by name or IRI; all.")
    without: Words = Field(default_factory=list, description="Concepts, by name or IRI; none.")
    include_narrower: bool = False
    polarity: Polarity | None = None
    min_mention_score: float | None = None
    words: Words = Field(default_factory=list, description="Words or phrases of the text; all.")

    def _filters(
        self,
        labels: Words,
        senses: list[SenseFilter],
        sections: Words,
        where: Iterable[tuple[str, str]],
    ) -> Filters:
        return Filters(
            labels=tuple(labels),
            min_score=self.min_score,
            max_score=self.max_score,
            mentions=tuple(self.mentions),
            without=tuple(self.without),
            include_narrower=self.include_narrower,
            polarity=self.polarity,
            senses=tuple(senses),
            sections=tuple(sections),
            min_mention_score=self.min_mention_score,
            words=tuple(self.words),
            where=tuple(where),
        )


class Search(_Conditions):
    """The filters of a search, as parameters of an address; see ``filters.Filters``."""

    label: Words = Field(default_factory=list, description="Predicted labels; one is enough.")
    sense: list[SenseFilter] = Field(default_factory=list, max_length=4)
    section: Words = Field(default_factory=list)
    where: Words = Field(default_factory=list, description="COLUMN=VALUE")
    limit: int = Field(20, ge=1, le=MOST_ROWS)
    offset: int = Field(0, ge=0, le=MOST_SKIPPED)

    def filters(self) -> Filters:
        """Return the filters.

        Raises:
            QueryError: the scores are out of order, or ``where`` has no ``=``.
        """
        return self._filters(self.label, self.sense, self.section, map(_pair, self.where))


class FiltersBody(_Conditions):
    """The filters of a query; see ``filters.Filters``. All must hold."""

    labels: Words = Field(default_factory=list)
    senses: list[SenseFilter] = Field(default_factory=list, max_length=4)
    sections: Words = Field(default_factory=list)
    where: list[tuple[Word, Word]] = Field(default_factory=list, max_length=50)

    def filters(self) -> Filters:
        """Return the filters.

        Raises:
            QueryError: the scores are out of order.
        """
        return self._filters(self.labels, self.senses, self.sections, self.where)


def check_concepts(asked: ResultQuery, filters: Filters) -> None:
    """Refuse filters that name a concept wrongly, with what may be meant.

    Raises:
        ProblemError: a name is of no concept, or of several; ``suggestions`` lists some.
    """
    for name in (*filters.mentions, *filters.without):
        try:
            asked.concepts.resolve(name)
        except QueryError as error:
            likely = asked.concepts.complete(name) or asked.concepts.similar(name)
            listed = [one.model_dump() for one in suggested(likely)]
            raise ProblemError(400, str(error), extra={"suggestions": listed}) from error


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise QueryError(f"where={text!r:.80}: expected COLUMN=VALUE")
    return column, value
