"""The classifier as a whole: what documents get, alone and in batches."""

from functools import partial

import pytest
import torch

from ontograft.model import closure_bag, mean_pool, pool_in_parts, unit

from .classifiers import GRAPH, alone, batch, build, logits, without_knowledge


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


def test_setting_knowledge_that_no_channel_uses_does_nothing() -> None:
    model = build(channels=[])
    model.set_concept_vectors(torch.zeros(6, 16))
    model.set_graph(*GRAPH)
    assert model.config.num_edges is None


def test_scaled_logits_are_a_multiple_of_what_they_were() -> None:
    model = build()
    before = logits(model, batch())
    model.scale_logits(0.25)
    torch.testing.assert_close(logits(model, batch()), before * 0.25)
