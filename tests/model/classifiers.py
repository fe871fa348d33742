"""The classifier that its tests share, and the documents that it is given."""

from typing import Any

import torch
from torch import Tensor
from transformers import BertConfig, PreTrainedConfig

from ontograft.model import OntograftConfig, OntograftForSequenceClassification, with_inverses

from .tiny import TINY

GRAPH = with_inverses(
    torch.tensor([[1, 2, 3, 4], [0, 0, 1, 3]]), torch.tensor([0, 0, 1, 0]), num_relations=2
)
OBJECTIVE = {"consistency": 0.5, "graph": 0.25, "alignment": 0.125, "anchor": 2.0}


def build(encoder: PreTrainedConfig | None = None, **options: Any) -> Any:
    """Return a classifier in evaluation mode with every gate open."""
    torch.manual_seed(0)
    config = OntograftConfig(
        **{
            "encoder": encoder or BertConfig(**TINY),
            "num_labels": 3,
            "num_concepts": 6,
            "num_relations": 2,
            "graph_width": 8,
            "token_width": 8,
        }
        | options
    )
    model = OntograftForSequenceClassification(config)
    for name, parameter in model.named_parameters():
        if not name.startswith("encoder."):
            torch.nn.init.normal_(parameter, std=0.5)
    model.set_concept_vectors(torch.randn(6, 16))
    model.set_graph(*GRAPH)
    return model.eval()  # type: ignore[no-untyped-call]


def batch() -> dict[str, Tensor]:
    """Three documents: two windows with links (one of two concepts), one with, one without."""
    return {
        "labels": torch.tensor([2, 0, 1]),
        "input_ids": torch.tensor(
            [[1, 5, 6, 7, 2], [1, 8, 2, 0, 0], [1, 9, 6, 2, 0], [1, 4, 2, 0, 0]]
        ),
        "attention_mask": torch.tensor(
            [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 0, 0]]
        ),
        "window_document": torch.tensor([0, 0, 1, 2]),
        "concept_ids": torch.tensor([0, 1, 3, 4]),
        "edge_index": torch.tensor([[1, 2, 3, 0, 1, 2], [0, 1, 2, 1, 2, 3]]),
        "edge_type": torch.tensor([0, 1, 0, 2, 3, 2]),
        "closure_document": torch.tensor([0, 0, 0, 1, 1]),
        "closure_node": torch.tensor([0, 1, 2, 2, 3]),
        "closure_weight": torch.tensor([0.5, 0.7, 1.0, 0.7, 1.0]),
        "link_window": torch.tensor([0, 0, 1, 2]),
        "link_node": torch.tensor([2, 0, 1, 3]),
        "link_score": torch.tensor([1.0, 0.4, 0.5, 0.8]),
        "link_token_start": torch.tensor([1, 1, 1, 2]),
        "link_token_end": torch.tensor([3, 3, 2, 3]),
    }


def alone(number: int) -> dict[str, Tensor]:
    """One document of the batch without the others and without padding."""
    full = batch()
    windows = full["window_document"] == number
    links = windows[full["link_window"]]
    entries = full["closure_document"] == number
    length = int(full["attention_mask"][windows].sum(1).max())
    parts = {name: full[name] for name in ("concept_ids", "edge_index", "edge_type")}
    parts |= {name: full[name][links] for name in full if name.startswith("link_")}
    parts |= {name: full[name][entries] for name in full if name.startswith("closure_")}
    parts["labels"] = full["labels"][number : number + 1]
    parts["input_ids"] = full["input_ids"][windows, :length]
    parts["attention_mask"] = full["attention_mask"][windows, :length]
    parts["window_document"] = torch.zeros(int(windows.sum()), dtype=torch.long)
    parts["link_window"] = parts["link_window"] - int(windows.nonzero()[0])
    parts["closure_document"] = torch.zeros(int(entries.sum()), dtype=torch.long)
    return parts


def without_knowledge() -> dict[str, Tensor]:
    empty = {name: value[..., :0] for name, value in batch().items()}
    text = ("labels", "input_ids", "attention_mask", "window_document")
    return empty | {name: batch()[name] for name in text}


def logits(model: Any, inputs: dict[str, Tensor]) -> Tensor:
    with torch.no_grad():
        result: Tensor = model(**inputs).logits
    return result
