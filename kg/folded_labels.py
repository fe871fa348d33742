"""A label as the checks of an ontology and the makers of short forms see it."""

from __future__ import annotations

from typing import NamedTuple

from .guards import Guard


class FoldedLabel(NamedTuple):
    """One label of a concept.

    Args:
        number: its number among the labels.
        concept: the number of its concept.
        text: the label as the ontology writes it.
        folded: the label, folded, with single spaces.
        is_preferred: whether it is the preferred label.
        guard: what a text must do to link it.
    """

    number: int
    concept: int
    text: str
    folded: str
    is_preferred: bool
    guard: Guard
