from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ontograft.errors import QueryLimitError, SettingsError
from ontograft.kg import NIL, Candidate, LabelKind, Linker, Mention, Overlay
from ontograft.model import closure_bag
from ontograft.pipeline import Classifier, LinkedOntology, Project, fit
from ontograft.pipeline.evidence import ALL, NONE, Evidence, barring
from ontograft.pipeline.explanation import METHODS, Effect, Explanation, explain
from ontograft.pipeline.leave_one_out import subgraph

from .conftest import ONTOLOGY, rows, write_jsonl

BASE = "http://example.org/fruit/"
TEXT = "a good apple and a pippin from the garden, one leek and no carrot"
Make = Callable[..., Classifier]

SEVERAL = [{**row, "label": [row["label"]]} for row in rows()]
MORE = [{**row, "label": [row["label"], "food"]} for row in rows()]
VALUES = [{**row, "label": 3.0 if row["label"] == "sweet" else -1.0} for row in rows()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Callable[..., Path]:
    """Return a function that makes a model folder, once for the same settings."""
    base = tmp_path_factory.mktemp("project")
    (base / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    made: dict[str, Path] = {}

    def make(task: str = "single-label", content: Any = None, **knowledge: Any) -> Path:
        key = repr((task, content, knowledge))
        if key not in made:
            train = f"train{len(made)}.jsonl"
            write_jsonl(base / train, content or rows())
            settings = {
                "ontology": "fruit.ttl",
                "task": task,
                "corpus": {"train": train, "id": "id", "clean": knowledge.pop("clean", False)},
                "encoder": str(encoder_folder),
                "knowledge": knowledge,
                "training": {"epochs": 0},
                "output": f"model{len(made)}",
            }
            made[key] = fit(Project.of(settings, base=base)).folder
        return made[key]

    return make


@pytest.fixture
def make(folder: Callable[..., Path]) -> Make:
    """Return a function that loads a classifier, fresh for each test."""
    return lambda *args, **changes: Classifier.load(folder(*args, **changes))


def opened(classifier: Classifier) -> Classifier:
    """Return the classifier with the gate of its tokens channel open, so that it does something."""
    with torch.no_grad():
        for value in classifier.model.token_fusion.parameters():
            value.add_(0.3 * torch.sin(torch.arange(value.numel()).view_as(value) + 1.0))
        classifier.model.token_fusion.gate.fill_(2.0)
    return classifier


@pytest.fixture
def classifier(make: Make) -> Classifier:
    """Return a classifier with all channels at work."""
    return opened(make())


@pytest.fixture
def linking(make: Make) -> Classifier:
    """Return a classifier that retrieves nothing."""
    return opened(make(retrieved=0))


def by_name(explanation: Explanation) -> dict[str, Effect]:
    return {effect.label: effect for effect in explanation.effects}


def linked_otherwise(classifier: Classifier, overlay: Overlay) -> Classifier:
    """Return the same model with a linker that keeps to an overlay."""
    ontology = classifier.ontology
    assert ontology is not None
    graph = overlay.apply(ontology.graph)
    linker = Linker.build(graph, options=ontology.linker.options)
    linked = LinkedOntology(graph, linker, ontology.settings)
    return Classifier(replace(classifier.parts, ontology=linked))


@pytest.mark.parametrize(
    ("name", "words"),
    [("apple", ["apple", "pippin"]), ("leek", ["leek"]), ("carrot", ["carrot"])],
)
def test_without_a_concept_is_linking_anew_with_the_concept_forbidden(
    linking: Classifier, name: str, words: list[str]
) -> None:
    overlay = Overlay()
    for word in words:
        overlay.forbid(BASE + name, word, "en")
    expected = linked_otherwise(linking, overlay)(TEXT)[0]
    before = linking(TEXT)[0]
    effect = by_name(explain(linking, TEXT))[name]
    assert effect.without.label == expected.label
    assert effect.without.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    (changed,) = effect.labels
    assert changed.label == before.label
    assert changed.score == pytest.approx(before.probabilities[changed.label], abs=1e-6)
    assert changed.score_without == pytest.approx(expected.probabilities[changed.label], abs=1e-6)
    assert effect.change == changed.score - changed.score_without
    assert abs(effect.change) > 1e-3


def test_the_prediction_is_that_of_the_classifier(classifier: Classifier) -> None:
    found = explain(classifier, TEXT)
    expected = classifier(TEXT)[0]
    assert found.method == "leave-one-concept-out"
    assert found.prediction.label == expected.label
    assert found.prediction.mentions == expected.mentions
    assert found.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-6)


def test_without_knowledge_only_the_text_speaks(classifier: Classifier) -> None:
    nothing = Overlay()
    for word in ("apple", "pippin", "leek", "carrot"):
        nothing.forbid(None, word, "en")
    model = linked_otherwise(classifier, nothing)
    model.model.config.retrieved_concepts = 0
    expected = model(TEXT)[0]
    model.model.config.retrieved_concepts = 10
    assert explain(classifier, TEXT).without_knowledge.probabilities == pytest.approx(
        expected.probabilities, abs=1e-6
    )


def test_effects_name_their_mentions_and_come_strongest_first(classifier: Classifier) -> None:
    found = explain(classifier, TEXT)
    effects = by_name(found)
    said = {
        name: [found.prediction.mentions[place].text for place in effect.mentions]
        for name, effect in effects.items()
        if effect.mentions
    }
    assert said == {"apple": ["apple", "pippin"], "leek": ["leek"], "carrot": ["carrot"]}
    changes = [abs(effect.change) for effect in found.effects]
    assert changes == sorted(changes, reverse=True)
    assert len({effect.concept for effect in found.effects}) == len(found.effects)


def plain_logits(classifier: Classifier, text: str, barred: int) -> list[float]:
    """Return the logits of a text that links to nothing, by the formulas, in plain Python."""
    model, graph = classifier.model, classifier.graph
    assert graph is not None
    (document,), _ = classifier.encode([text])
    assert not document.links
    with torch.no_grad():
        output = model(**classifier.collator.collate([document], labels=False))
        vector = output.document_vectors[0]
    cosines = sorted(
        ((float(vector @ row), number) for number, row in enumerate(model.concepts.vectors)),
        reverse=True,
    )[: model.config.retrieved_concepts]
    (first, _), (last, _) = cosines[0], cosines[-1]
    bag: dict[int, float] = {}
    for cosine, number in cosines:
        if number == barred:
            continue
        weight = model.config.retrieval_weight * (cosine - last) / (first - last)
        above, steps = graph.closure([number])
        for ancestor, step in zip(above.tolist(), steps.tolist(), strict=True):
            bag[ancestor] = bag.get(ancestor, 0.0) + weight * classifier.collator.decay**step
    damped = {number: math.log1p(weight) for number, weight in bag.items()}
    length = math.sqrt(sum(value * value for value in damped.values()))
    logits = model.text_head(vector).detach()
    for number, value in damped.items():
        logits = logits + model.closure_head.weight[number].detach() * value / length
    return [float(value) for value in logits]


def test_without_a_retrieved_concept_by_the_formula(make: Make) -> None:
    classifier = make(retrieved=4, channels=["closure"])
    assert classifier.graph is not None
    text = "one more from the garden please"
    found = explain(classifier, text)
    assert len(found.effects) == 3  # the fourth is the yardstick
    for effect in found.effects:
        assert effect.retrieved
        assert effect.mentions == ()
        logits = plain_logits(classifier, text, classifier.graph.index(effect.concept))
        expected = np.exp(logits) / np.exp(logits).sum()
        assert list(effect.without.probabilities.values()) == pytest.approx(expected, abs=1e-5)
        assert abs(effect.change) > 1e-4


def test_a_concept_both_linked_and_retrieved_is_taken_away_altogether(
    classifier: Classifier,
) -> None:
    evidence = Evidence(classifier, TEXT)
    assert classifier.graph is not None
    apple = classifier.graph.index(BASE + "apple")
    both = set(evidence.linked) & set(evidence.retrieved)
    assert both
    variant = evidence.without(apple)
    assert variant.barred == apple
    assert apple not in {link.concept for link in variant.document.links}
    assert len(variant.document.links) == len(evidence.document.links) - 2
    for effect in explain(classifier, TEXT).effects:
        number = classifier.graph.index(effect.concept)
        assert effect.retrieved == (number in evidence.retrieved)
        assert bool(effect.mentions) == (number in evidence.linked)


def ambiguous() -> Mention:
    candidates = tuple(
        Candidate(BASE + name, name, LabelKind.PREFERRED, score, "exact")
        for name, score in (("pear", 0.8), ("plum", 0.4), ("onion", 0.2))
    )
    return Mention(2, 7, "apple", BASE + "pear", "pear", 0.8, candidates)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pear", {}),  # the mention is linked to nothing then
        ("plum", {"pear": 0.8 * 0.8 / 1.0, "onion": 0.8 * 0.2 / 1.0}),
        ("leek", {"pear": 0.8 * 0.8 / 1.2, "plum": 0.8 * 0.4 / 1.2}),
    ],
)
def test_candidates_of_an_ambiguous_mention(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch, name: str, expected: dict[str, float]
) -> None:
    assert classifier.ontology is not None
    settings = classifier.ontology.settings.model_copy(update={"candidates": 2})
    monkeypatch.setattr(classifier.ontology, "settings", settings)
    monkeypatch.setattr(
        classifier.ontology, "mentions", lambda texts: [(ambiguous(),)] * len(texts)
    )
    graph = classifier.ontology.graph
    evidence = Evidence(classifier, "a apple")
    assert set(evidence.linked) == {graph.index(BASE + "pear"), graph.index(BASE + "plum")}
    variant = evidence.without(graph.index(BASE + name))
    found = {graph.preferred_label(link.concept): link for link in variant.document.links}
    assert {key: link.score for key, link in found.items()} == pytest.approx(expected)
    places = {(link.start, link.end) for link in evidence.document.links}
    assert {(link.start, link.end) for link in found.values()} <= places


