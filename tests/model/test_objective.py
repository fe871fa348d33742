"""The terms of the loss against plain rewrites of their formulas."""

import math

import pytest
import torch
from torch import Tensor

from ontograft.model import OntograftConfig, objective, unit

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = torch.randn(4, 3, generator=GENERATOR)
TEXT_LOGITS = torch.randn(4, 3, generator=GENERATOR)
STATES = torch.randn(5, 6, generator=GENERATOR)
LABELS = torch.tensor([2, 0, 1, 1])


def test_cross_entropy_is_the_mean_of_the_log_losses() -> None:
    losses = [-math.log(LOGITS[i].softmax(0)[LABELS[i]].item()) for i in range(4)]
    assert objective.cross_entropy(LOGITS, LABELS).item() == pytest.approx(sum(losses) / 4)


def test_cross_entropy_weighs_classes_and_means_over_documents() -> None:
    weights = [0.5, 2.0, 1.0]
    losses = [
        -weights[int(LABELS[i])] * math.log(LOGITS[i].softmax(0)[LABELS[i]].item())
        for i in range(4)
    ]
    result = objective.cross_entropy(LOGITS, LABELS, class_weights=weights)
    assert result.item() == pytest.approx(sum(losses) / 4)


def test_cross_entropy_smooths_labels() -> None:
    losses = []
    for i in range(4):
        targets = torch.full((3,), 0.1)
        targets[LABELS[i]] += 0.7
        losses.append(-(targets * LOGITS[i].log_softmax(0)).sum().item())
    result = objective.cross_entropy(LOGITS, LABELS, label_smoothing=0.3)
    assert result.item() == pytest.approx(sum(losses) / 4)


def test_documents_without_a_label_are_left_out() -> None:
    labels = torch.tensor([2, -100, 1, -100])
    expected = objective.cross_entropy(LOGITS[[0, 2]], labels[[0, 2]])
    torch.testing.assert_close(objective.cross_entropy(LOGITS, labels), expected)
    assert objective.cross_entropy(LOGITS, torch.full((4,), -100)).item() == 0


def test_bce_is_its_formula() -> None:
    labels = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
    weights, total = [0.5, 2.0, 1.0], 0.0
    for i in range(4):
        for k in range(3):
            target = labels[i, k].item() * 0.8 + 0.1
            p = LOGITS[i, k].sigmoid().item()
            total -= weights[k] * (target * math.log(p) + (1 - target) * math.log(1 - p))
    result = objective.bce(LOGITS, labels, class_weights=weights, label_smoothing=0.2)
    assert result.item() == pytest.approx(total / 12)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_mse_is_the_mean_squared_error(shape: tuple[int, ...]) -> None:
    labels = torch.tensor([1.0, 2.0, 3.0, 4.0])
    expected = sum((LOGITS[i, 0].item() - labels[i].item()) ** 2 for i in range(4)) / 4
    assert objective.mse(LOGITS[:, :1], labels.view(shape)).item() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("problem_type", "labels", "name"),
    [
        ("single_label_classification", LABELS, "cross_entropy"),
        ("multi_label_classification", torch.ones(4, 3), "bce"),
        ("regression", torch.ones(4, 3), "mse"),
    ],
)
def test_the_problem_type_chooses_the_term(problem_type: str, labels: Tensor, name: str) -> None:
    config = OntograftConfig(num_labels=3, problem_type=problem_type)
    terms = objective.task_term(LOGITS, labels, config=config)
    assert list(terms) == [name]
    assert name in objective.TASK_TERMS
    torch.testing.assert_close(terms[name], getattr(objective, name)(LOGITS, labels))


def test_consistency_is_the_divergence_of_the_predictions() -> None:
    expected = 0.0
    for i in range(4):
        text, full = TEXT_LOGITS[i].softmax(0), LOGITS[i].softmax(0)
        expected += (text * (text / full).log()).sum().item() / 4
    result = objective.consistency(TEXT_LOGITS, LOGITS, problem_type="single_label_classification")
    assert result.item() == pytest.approx(expected)


def test_consistency_of_several_labels_is_the_mean_over_labels() -> None:
    p, q = TEXT_LOGITS.sigmoid(), LOGITS.sigmoid()
    expected = (p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()).mean()
    result = objective.consistency(TEXT_LOGITS, LOGITS, problem_type="multi_label_classification")
    torch.testing.assert_close(result, expected)


def test_consistency_of_numbers_is_the_squared_difference() -> None:
    result = objective.consistency(TEXT_LOGITS, LOGITS, problem_type="regression")
    torch.testing.assert_close(result, (TEXT_LOGITS - LOGITS).square().mean())


