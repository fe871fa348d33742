from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from ontograft.errors import SettingsError
from ontograft.kg import NIL, Linker, Mention, Overlay
from ontograft.pipeline import Classifier, LinkedOntology
from ontograft.pipeline.explanation import METHODS, explain

from .conftest import rows
from .explained import BASE, TEXT, Make, by_name

SEVERAL = [{**row, "label": [row["label"]]} for row in rows()]
MORE = [{**row, "label": [row["label"], "food"]} for row in rows()]
VALUES = [{**row, "label": 3.0 if row["label"] == "sweet" else -1.0} for row in rows()]


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


@pytest.mark.parametrize("text", ["", "nothing that is known"])
def test_a_text_without_a_concept_is_explained_honestly(linking: Classifier, text: str) -> None:
    found = explain(linking, text)
    assert found.effects == ()
    assert found.subgraph.nodes == ()
    assert found.without_knowledge.probabilities == pytest.approx(
        found.prediction.probabilities, abs=1e-6
    )


def test_plain_bert_has_no_concepts(make_classifier: Make) -> None:
    found = explain(make_classifier(channels=[]), TEXT)
    assert (found.effects, found.subgraph.nodes, found.subgraph.left_out) == ((), (), 0)
    assert found.prediction.label in {"sweet", "savoury"}


def test_of_several_labels_each_predicted_one_is_explained(make_classifier: Make) -> None:
    classifier = make_classifier("multi-label", MORE)
    found = explain(classifier, "a good apple from the garden")
    assert found.prediction.label == ("food", "sweet")
    apple = by_name(found)["apple"]
    assert [effect.label for effect in apple.labels] == ["food", "sweet"]
    for effect in apple.labels:
        assert effect.score == found.prediction.probabilities[effect.label]
        assert effect.score_without == apple.without.probabilities[effect.label]
    assert apple.strongest.label == "sweet"
    assert apple.change == apple.labels[1].change > 0


def test_where_no_label_is_predicted_the_likeliest_is_explained(make_classifier: Make) -> None:
    classifier = make_classifier("multi-label", SEVERAL)
    with torch.no_grad():
        classifier.model.text_head.bias.sub_(50.0)
    found = explain(classifier, "a good apple from the garden")
    assert found.prediction.label == ()
    assert [effect.label for effect in by_name(found)["apple"].labels] == ["sweet"]


def test_a_value_is_explained_by_what_it_would_be(make_classifier: Make) -> None:
    found = explain(make_classifier("regression", VALUES), "a good apple from the garden")
    apple = by_name(found)["apple"]
    (value,) = apple.labels
    assert value.label == "value"
    assert value.score == found.prediction.label
    assert value.score_without == apple.without.label
    assert apple.change > 0.05


def test_offsets_are_those_of_a_text_before_cleaning(make_classifier: Make) -> None:
    classifier = make_classifier(clean=True)
    marked, plain = "<p>a good ap<b>p</b>le &amp; a leek</p>", "a good apple & a leek"
    found, expected = explain(classifier, marked), explain(classifier, plain)
    assert [mention.text for mention in found.prediction.mentions] == ["ap<b>p</b>le", "leek"]
    for one, other in zip(found.effects, expected.effects, strict=True):
        assert (one.concept, one.mentions) == (other.concept, other.mentions)
        assert one.change == pytest.approx(other.change, abs=1e-5)


def test_an_unknown_method_is_refused(classifier: Classifier) -> None:
    with pytest.raises(
        SettingsError, match="unknown method 'guess'; choose one of: leave-one-concept-out"
    ):
        explain(classifier, TEXT, "guess")
    assert list(METHODS) == ["leave-one-concept-out"]


def test_nil_mentions_have_no_effect(classifier: Classifier, monkeypatch: Any) -> None:
    assert classifier.ontology is not None
    nil = Mention(0, 1, "a", NIL, "", 0.0, ())
    monkeypatch.setattr(classifier.ontology, "mentions", lambda texts: [(nil,)] * len(texts))
    found = explain(classifier, "a leek")
    assert found.prediction.mentions == (nil,)
    assert all(effect.mentions == () and effect.retrieved for effect in found.effects)
