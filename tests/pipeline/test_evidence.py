from __future__ import annotations

import math
import threading

import numpy as np
import pytest
import torch

from ontograft.kg import Candidate, LabelKind, Mention
from ontograft.pipeline import Classifier
from ontograft.pipeline.evidence import ALL, NONE, Evidence, barring
from ontograft.pipeline.explanation import explain

from .explained import BASE, TEXT, Make


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


def test_without_a_retrieved_concept_by_the_formula(make_classifier: Make) -> None:
    classifier = make_classifier(retrieved=4, channels=["closure"])
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
