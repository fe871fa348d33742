"""The classifier as a whole: what documents get, alone and in batches."""

import copy
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    MPNetConfig,
    PreTrainedConfig,
    RobertaConfig,
)

from ontograft.errors import EncoderError, RunError
from ontograft.model import (
    OntograftConfig,
    OntograftForSequenceClassification,
    closure_bag,
    mean_pool,
    objective,
    pool_in_parts,
    unit,
    with_inverses,
)

TINY: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 20,
}
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


def test_logits_are_the_sum_of_the_heads() -> None:
    model, inputs = build(channels=["closure", "graph"]), batch()
    with torch.no_grad():
        output = model(**inputs)
        hidden = model.encoder(inputs["input_ids"], inputs["attention_mask"]).last_hidden_state
        v = unit(mean_pool(hidden, inputs["attention_mask"], inputs["window_document"], 3))
        entries = inputs["closure_document"], inputs["closure_weight"]
        b = torch.zeros(3, 6)
        places = (entries[0], inputs["concept_ids"][inputs["closure_node"]])
        b[places] = closure_bag(entries[1], entries[0], num_documents=3)
        states = model.concepts.graph_encoder(model.concepts.vectors, *GRAPH)[places[1]]
        p, attention = model.concept_attention(v, states, *entries)
        expected = model.text_head(v) + b @ model.closure_head.weight + model.graph_head(p)
    torch.testing.assert_close(output.logits, expected)
    torch.testing.assert_close(output.document_vectors, v)
    torch.testing.assert_close(output.concept_attention, attention)


def test_without_channels_it_is_plain_bert_with_a_linear_head() -> None:
    model, inputs = build(channels=[]), batch()
    names = {name.split(".")[0] for name in model.state_dict()}
    assert names == {"encoder", "text_head"}
    text = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    hidden = model.encoder(**text).last_hidden_state
    v = unit(mean_pool(hidden, text["attention_mask"], torch.arange(4), 4))
    torch.testing.assert_close(logits(model, text), model.text_head(v).detach())


@pytest.mark.parametrize(
    ("channels", "parts"),
    [
        (["closure"], {"closure_head"}),
        (["graph"], {"concepts", "concept_attention", "graph_head"}),
        (["tokens"], {"concepts", "token_fusion"}),
    ],
)
def test_a_channel_that_is_off_has_no_parameters(channels: list[str], parts: set[str]) -> None:
    model = build(channels=channels)
    assert {name.split(".")[0] for name in model.state_dict()} == {"encoder", "text_head"} | parts
    assert logits(model, batch()).shape == (3, 3)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_document_alone_is_the_document_in_a_batch(number: int) -> None:
    model = build()
    in_batch = logits(model, batch())[number]
    torch.testing.assert_close(logits(model, alone(number))[0], in_batch, atol=1e-5, rtol=0)


def test_without_gradients_windows_are_encoded_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, inputs = build(), batch()
    del inputs["labels"]
    windows: list[int] = []
    model.encoder.register_forward_pre_hook(
        lambda _, __, options: windows.append(len(options["input_ids"])), with_kwargs=True
    )
    expected = model(**inputs).logits  # with gradients: all windows at once
    in_parts = partial(pool_in_parts, max_tokens=12)
    monkeypatch.setattr("ontograft.model.classifier.pool_in_parts", in_parts)
    torch.testing.assert_close(logits(model, inputs), expected.detach())
    assert windows == [4, 2, 2]


def test_the_order_of_the_nodes_does_not_matter() -> None:
    model, inputs = build().train(), batch()
    order = torch.tensor([2, 0, 3, 1])
    place = order.argsort()
    moved = inputs | {"concept_ids": inputs["concept_ids"][order]}
    moved |= {name: place[inputs[name]] for name in ("edge_index", "closure_node", "link_node")}
    model.encoder.eval()  # no dropout, yet the subgraph of the batch is encoded
    torch.testing.assert_close(logits(model, moved), logits(model, inputs))


def test_documents_without_any_link_work_and_are_knowledge_free() -> None:
    model = build()
    output = model(**without_knowledge())
    plain = build(channels=[])
    plain.load_state_dict(model.state_dict(), strict=False)
    torch.testing.assert_close(output.logits, plain(**without_knowledge()).logits)
    assert output.concept_attention.shape == (0,)


def test_training_without_any_link_gives_every_parameter_a_gradient() -> None:
    model = build(objective=OBJECTIVE, concept_dropout=0.5).train()
    model.set_anchor()
    model(**without_knowledge()).loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_an_absent_closure_entry_has_no_effect() -> None:
    model, inputs = build(), batch()
    more = inputs | {
        "closure_document": torch.cat((inputs["closure_document"], torch.tensor([2]))),
        "closure_node": torch.cat((inputs["closure_node"], torch.tensor([3]))),
        "closure_weight": torch.cat((inputs["closure_weight"], torch.tensor([0.0]))),
    }
    assert torch.equal(logits(model, more), logits(model, inputs))


def test_documents_beyond_the_last_window_may_be_counted() -> None:
    inputs = batch()
    del inputs["labels"]
    result = build()(**inputs, num_documents=4)
    assert result.logits.shape == (4, 3)
    assert result.loss is None
    assert build()(**inputs).logits.shape == (3, 3)


