"""Encoders of different make, as small as can be."""

from typing import Any

from transformers import (
    AlbertConfig,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    MPNetConfig,
    PreTrainedConfig,
    RobertaConfig,
)

TINY: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 20,
}
ALBERT = AlbertConfig(**TINY, embedding_size=8)
# Encoders with a list of layers; ALBERT has one layer that it uses again and again.
LAYERED: list[PreTrainedConfig] = [
    BertConfig(**TINY),
    RobertaConfig(**TINY),
    MPNetConfig(**TINY),
    ElectraConfig(**TINY, embedding_size=8),
    DebertaV2Config(**TINY, relative_attention=True, pos_att_type=["c2p"]),
    DistilBertConfig(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=32),
]
