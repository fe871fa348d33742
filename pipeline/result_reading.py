"""Read a run a page at a time: the documents that filters let through, one document, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import QueryError
from ..kg import Mention
from .filters import Filters, Sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .query import ResultQuery

TITLE: Final = 120
"""How many characters of a text stand for it in a list."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document in a list.

    Args:
        document: its number in the run.
        id: its id in the corpus.
        label: its label; of several all, with ``; `` between them.
        score: the probability of the label, of several the greatest; the value for regression.
        title: the beginning of its text.
        sentence: the first sentence with a mention that was asked for, if any was.
    """

    document: int
    id: str
    label: str | None
    score: float | None
    title: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with all that the run says about it.

    Args:
        document: its number in the run.
        id: its id in the corpus.
        text: its text.
        labels: what is predicted.
        score: the probability of the label, of several the greatest; the value for regression.
        probabilities: the probability of each label; empty for regression.
        fields: the other columns of the corpus.
        mentions: the mentions, without their candidates, which a run does not keep.
        ways: how each of them was found.
        definitions: the definitions of their concepts.
    """

    document: int
    id: str
    text: str
    labels: tuple[str, ...]
    score: float | None
    probabilities: dict[str, float]
    fields: dict[str, str | None]
    mentions: tuple[Mention, ...]
    ways: tuple[str, ...]
    definitions: dict[str, str]


def page(asked: ResultQuery, filters: Filters, *, limit: int, offset: int = 0) -> list[Found]:
    """Return some of the documents that filters let through, the surest first.

    Raises:
        QueryError: a concept, label or column is unknown, a name is of several concepts, or the
            offset is negative.
        QueryLimitError: it took more time or memory than it may.
    """
    if offset < 0:
        raise QueryError(f"the offset must be at least 0, got {offset}")
    rows = asked.listed(filters, limit=limit, offset=offset).to_pylist()
    numbers = [row["document"] for row in rows]
    texts = _texts(asked, numbers) if rows else {}
    places = _sentences(asked, filters, numbers) if filters.picks_mentions and rows else {}
    return [
        Found(
            **row,
            title=texts[row["document"]][:TITLE],
            sentence=_cut(texts[row["document"]], places.get(row["document"])),
        )
        for row in rows
    ]


def count(asked: ResultQuery, filters: Filters) -> int:
    """Return how many documents the filters let through; see ``page``."""
    sql = Sql()
    text = f"SELECT count(*) AS n FROM ({asked.chosen(filters, sql)})"
    return int(asked.database.table(text, sql.parameters)["n"][0].as_py())


def opened(asked: ResultQuery, number: int) -> Opened | None:
    """Return a document of the run; None if there is none with this number.

    Raises:
        QueryLimitError: it took more time or memory than it may.
    """
    bound = {"number": number}
    database = asked.database
    found = database.table("SELECT * FROM documents WHERE document = $number", bound).to_pylist()
    if not found:
        return None
    row = found[0]
    labels = database.table(
        "SELECT label, score, predicted FROM labels WHERE document = $number", bound
    ).to_pylist()
    mentions = database.table(
        "SELECT m.*, c.definition FROM mentions m LEFT JOIN concepts c ON c.concept = m.concept "
        "WHERE document = $number ORDER BY mention",
        bound,
    ).to_pylist()
    several, regression = asked.several, asked.task == "regression"
    predicted = sorted(
        (one for one in labels if one["predicted"]), key=lambda one: (-one["score"], one["label"])
    )
    score = row["score"]
    if several:
        score = predicted[0]["score"] if predicted else None
    return Opened(
        document=number,
        id=row["id"],
        text=row["text"],
        labels=tuple(one["label"] for one in predicted),
        score=score,
        probabilities={} if regression else {one["label"]: one["score"] for one in labels},
        fields=dict(row["fields"]),
        mentions=tuple(map(_mention, mentions)),
        ways=tuple(one["way"] for one in mentions),
        definitions={one["concept"]: one["definition"] or "" for one in mentions},
    )


def _mention(row: dict[str, Any]) -> Mention:
    return Mention(
        start=row["start"],
        end=row["end"],
        text=row["text"],
        iri=row["concept"],
        label=row["label"],
        score=row["score"],
        candidates=(),
        nested=row["nested"],
        fragments=tuple((one["start"], one["end"]) for one in row["fragments"]),
        polarity=row["polarity"],
        senses=tuple(row["senses"]),
        section=row["section"],
    )


def _texts(asked: ResultQuery, numbers: Sequence[int]) -> dict[int, str]:
    sql = Sql()
    text = f"SELECT document, text FROM documents WHERE {sql.one_of('document', numbers)}"
    rows = asked.database.table(text, sql.parameters).to_pylist()
    return {row["document"]: row["text"] for row in rows}


def _sentences(
    asked: ResultQuery, filters: Filters, numbers: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Return where the first sentence with a mention that is asked for begins and ends."""
    sql = Sql()
    text = (
        "SELECT m.document, min(m.sentence_start) AS first, "
        "arg_min(m.sentence_end, m.sentence_start) AS last FROM mentions m WHERE "
        f"{sql.one_of('m.document', numbers)} AND {asked.counted(filters, sql)} GROUP BY m.document"
    )
    rows = asked.database.table(text, sql.parameters).to_pylist()
    return {row["document"]: (row["first"], row["last"]) for row in rows}


def _cut(text: str, place: tuple[int, int] | None) -> str | None:
    return None if place is None else text[slice(*place)]