@pytest.mark.parametrize(
    "problem_type", ["single_label_classification", "multi_label_classification", "regression"]
)
def test_consistency_of_equal_predictions_is_zero(problem_type: str) -> None:
    result = objective.consistency(LOGITS, LOGITS, problem_type=problem_type)
    assert result.item() == pytest.approx(0.0, abs=1e-7)


def test_contrast_leaves_other_right_answers_aside() -> None:
    scores = torch.tensor([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0], [0.5, 0.1, 0.2]])
    target, group = torch.tensor([0, 2, 1]), torch.tensor([7, 7, 3])
    result = objective.contrast(scores, target, group)
    e = math.exp
    expected = [
        -math.log(e(1) / (e(1) + e(2))),  # answer 2 is right for the same question
        -math.log(e(1) / (e(1) + e(0))),  # and so is answer 0
        -math.log(e(0.1) / (e(0.5) + e(0.1) + e(0.2))),
    ]
    assert result.tolist() == pytest.approx(expected)


def plain_relation_term(relation: Tensor, edges: list[tuple[int, int, int]]) -> float:
    states, losses = unit(STATES), []
    for s, r, t in edges:
        others = {b for a, q, b in edges if (a, q) == (s, r)} - {t}
        powers = {
            u: math.exp((states[s] * relation[r] * states[u]).sum().item() / 0.05)
            for u in range(5)
            if u not in others
        }
        losses.append(-math.log(powers[t] / sum(powers.values())))
    return sum(losses) / len(losses)


def test_relation_prediction_is_its_formula_and_leaves_inverses_out() -> None:
    term = objective.RelationPrediction(num_relations=2, width=6)
    torch.nn.init.normal_(term.relation)
    edges = [(0, 0, 1), (0, 0, 2), (3, 1, 4), (2, 1, 0)]
    columns = torch.tensor([*edges, (1, 2, 0), (4, 3, 3)])
    result = term(STATES, columns[:, [0, 2]].T, columns[:, 1])
    assert result.item() == pytest.approx(plain_relation_term(term.relation.detach(), edges))


def test_relation_prediction_asks_only_so_many_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objective, "MAX_QUESTIONS", 2)
    term = objective.RelationPrediction(num_relations=2, width=6)
    edges = torch.tensor([(0, 0, 1), (0, 0, 2), (2, 1, 0), (3, 1, 4)])
    # Of the questions (0, 0), (2, 1) and (3, 1), every second one is asked.
    kept = edges[[0, 1, 3]]
    expected = term(STATES, kept[:, [0, 2]].T, kept[:, 1])
    result = term(STATES, edges[:, [0, 2]].T, edges[:, 1])
    torch.testing.assert_close(result, expected)


def test_relation_prediction_without_edges_is_zero() -> None:
    term = objective.RelationPrediction(num_relations=2, width=6)
    none = torch.zeros(2, 0, dtype=torch.long), torch.zeros(0, dtype=torch.long)
    for states in (STATES, STATES[:0]):
        result = term(states, *none)
        assert result.item() == 0
        result.backward()


def test_alignment_is_its_formula() -> None:
    mentions = torch.randn(3, 6, generator=torch.Generator().manual_seed(4))
    node, mention = torch.tensor([4, 1, 4]), torch.tensor([8, 8, 9])
    score = torch.tensor([0.5, 0.25, 1.0])
    total = 0.0
    for i in range(3):
        right = {int(node[j]) for j in range(3) if mention[j] == mention[i]} - {int(node[i])}
        powers = {
            c: math.exp((unit(mentions[i]) @ unit(STATES[c])).item() / 0.05) for c in {1, 4} - right
        }
        total -= score[i].item() * math.log(powers[int(node[i])] / sum(powers.values()))
    result = objective.alignment(mentions, STATES, node=node, mention=mention, score=score)
    assert result.item() == pytest.approx(total / 1.75, abs=1e-6)


def test_alignment_without_links_is_zero() -> None:
    none = torch.zeros(0, dtype=torch.long)
    mentions = torch.zeros(0, 6, requires_grad=True)
    result = objective.alignment(mentions, STATES, node=none, mention=none, score=torch.zeros(0))
    assert result.item() == 0
    result.backward()  # type: ignore[no-untyped-call]


def test_anchor_is_half_the_squared_distance() -> None:
    now, then = (
        [torch.tensor([1.0, 2.0]), torch.tensor([[3.0]])],
        [torch.zeros(2), torch.ones(1, 1)],
    )
    assert objective.anchor(now, then).item() == pytest.approx((1 + 4 + 4) / 2)
