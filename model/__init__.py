"""Graph encoder, fusion, classifier and objective: tensors in, logits out.

Importing this folder registers the classifier with the Auto classes of transformers, which is how
their users expect ``AutoModelForSequenceClassification.from_pretrained(folder)`` to find it.
"""

from __future__ import annotations

from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

from .adapted import load_adapted, save_adapted
from .classifier import OntograftForSequenceClassification
from .closure import closure_bag
from .configuration import CHANNELS, TERMS, OntograftConfig
from .exchange import OntograftOutput
from .graph_encoder import with_inverses
from .lora import ALL_LINEAR, Adapter, LoraOptions, add_adapters, check_peft, take_adapters
from .pooling import mean_pool, pool_in_parts, segment_softmax, segment_sum, unit
from .retrieval import Entries, nearest_concepts

__all__ = [
    "ALL_LINEAR",
    "CHANNELS",
    "TERMS",
    "Adapter",
    "Entries",
    "LoraOptions",
    "OntograftConfig",
    "OntograftForSequenceClassification",
    "OntograftOutput",
    "add_adapters",
    "check_peft",
    "closure_bag",
    "load_adapted",
    "mean_pool",
    "nearest_concepts",
    "pool_in_parts",
    "save_adapted",
    "segment_softmax",
    "segment_sum",
    "take_adapters",
    "unit",
    "with_inverses",
]

AutoConfig.register(OntograftConfig.model_type, OntograftConfig, exist_ok=True)
for _auto in (AutoModel, AutoModelForSequenceClassification):
    _auto.register(OntograftConfig, OntograftForSequenceClassification, exist_ok=True)
