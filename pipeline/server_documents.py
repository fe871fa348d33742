"""The routes ``/documents``, ``/documents/{number}`` and ``/query``: what the results say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from . import server_models as models
from . import server_query
from .filters import Filters
from .query import ResultQuery
from .result_reading import Found, Opened, count, opened, page
from .server_errors import ProblemError
from .server_filters import Search, check_concepts
from .server_lifetime import ServedNow

router = APIRouter()
router.include_router(server_query.router)

_LARGEST = (1 << 63) - 1


class DocumentBrief(models.Model):
    """A document in a list: the beginning of its text, and the sentence that was asked for.

    ``label`` has all labels of a document with several, ``score`` the greatest probability; for
    regression ``score`` is the value.
    """

    document: int
    id: str
    label: str | None
    label_name: str
    score: float | None
    title: str
    sentence: str | None


class Documents(models.Model):
    """Some of the documents that the filters let through; ``total`` is how many there are."""

    documents: list[DocumentBrief]
    total: int
    offset: int
    limit: int


class Document(models.Model):
    """A document with its prediction, its mentions, and the other columns of the corpus."""

    document: int
    id: str
    text: str
    label: str | list[str] | float | None
    label_name: str
    score: float | None
    probabilities: dict[str, float]
    fields: dict[str, str | None]
    mentions: list[models.Mention]


@router.get("/documents")
async def documents(search: Annotated[Search, Query()], served: ServedNow) -> Documents:
    """Search the documents of the results: by label, concept, words, columns."""
    asked, filters = served.need_results(), search.filters()
    return await served.run(_documents, asked, filters, search.limit, search.offset)


@router.get("/documents/{number}")
async def document(
    number: Annotated[int, InPath(ge=0, le=_LARGEST)], served: ServedNow
) -> Document:
    """Return a document of the results, by its number there."""
    return await served.run(_document, served.need_results(), number)


def _documents(asked: ResultQuery, filters: Filters, limit: int, offset: int) -> Documents:
    check_concepts(asked, filters)
    names = label_names(asked)
    return Documents(
        documents=[
            _brief(found, names) for found in page(asked, filters, limit=limit, offset=offset)
        ],
        total=count(asked, filters),
        offset=offset,
        limit=limit,
    )


def label_names(asked: ResultQuery) -> Mapping[str, str]:
    """Return the names of the labels of the results for people."""
    names: Mapping[str, str] = asked.results.manifest["model"].get("label_names") or {}
    return names


def _brief(found: Found, names: Mapping[str, str]) -> DocumentBrief:
    labels = (found.label or "").split("; ") if found.label not in names else [str(found.label)]
    return DocumentBrief(
        document=found.document,
        id=found.id,
        label=found.label,
        label_name="; ".join(names.get(label, label) for label in labels),
        score=found.score,
        title=found.title,
        sentence=found.sentence,
    )


def _document(asked: ResultQuery, number: int) -> Document:
    found = opened(asked, number)
    if found is None:
        count = asked.results.manifest["counts"]["documents"]
        raise ProblemError(
            404, f"the results have no document {number}; expected a number below {count}"
        )
    names, label = label_names(asked), _label(asked, found)
    said = "" if isinstance(label, float) else "; ".join(names.get(n, n) for n in found.labels)
    return Document(
        document=found.document,
        id=found.id,
        text=found.text,
        label=label,
        label_name=said,
        score=None if isinstance(label, float) else found.score,
        probabilities=found.probabilities,
        fields=found.fields,
        mentions=list(_mentions(found)),
    )


def _label(asked: ResultQuery, found: Opened) -> Any:
    if asked.task == "regression":
        return found.score
    if asked.several:
        return list(found.labels)
    return found.labels[0] if found.labels else None


def _mentions(found: Opened) -> list[models.Mention]:
    return [
        models.said(mention, None).model_copy(
            update={"definition": found.definitions[mention.iri], "way": way}
        )
        for mention, way in zip(found.mentions, found.ways, strict=True)
    ]
