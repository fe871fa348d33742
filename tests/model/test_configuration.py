"""The configuration: what follows from what, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig, BertConfig, DistilBertConfig

from ontograft.errors import SettingsError
from ontograft.model import OntograftConfig

BERT = BertConfig(hidden_size=16, num_hidden_layers=6, num_attention_heads=2)


def config(**options: Any) -> OntograftConfig:
    return OntograftConfig(**({"encoder": BERT, "num_labels": 3} | options))


def test_what_is_left_out_follows_from_the_encoder() -> None:
    made = config()
    assert made.concept_width == 16
    assert made.token_layer == 4
    assert made.channels == ("closure", "graph", "tokens")
    assert made.problem_type == "single_label_classification"
    assert made.objective == {"consistency": 0, "graph": 0, "alignment": 0, "anchor": 0}


def test_other_encoders_name_their_widths_otherwise() -> None:
    made = config(encoder=DistilBertConfig(dim=24, n_layers=3, n_heads=2))
    assert (made.concept_width, made.token_layer) == (24, 2)


def test_channels_are_kept_in_one_order() -> None:
    assert config(channels=["tokens", "closure"]).channels == ("closure", "tokens")


def test_it_survives_a_file(tmp_path: Path) -> None:
    made = config(channels=["closure"], objective={"anchor": 0.5}, num_edges=4)
    made.save_pretrained(tmp_path)
    read = AutoConfig.from_pretrained(tmp_path)
    assert isinstance(read, OntograftConfig)
    assert isinstance(read.encoder, BertConfig)
    assert read.channels == ("closure",)
    made.name_or_path = read.name_or_path
    assert read.to_dict() == made.to_dict()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"channels": ["closur"]},
            r"unknown channel 'closur'; choose from: closure, graph, tokens",
        ),
        ({"objective": {"ancor": 1.0}}, "unknown objective term 'ancor'; choose from: consistency"),
        ({"objective": {"anchor": -1.0}}, r"objective\.anchor must be between 0 and inf, got -1"),
        ({"concept_dropout": 1.5}, "concept_dropout must be between 0 and 1, got 1.5"),
        ({"label_smoothing": 1.0}, r"label_smoothing must be between 0 and 0\.999, got 1\.0"),
        ({"token_layer": 6}, "token_layer must be between 0 and 5, got 6"),
        ({"graph_layers": 0}, "graph_layers must be between 1 and inf, got 0"),
        ({"num_concepts": -1}, "num_concepts must be between 0 and inf, got -1"),
        (
            {"objective": {"consistency": 1.0}, "channels": ["tokens"]},
            "neither is on: add one of them to channels or set the weight to 0",
        ),
        (
            {"objective": {"graph": 1.0}, "channels": ["closure"]},
            "trains the graph channel, which is off: add 'graph' to channels",
        ),
        (
            {"objective": {"alignment": 1.0}, "concept_width": 8},
            "concept_width must be the encoder's width 16, got 8",
        ),
        (
            {"class_weights": [1.0, 2.0]},
            "one factor for each of the 3 labels, got 2",
        ),
        (
            {"class_weights": [1.0], "num_labels": 1, "problem_type": "regression"},
            "class_weights have no meaning for regression",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        config(**options)
