"""The routes below ``/concepts``: find a concept, walk through the ontology."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from . import server_models as models
from .concept_search import Suggestion
from .concept_tree import ConceptTree, Step
from .server_errors import ProblemError
from .server_lifetime import ServedNow
from .serving import Served

router = APIRouter()

COMPLETIONS: Final = 10
"""How many concepts complete what was typed, unless more or fewer are asked for."""

MOST: Final = 1000
"""The most concepts of a list."""


class Concepts(models.Model):
    """Concepts that complete what was typed; ``similar`` ones where nothing does.

    Without anything typed: the roots of the ontology. ``total`` counts those left out, too.
    """

    concepts: list[models.Suggested | models.ConceptBrief]
    similar: bool = False
    total: int


class Concept(models.Model):
    """A concept: all its names, the definition, what is above, below and beside it.

    ``documents`` is how many documents mention it or a narrower one, ``own_documents`` how many
    mention just it; both null without results. Of long lists the first 1,000 are given.
    """

    concept: str
    label: str
    labels: list[str]
    definition: str
    parents: list[models.ConceptBrief]
    children: list[models.ConceptBrief]
    related: list[models.ConceptBrief]
    documents: int | None
    own_documents: int | None


@router.get("/concepts")
async def concepts(
    served: ServedNow,
    q: Annotated[
        str | None, Query(max_length=500, description="The beginning of a name, or of a word.")
    ] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST)] = None,
) -> Concepts:
    """Complete the name of a concept; without ``q`` return the roots of the ontology."""
    tree = need_ontology(served)
    if q is None:
        return await served.run(_roots, tree, limit or MOST)
    return await served.run(_completed, tree, q, limit or COMPLETIONS)


@router.get("/concepts/{iri:path}")
async def concept(
    served: ServedNow,
    iri: Annotated[str, InPath(max_length=4000, description="Percent-encoded, slashes too.")],
) -> Concept:
    """Return names, definition, parents and children of a concept, and who mentions it."""
    return await served.run(_concept, need_ontology(served), iri)


def need_ontology(served: Served) -> ConceptTree:
    """Return the concepts.

    Raises:
        ProblemError: the model has no ontology, and there are no results with one.
    """
    if served.graph is None and served.asked is None:
        raise ProblemError(
            404,
            "the model has no ontology: it was made with 'knowledge: {channels: []}'; serve one "
            "that has, or results with --results RESULTS",
        )
    return served.tree


def suggested(found: Iterable[Suggestion]) -> list[models.Suggested]:
    """Return suggestions as the server says them."""
    return [models.Suggested(concept=one.iri, label=one.label, name=one.name) for one in found]


def _completed(tree: ConceptTree, text: str, limit: int) -> Concepts:
    found = tree.search.complete(text, limit=limit)
    similar = not found and bool(text.strip()) and len(tree) > 0
    if similar:
        found = tree.search.similar(text, limit=min(limit, COMPLETIONS))
    return Concepts(concepts=list(suggested(found)), similar=similar, total=len(found))


def _roots(tree: ConceptTree, limit: int) -> Concepts:
    return Concepts(concepts=list(_briefs(tree, tree.roots[:limit])), total=len(tree.roots))


def _concept(tree: ConceptTree, iri: str) -> Concept:
    if iri not in tree:
        raise ProblemError(
            404,
            f"the ontology has no concept {iri[:200]!r}; expected the IRI of one, percent-encoded "
            "as one part of the path; GET /concepts?q= finds it by its name",
        )
    return Concept(
        concept=iri,
        label=tree.label(iri),
        labels=tree.names(iri),
        definition=tree.definition(iri),
        parents=_briefs(tree, tree.parents(iri)),
        children=_briefs(tree, tree.children(iri)),
        related=_briefs(tree, tree.related(iri)),
        documents=tree.documents(iri),
        own_documents=tree.documents(iri, narrower=False),
    )


def _briefs(tree: ConceptTree, steps: list[Step]) -> list[models.ConceptBrief]:
    return [
        models.ConceptBrief(
            concept=step.iri,
            label=tree.label(step.iri),
            children=tree.child_count(step.iri),
            documents=tree.documents(step.iri),
            relation=step.relation,
        )
        for step in steps[:MOST]
    ]
