"""Types of arrays that many files name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Features, logits, probabilities, weights."""

Numbers = NDArray[np.floating[Any] | np.integer[Any]]
"""Targets: numbers of labels, rows of 0 and 1, or values."""
