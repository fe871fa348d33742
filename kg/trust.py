"""How far a name speaks for its concept, by what the name is and how the text writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .concepts import LabelKind

KIND_TRUST: Final[Mapping[LabelKind, float]] = {
    LabelKind.PREFERRED: 1.0,
    LabelKind.EXACT: 0.97,
    LabelKind.ALTERNATIVE: 0.94,
    LabelKind.NARROW: 0.85,
    LabelKind.HIDDEN: 0.85,
    LabelKind.BROAD: 0.75,
    LabelKind.RELATED: 0.7,
}
"""How far a label of each kind speaks for its concept."""

WAY_TRUST: Final[Mapping[str, float]] = {
    "exact": 1.0,
    "normalised": 0.99,
    "inflected": 0.97,
    "spelling": 0.97,
    "reordered": 0.95,
    "unqualified": 0.9,
    "numeral": 0.97,
    "inverted": 0.9,
    "derived": 0.88,
    "shortened": 0.85,
    "head": 0.7,
    "abbreviation": 0.97,
    "coordinated": 0.93,
    "extended": 0.8,
    "misspelt": 0.85,
    "similar": 0.8,
    "dense": 0.8,
    "confusable": 1.0,
}
"""How far a name still speaks for its concept, by the way in which the text writes it."""
