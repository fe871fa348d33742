"""The classifier in training: the terms of the loss, what is dropped, what learns."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from ontograft.errors import RunError
from ontograft.model import objective

from .classifiers import OBJECTIVE, batch, build, logits, without_knowledge


def test_training_without_any_link_gives_every_parameter_a_gradient() -> None:
    model = build(objective=OBJECTIVE, concept_dropout=0.5).train()
    model.set_anchor()
    model(**without_knowledge()).loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


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
