"""Explain a prediction: which concepts speak for a label, which against it, and how strongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..errors import SettingsError
from .explanation_parts import (
    Edge,
    Effect,
    Explanation,
    LabelEffect,
    Node,
    Role,
    Subgraph,
)
from .leave_one_out import leave_one_out

if TYPE_CHECKING:
    from .prediction import Classifier

__all__ = [
    "METHODS",
    "Edge",
    "Effect",
    "Explanation",
    "LabelEffect",
    "Node",
    "Role",
    "Subgraph",
    "explain",
]

Method = Callable[["Classifier", str, int | None], Explanation]
"""Takes the classifier, the text, and the most tokens that the model may read for it."""

METHODS: Final[dict[str, Method]] = {"leave-one-concept-out": leave_one_out}
"""The ways to explain a prediction, by name."""


def explain(
    classifier: Classifier,
    text: str,
    method: str = "leave-one-concept-out",
    *,
    most_tokens: int | None = None,
) -> Explanation:
    """Explain what a classifier says about a text.

    Args:
        classifier: the classifier.
        text: the text.
        method: one of ``METHODS``; ``leave-one-concept-out`` runs the model once more for each
            concept that reached it, without that concept.
        most_tokens: the most tokens that the model may read for this; no limit unless given.

    Raises:
        SettingsError: there is no such method.
        QueryLimitError: the model would have to read more tokens.

    Example:
        >>> found = explain(classifier, "Fever and a cough.")  # doctest: +SKIP
        >>> [(effect.label, effect.change) for effect in found.effects]  # doctest: +SKIP
        [('cough', 0.31), ('fever', -0.02)]
    """
    if method not in METHODS:
        raise SettingsError(f"unknown method {method!r}; choose one of: {', '.join(METHODS)}")
    return METHODS[method](classifier, text, most_tokens)
