"""Graph encoder, fusion, classifier and objective: tensors in, logits out.

Importing this folder registers the classifier with the Auto classes of transformers, which is how
their users expect ``AutoModelForSequenceClassification.from_pretrained(folder)`` to find it.
"""

from __future__ import annotations

from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

from .classifier import OntograftForSequenceClassification
from .closure import closure_bag
from .configuration import CHANNELS, TERMS, OntograftConfig
from .exchange import OntograftOutput
from .graph_encoder import with_inverses
from .pooling import mean_pool, pool_in_parts, segment_softmax, segment_sum, unit
from .retrieval import Entries, nearest_concepts

__all__ = [
    "CHANNELS",
    "TERMS",
    "Entries",
    "OntograftConfig",
    "OntograftForSequenceClassification",
    "OntograftOutput",
    "closure_bag",
    "mean_pool",
    "nearest_concepts",
    "pool_in_parts",
    "segment_softmax",
    "segment_sum",
    "unit",
    "with_inverses",
]

AutoConfig.register(OntograftConfig.model_type, OntograftConfig, exist_ok=True)
for _auto in (AutoModel, AutoModelForSequenceClassification):
    _auto.register(OntograftConfig, OntograftForSequenceClassification, exist_ok=True)
