"""Ontograft grafts an expert's ontology onto a text encoder.

The four folders of the project are published here: ``ontograft.kg`` (ontologies, linking,
subgraphs), ``ontograft.model`` (the network), ``ontograft.pipeline`` (fit, evaluate, predict, the
command line) and ``ontograft.data`` (corpora). The names below are loaded when first used, so that
``import ontograft`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kg import KnowledgeGraph
    from .model import OntograftForSequenceClassification
    from .pipeline import Classifier, Project, fit

__version__ = "0.1.0"
__all__ = [
    "Classifier",
    "KnowledgeGraph",
    "OntograftForSequenceClassification",
    "Project",
    "__version__",
    "fit",
]

_HOMES = {
    "Classifier": "pipeline",
    "KnowledgeGraph": "kg",
    "OntograftForSequenceClassification": "model",
    "Project": "pipeline",
    "fit": "pipeline",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the folder it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ontograft' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
