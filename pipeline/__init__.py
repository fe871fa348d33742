"""Fit, evaluate and predict: everything between a project file and a model folder.

The names below are loaded when first used, so that ``ontograft --help`` need not wait for PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch import predict_corpus
    from .building import build_model
    from .database import SqlLimits
    from .encoders import resolve_encoder
    from .evaluation import measure
    from .filters import Filters
    from .knowledge import LinkedOntology
    from .model_folder import load_model_folder
    from .prediction import Classifier, Prediction, predict
    from .query import ResultQuery
    from .rdf_export import export_rdf
    from .record import Results
    from .settings import Project
    from .sparql import SparqlEndpoint, SparqlLimits
    from .splits import Splits, check_splits, read_splits
    from .store import open_store
    from .training import FitResult, fit

_HOMES = {
    "Classifier": "prediction",
    "Filters": "filters",
    "FitResult": "training",
    "LinkedOntology": "knowledge",
    "Prediction": "prediction",
    "Project": "settings",
    "ResultQuery": "query",
    "Results": "record",
    "SparqlEndpoint": "sparql",
    "SparqlLimits": "sparql",
    "Splits": "splits",
    "SqlLimits": "database",
    "build_model": "building",
    "check_splits": "splits",
    "export_rdf": "rdf_export",
    "fit": "training",
    "load_model_folder": "model_folder",
    "measure": "evaluation",
    "open_store": "store",
    "predict": "prediction",
    "predict_corpus": "batch",
    "read_splits": "splits",
    "resolve_encoder": "encoders",
}

__all__ = [
    "Classifier",
    "Filters",
    "FitResult",
    "LinkedOntology",
    "Prediction",
    "Project",
    "ResultQuery",
    "Results",
    "SparqlEndpoint",
    "SparqlLimits",
    "Splits",
    "SqlLimits",
    "build_model",
    "check_splits",
    "export_rdf",
    "fit",
    "load_model_folder",
    "measure",
    "open_store",
    "predict",
    "predict_corpus",
    "read_splits",
    "resolve_encoder",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the file it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ontograft.pipeline' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
