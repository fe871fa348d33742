"""Labels that are concepts: which label implies which, by the hierarchy of the ontology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph
    from .aligned_labels import LabelAlignment
    from .labels import LabelSet


def with_hierarchy(
    labels: LabelSet, alignment: Sequence[LabelAlignment], graph: KnowledgeGraph
) -> LabelSet:
    """Return the labels with their concepts, and with those that each label implies.

    Only in a multi-label task may a text have several labels; those of other tasks imply none, nor
    do labels of which none lies above another.

    Args:
        labels: the labels.
        alignment: the concepts that they stand for, label by label.
        graph: the ontology.
    """
    labels = replace(labels, alignment=tuple(alignment))
    if labels.task != "multi-label":
        return labels
    ancestors = implied_labels(alignment, graph)
    return replace(labels, ancestors=ancestors if any(ancestors) else ())


def implied_labels(
    alignment: Sequence[LabelAlignment], graph: KnowledgeGraph
) -> tuple[tuple[int, ...], ...]:
    """Return for each label the numbers of those that it implies.

    A label implies another if each of its concepts is one of the other's, or lies below one, and
    they do not stand for the same. Only what is sure counts: a guessed concept would teach wrong
    labels. Every part of the lower label must have its concept; the higher one may have further
    parts.
    """
    above: list[list[set[str]]] = []  # for each label, of each of its concepts: it and all above
    for entry in alignment:
        numbers = [graph.index(iri) for iri in entry.iris] if entry.is_sure else []
        found = [(number, *graph.ancestors(number)[0].tolist()) for number in numbers]
        above.append([{graph.concepts[one].iri for one in upwards} for upwards in found])
    higher = [set(entry.iris) if entry.has_sure_way else set[str]() for entry in alignment]
    return tuple(
        tuple(
            number
            for number, other in enumerate(higher)
            if number != own
            and above[own]
            and other != higher[own]
            and all(not other.isdisjoint(upwards) for upwards in above[own])
        )
        for own in range(len(alignment))
    )