@pytest.mark.parametrize("text", ["", "nothing that is known"])
def test_a_text_without_a_concept_is_explained_honestly(linking: Classifier, text: str) -> None:
    found = explain(linking, text)
    assert found.effects == ()
    assert found.subgraph.nodes == ()
    assert found.without_knowledge.probabilities == pytest.approx(
        found.prediction.probabilities, abs=1e-6
    )


def test_plain_bert_has_no_concepts(make: Make) -> None:
    found = explain(make(channels=[]), TEXT)
    assert (found.effects, found.subgraph.nodes, found.subgraph.left_out) == ((), (), 0)
    assert found.prediction.label in {"sweet", "savoury"}


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


def test_of_several_labels_each_predicted_one_is_explained(make: Make) -> None:
    classifier = make("multi-label", MORE)
    found = explain(classifier, "a good apple from the garden")
    assert found.prediction.label == ("food", "sweet")
    apple = by_name(found)["apple"]
    assert [effect.label for effect in apple.labels] == ["food", "sweet"]
    for effect in apple.labels:
        assert effect.score == found.prediction.probabilities[effect.label]
        assert effect.score_without == apple.without.probabilities[effect.label]
    assert apple.strongest.label == "sweet"
    assert apple.change == apple.labels[1].change > 0


def test_where_no_label_is_predicted_the_likeliest_is_explained(make: Make) -> None:
    classifier = make("multi-label", SEVERAL)
    with torch.no_grad():
        classifier.model.text_head.bias.sub_(50.0)
    found = explain(classifier, "a good apple from the garden")
    assert found.prediction.label == ()
    assert [effect.label for effect in by_name(found)["apple"].labels] == ["sweet"]


