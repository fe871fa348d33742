"""What deserves the author's eye in any knowledge graph, wherever it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import numpy as np

from .concepts import Concept, LabelKind, Problem
from .graph import BROADER
from .hierarchy import find_cycles

_LONGEST_PATH: Final = 8
"""How many concepts of a cycle a message names."""


def check_concepts(concepts: Iterable[Concept]) -> Iterator[Problem]:
    """Yield the concepts without a label, and those with two preferred ones in a language."""
    for concept in concepts:
        if not concept.labels:
            message = "has no label: nothing in a text can be linked to it"
            yield Problem("no-label", concept.iri, message)
        preferred = [label for label in concept.labels if label.kind is LabelKind.PREFERRED]
        counts = Counter(label.language for label in preferred)
        for language, count in sorted(counts.items()):
            if count > 1:
                texts = [repr(label.text) for label in preferred if label.language == language]
                message = (
                    f"has {count} preferred labels in {language or 'no language'!r}: "
                    f"{', '.join(texts)}; the first is shown, all are kept"
                )
                yield Problem("two-preferred", concept.iri, message)


def check_hierarchy(edges: Collection[tuple[str, str, str]]) -> Iterator[Problem]:
    """Yield a problem for each cycle of parents."""
    pairs = [(child, parent) for child, relation, parent in edges if relation == BROADER]
    iris = sorted({iri for pair in pairs for iri in pair})
    number = {iri: index for index, iri in enumerate(iris)}
    rows = np.array([(number[child], number[parent]) for child, parent in pairs], dtype=np.int64)
    child, parent = rows.reshape(-1, 2).T
    for cycle in find_cycles(len(iris), child, parent):
        steps = [iris[index] for index in cycle[:_LONGEST_PATH]]
        if len(cycle) > _LONGEST_PATH:
            steps.append(f"({len(cycle) - _LONGEST_PATH} more)")
        path = " > ".join([*steps, iris[cycle[0]]])
        message = f"is its own ancestor: {path}; the walk upwards ends where it began"
        yield Problem("cycle", iris[cycle[0]], message)
