"""How a classifier starts: from an encoder, with closed gates, from a linear solution."""

import copy

import pytest
import torch
from transformers import BertConfig, BertModel, PreTrainedConfig

from ontograft.errors import EncoderError
from ontograft.model import OntograftConfig, OntograftForSequenceClassification, mean_pool, unit

from .classifiers import batch, build, logits
from .tiny import LAYERED, TINY


@pytest.mark.parametrize("encoder", LAYERED, ids=lambda config: str(config.model_type))
def test_the_tokens_channel_starts_as_the_plain_encoder(encoder: PreTrainedConfig) -> None:
    model, inputs = build(encoder, channels=["tokens"]), batch()
    opened = logits(model, inputs)
    torch.nn.init.zeros_(model.token_fusion.gate)
    started = logits(model, inputs)
    plain = build(encoder, channels=[])
    plain.load_state_dict(model.state_dict(), strict=False)
    assert torch.equal(started, logits(plain, inputs))
    assert not torch.allclose(opened[:2], started[:2])
    torch.testing.assert_close(opened[2], started[2])  # the document without a link


def test_the_graph_channel_starts_as_the_diffusion() -> None:
    model, inputs = build(channels=["graph"]), batch()
    torch.nn.init.zeros_(model.concepts.graph_encoder.gamma)
    torch.nn.init.zeros_(model.concept_attention.beta)
    concepts = inputs["concept_ids"][inputs["closure_node"]]
    diffused = torch.zeros(3, 16)
    for entry, document in enumerate(inputs["closure_document"].tolist()):
        diffused[document] += (
            inputs["closure_weight"][entry] * model.concepts.vectors[concepts[entry]]
        )
    with torch.no_grad():
        output = model(**inputs)
        expected = model.text_head(output.document_vectors) + model.graph_head(unit(diffused))
    torch.testing.assert_close(output.logits, expected)


def test_a_new_classifier_is_the_plain_encoder_with_a_head() -> None:
    config = OntograftConfig(
        encoder=BertConfig(**TINY), num_labels=3, num_concepts=6, num_relations=2
    )
    source = BertModel(BertConfig(**TINY)).eval()  # type: ignore[no-untyped-call]
    model = OntograftForSequenceClassification.from_encoder(source, config)
    model.set_concept_vectors(torch.randn(6, 16))
    assert not model.training
    with torch.no_grad():
        inputs = batch()
        hidden = source(inputs["input_ids"], inputs["attention_mask"]).last_hidden_state
        v = unit(mean_pool(hidden, inputs["attention_mask"], inputs["window_document"], 3))
        torch.testing.assert_close(logits(model, inputs), model.text_head(v))


def test_an_encoder_of_another_shape_is_refused() -> None:
    config = OntograftConfig(encoder=BertConfig(**(TINY | {"hidden_size": 8})), num_labels=3)
    with pytest.raises(EncoderError, match="does not fit its configuration"):
        OntograftForSequenceClassification.from_encoder(BertModel(BertConfig(**TINY)), config)


def test_a_linear_solution_is_written_into_the_heads() -> None:
    model = build()
    solution = {
        "text_weight": torch.randn(3, 16),
        "bias": torch.randn(3),
        "closure_weight": torch.randn(6, 3),
        "graph_weight": torch.randn(3, 16),
    }
    model.set_linear_solution(**solution)
    assert torch.equal(model.text_head.weight, solution["text_weight"])
    assert torch.equal(model.text_head.bias, solution["bias"])
    assert torch.equal(model.closure_head.weight, solution["closure_weight"])
    assert torch.equal(model.graph_head.weight, solution["graph_weight"])


def test_a_linear_solution_that_does_not_fit_is_refused_and_changes_nothing() -> None:
    model = build(channels=["closure"])
    before = copy.deepcopy(model.state_dict())
    text = {"text_weight": torch.zeros(3, 16), "bias": torch.zeros(3)}
    with pytest.raises(ValueError, match="closure_weight must be given .* channels are: closure"):
        model.set_linear_solution(**text)
    with pytest.raises(
        ValueError, match="graph_weight must be given if, and only if, .*'graph' is"
    ):
        model.set_linear_solution(
            **text, closure_weight=torch.zeros(6, 3), graph_weight=torch.zeros(3, 16)
        )
    with pytest.raises(ValueError, match=r"closure_weight must have shape \(6, 3\), got \(3, 6\)"):
        model.set_linear_solution(**text, closure_weight=torch.zeros(3, 6))
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