@pytest.mark.parametrize(
    "encoder",
    [
        BertConfig(**TINY),
        RobertaConfig(**TINY),
        MPNetConfig(**TINY),
        DistilBertConfig(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=32),
    ],
    ids=lambda config: str(config.model_type),
)
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


def test_in_evaluation_the_graph_is_looked_up_and_edges_are_not_needed() -> None:
    model, inputs = build(), batch()
    expected = logits(model, inputs)
    del inputs["edge_index"], inputs["edge_type"]
    assert torch.equal(logits(model, inputs), expected)
    with pytest.raises(ValueError, match="need edge_index, which was not given"):
        model.train()(**inputs)


@pytest.mark.parametrize("name", ["concept_ids", "closure_weight", "link_token_end"])
def test_an_array_that_a_channel_needs_is_asked_for(name: str) -> None:
    inputs = batch()
    del inputs[name]
    with pytest.raises(ValueError, match=f"need {name}, which was not given"):
        build()(**inputs)


def test_text_is_asked_for() -> None:
    with pytest.raises(ValueError, match="needs input_ids .* got neither"):
        build()(labels=torch.tensor([1]))


def test_embeddings_may_stand_for_tokens_and_foreign_options_are_let_be() -> None:
    model, inputs = build(), batch()
    expected = logits(model, inputs)
    embedded = model.get_input_embeddings()(inputs.pop("input_ids"))
    with torch.no_grad():
        result = model(**inputs, inputs_embeds=embedded, output_attentions=None, return_dict=True)
    torch.testing.assert_close(result.logits, expected)


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


def test_setting_knowledge_that_no_channel_uses_does_nothing() -> None:
    model = build(channels=[])
    model.set_concept_vectors(torch.zeros(6, 16))
    model.set_graph(*GRAPH)
    assert model.config.num_edges is None


def test_the_loss_is_the_weighted_sum_of_its_terms() -> None:
    model = build(objective=OBJECTIVE).train()
    model.set_anchor()
    with torch.no_grad():
        next(model.encoder.parameters()).add_(0.1)
    output = model(**batch())
    assert list(output.loss_terms) == [
        "cross_entropy",
        "consistency",
        "graph",
        "alignment",
        "anchor",
    ]
    expected = output.loss_terms["cross_entropy"]
    for name, weight in OBJECTIVE.items():
        assert output.loss_terms[name] > 0
        expected = expected + weight * output.loss_terms[name]
    torch.testing.assert_close(output.loss, expected)


def test_terms_with_weight_zero_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build().train()
    for name in ("consistency", "alignment", "anchor"):
        monkeypatch.setattr(objective, name, None)  # a call would fail
    assert not hasattr(model, "relation_prediction")
    assert list(model(**batch()).loss_terms) == ["cross_entropy"]


def test_in_evaluation_the_loss_is_that_of_the_task() -> None:
    model, inputs = build(objective=OBJECTIVE, concept_dropout=0.9), batch()
    output = model(**inputs)
    assert list(output.loss_terms) == ["cross_entropy"]
    expected = functional.cross_entropy(output.logits, inputs["labels"])
    torch.testing.assert_close(output.loss, expected)
    assert torch.equal(logits(model, inputs), logits(model, inputs))


def test_the_anchor_term_asks_for_an_anchor() -> None:
    model = build(objective={"anchor": 1.0}).train()
    with pytest.raises(RunError, match=r"call set_anchor\(\) before training"):
        model(**batch())


def test_the_anchor_is_not_saved() -> None:
    model = build(objective={"anchor": 1.0})
    before = set(model.state_dict())
    model.set_anchor()
    assert set(model.state_dict()) == before


def test_concepts_are_dropped_only_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []

    def record(weights: Tensor, *, share: float) -> Tensor:
        shares.append(share)
        return weights * 0

    monkeypatch.setattr("ontograft.model.classifier.drop_entries", record)
    model = build(concept_dropout=0.3)
    logits(model, batch())
    assert shares == []
    model.train()(**batch())
    assert shares == [0.3]
    build(concept_dropout=0.0).train()(**batch())
    assert shares == [0.3]


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ({}, torch.tensor([2, 0, 1])),
        (
            {"problem_type": "multi_label_classification"},
            torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]),
        ),
        ({"problem_type": "regression", "num_labels": 1}, torch.tensor([0.5, -2.0, 3.0])),
    ],
    ids=["single-label", "multi-label", "regression"],
)
def test_a_few_documents_are_learnt_exactly(options: dict[str, Any], labels: Tensor) -> None:
    model = build(**options).train()
    inputs = batch() | {"labels": labels}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.03)
    for _ in range(60):
        model(**inputs).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    result = logits(model.eval(), inputs)
    if model.config.problem_type == "regression":
        torch.testing.assert_close(result.squeeze(1), labels, atol=0.3, rtol=0)
    elif labels.ndim == 2:
        assert torch.equal((result > 0).float(), labels)
    else:
        assert torch.equal(result.argmax(1), labels)


def test_all_parameters_learn_once_the_gates_are_open() -> None:
    model = build(objective=OBJECTIVE).train()
    model.set_anchor()
    model(**batch()).loss.backward()
    still = [name for name, value in model.named_parameters() if not value.grad.any()]
    assert [name for name in still if not name.startswith("encoder.")] == []


def test_scaled_logits_are_a_multiple_of_what_they_were() -> None:
    model = build()
    before = logits(model, batch())
    model.scale_logits(0.25)
    torch.testing.assert_close(logits(model, batch()), before * 0.25)
