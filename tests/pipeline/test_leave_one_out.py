from __future__ import annotations

import pytest
import torch

from ontograft.errors import QueryLimitError
from ontograft.model import closure_bag
from ontograft.pipeline import Classifier
from ontograft.pipeline.evidence import Evidence
from ontograft.pipeline.explanation import explain
from ontograft.pipeline.leave_one_out import subgraph

from .explained import BASE, TEXT


def test_the_subgraph_reaches_up_to_the_roots(linking: Classifier) -> None:
    found = explain(linking, TEXT).subgraph
    roles = {node.label: node.role for node in found.nodes}
    assert roles == {
        "apple": "mentioned",
        "leek": "mentioned",
        "carrot": "mentioned",
        "fruit": "ancestor",
        "vegetable": "ancestor",
        "plant": "ancestor",
    }
    short = {(e.source.removeprefix(BASE), e.target.removeprefix(BASE)) for e in found.edges}
    assert short == {
        ("apple", "fruit"),
        ("carrot", "vegetable"),
        ("fruit", "plant"),
        ("leek", "vegetable"),
        ("vegetable", "plant"),
    }
    assert {edge.relation for edge in found.edges} == {"broader"}
    assert found.left_out == 0


def test_nodes_weigh_what_the_closure_channel_gives_them(linking: Classifier) -> None:
    assert linking.graph is not None
    decay, score = linking.collator.decay, {"apple": 0.0, "leek": 0.0, "carrot": 0.0}
    for link in Evidence(linking, TEXT).document.links:
        score[linking.graph.preferred_label(link.concept)] += link.score
    assert score["apple"] > score["leek"] > 0  # an apple and a pippin
    raw = {
        **score,
        "fruit": score["apple"] * decay,
        "vegetable": (score["leek"] + score["carrot"]) * decay,
        "plant": sum(score.values()) * decay**2,
    }
    weights = torch.tensor(list(raw.values()))
    bag = closure_bag(weights, torch.zeros(len(raw), dtype=torch.long), num_documents=1)
    expected = dict(zip(raw, bag.tolist(), strict=True))
    nodes = explain(linking, TEXT).subgraph.nodes
    assert {node.label: node.weight for node in nodes} == pytest.approx(expected, abs=1e-6)
    order = [(-node.weight, node.concept) for node in nodes]
    assert order == sorted(order)


def test_a_large_subgraph_is_cut_to_the_strongest(classifier: Classifier) -> None:
    evidence = Evidence(classifier, TEXT)
    whole = subgraph(evidence)
    cut = subgraph(evidence, most=3)
    assert cut.nodes == whole.nodes[:3]
    assert cut.left_out == len(whole.nodes) - 3
    kept = {node.concept for node in cut.nodes}
    assert all({edge.source, edge.target} <= kept for edge in cut.edges)
    assert sum(node.weight**2 for node in whole.nodes) == pytest.approx(1)


def test_retrieved_concepts_are_in_the_subgraph(classifier: Classifier) -> None:
    nodes = explain(classifier, "one more from the garden please").subgraph.nodes
    assert "retrieved" in {node.role for node in nodes}
    assert "mentioned" not in {node.role for node in nodes}


def test_many_concepts_are_left_out_in_batches_of_bounded_size(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ontograft.pipeline import evidence

    whole = explain(classifier, TEXT)
    monkeypatch.setattr(evidence, "MAX_BATCH_TOKENS", 60)
    sizes: list[int] = []
    hook = classifier.model.encoder.register_forward_pre_hook(
        lambda _, __, options: sizes.append(options["input_ids"].numel()), with_kwargs=True
    )
    parts = explain(classifier, TEXT)
    hook.remove()
    assert max(sizes) <= 60
    assert [effect.concept for effect in parts.effects] == [e.concept for e in whole.effects]
    for one, other in zip(parts.effects, whole.effects, strict=True):
        assert one.change == pytest.approx(other.change, abs=1e-6)


def test_a_text_that_takes_too_long_to_explain_is_refused(classifier: Classifier) -> None:
    with pytest.raises(
        QueryLimitError, match=r"would read its \d+ tokens \d+ times.*at most 50 .*: explain a part"
    ):
        explain(classifier, TEXT, most_tokens=50)
    assert explain(classifier, TEXT, most_tokens=100_000).effects
