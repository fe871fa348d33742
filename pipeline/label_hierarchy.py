"""Labels that are concepts: which label implies which, by the hierarchy of the ontology."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..kg import LabelKind
from .labels import LabelSet

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph


def with_hierarchy(labels: LabelSet, names: Mapping[str, str], graph: KnowledgeGraph) -> LabelSet:
    """Return the labels with those that each implies: the ancestors of its concept among them.

    Only in a multi-label task may a text have several labels; those of other tasks stay as they
    are, as do labels of which none lies above another.

    Args:
        labels: the labels.
        names: names of labels for people, where they have one.
        graph: the ontology.
    """
    if labels.task != "multi-label":
        return labels
    concepts = label_concepts(labels.labels, names, graph)
    implied = []
    for label in labels.labels:
        above = set[int]()
        if label in concepts:
            above.update(graph.ancestors(concepts[label])[0].tolist())
        implied.append(
            tuple(
                number
                for number, other in enumerate(labels.labels)
                if other != label and concepts.get(other) in above
            )
        )
    return replace(labels, ancestors=tuple(implied) if any(implied) else ())


def label_concepts(
    labels: Sequence[str], names: Mapping[str, str], graph: KnowledgeGraph
) -> dict[str, int]:
    """Return the concepts that labels stand for; a label that stands for none is left out.

    The label or its name is the IRI of a concept; or it is, but for capitals, the preferred label
    of exactly one concept.

    Args:
        labels: the labels.
        names: names of labels for people, where they have one.
        graph: the ontology.
    """
    forms = {label: [form for form in (label, names.get(label, "")) if form] for label in labels}
    found = {
        label: next(graph.index(form) for form in own if form in graph)
        for label, own in forms.items()
        if any(form in graph for form in own)
    }
    wanted = {form.casefold() for label, own in forms.items() if label not in found for form in own}
    named: defaultdict[str, set[int]] = defaultdict(set)
    for number, concept in enumerate(graph.concepts if wanted else ()):
        for one in concept.labels:
            if one.kind is LabelKind.PREFERRED and one.text.casefold() in wanted:
                named[one.text.casefold()].add(number)
    for label, own in forms.items():
        alone = [named[form.casefold()] for form in own if len(named[form.casefold()]) == 1]
        if label not in found and alone:
            found[label] = next(iter(alone[0]))
    return found