def test_a_value_is_explained_by_what_it_would_be(make: Make) -> None:
    found = explain(make("regression", VALUES), "a good apple from the garden")
    apple = by_name(found)["apple"]
    (value,) = apple.labels
    assert value.label == "value"
    assert value.score == found.prediction.label
    assert value.score_without == apple.without.label
    assert apple.change > 0.05


def test_offsets_are_those_of_a_text_before_cleaning(make: Make) -> None:
    classifier = make(clean=True)
    marked, plain = "<p>a good ap<b>p</b>le &amp; a leek</p>", "a good apple & a leek"
    found, expected = explain(classifier, marked), explain(classifier, plain)
    assert [mention.text for mention in found.prediction.mentions] == ["ap<b>p</b>le", "leek"]
    for one, other in zip(found.effects, expected.effects, strict=True):
        assert (one.concept, one.mentions) == (other.concept, other.mentions)
        assert one.change == pytest.approx(other.change, abs=1e-5)


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


def test_an_unknown_method_is_refused(classifier: Classifier) -> None:
    with pytest.raises(
        SettingsError, match="unknown method 'guess'; choose one of: leave-one-concept-out"
    ):
        explain(classifier, TEXT, "guess")
    assert list(METHODS) == ["leave-one-concept-out"]


def test_another_thread_is_not_barred(classifier: Classifier) -> None:
    model = classifier.model
    documents = torch.nn.functional.normalize(torch.ones(1, 16))
    vectors = model.concepts.vectors

    def weight() -> float:
        return float(model.retrieval(documents, vectors).weight.sum())

    expected = weight()
    elsewhere: list[float] = []
    with barring(model.retrieval, torch.tensor([ALL])):
        assert weight() == 0
        thread = threading.Thread(target=lambda: elsewhere.append(weight()))
        thread.start()
        thread.join()
    with barring(model.retrieval, torch.tensor([NONE])):
        assert weight() == expected
    assert elsewhere == [expected]
    assert weight() == expected


def test_nil_mentions_have_no_effect(classifier: Classifier, monkeypatch: Any) -> None:
    assert classifier.ontology is not None
    nil = Mention(0, 1, "a", NIL, "", 0.0, ())
    monkeypatch.setattr(classifier.ontology, "mentions", lambda texts: [(nil,)] * len(texts))
    found = explain(classifier, "a leek")
    assert found.prediction.mentions == (nil,)
    assert all(effect.mentions == () and effect.retrieved for effect in found.effects)
