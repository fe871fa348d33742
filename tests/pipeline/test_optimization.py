from __future__ import annotations

import pytest
import torch
from torch import nn

from ontograft.pipeline.optimization import make_optimizer, parameter_groups, part_of
from ontograft.pipeline.sampling import LengthGroups
from ontograft.pipeline.schedule import Pace, resolve_pace
from ontograft.pipeline.settings import TrainingSettings
from ontograft.pipeline.training_settings import LoraSettings


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("encoder.layer.0.output.dense.weight", "encoder"),
        ("text_head.bias", "heads"),
        ("closure_head.weight", "heads"),
        ("graph_head.weight", "heads"),
        ("concept_attention.beta", "grafts"),
        ("token_fusion.gate", "grafts"),
    ],
)
def test_parameters_are_known_by_name(name: str, part: str) -> None:
    assert part_of(name) == part


def test_groups_have_their_own_pace_and_vectors_do_not_decay() -> None:
    model = nn.ModuleDict({"encoder": nn.Linear(2, 2), "text_head": nn.Linear(2, 1)})
    frozen = nn.Linear(1, 1).requires_grad_(False)
    model["gate"] = frozen
    groups = parameter_groups(model, Pace(1, 1e-5, 1e-4, 1e-3, 0), weight_decay=0.1)
    assert [(group["lr"], group["weight_decay"]) for group in groups] == [
        (1e-5, 0.0),
        (1e-5, 0.1),
        (1e-4, 0.0),
        (1e-4, 0.1),
    ]


@pytest.mark.parametrize("name", ["adamw", "adafactor", "sgd"])
def test_optimizers_take_a_step(name: str) -> None:
    parameter = nn.Parameter(torch.ones(2, 2))
    optimizer = make_optimizer(name, [{"params": [parameter], "lr": 0.1, "weight_decay": 0.0}])
    parameter.sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    assert float(parameter.detach().sum()) < 4


def test_auto_depends_on_the_number_of_texts_a_label() -> None:
    few = resolve_pace(TrainingSettings(), num_documents=230, num_labels=23)
    many = resolve_pace(TrainingSettings(), num_documents=3000, num_labels=23)
    assert few.encoder < many.encoder
    assert few.epochs > many.epochs


@pytest.mark.parametrize("num_documents", [230, 3000])
def test_adapters_learn_ten_times_as_fast_and_heads_as_ever(num_documents: int) -> None:
    plain, adapted = (
        resolve_pace(settings, num_documents=num_documents, num_labels=23)
        for settings in (TrainingSettings(), TrainingSettings(lora=LoraSettings(rank=8)))
    )
    assert adapted.encoder == 10 * plain.encoder
    assert adapted.heads == plain.heads
    assert (adapted.epochs, adapted.grafts) == (plain.epochs, plain.grafts)


def test_what_is_given_is_not_touched() -> None:
    settings = TrainingSettings(
        epochs=1.5,
        learning_rate=1e-6,
        head_learning_rate=1e-2,
        graft_learning_rate=1e-1,
        contrast_epochs=0.5,
    )
    expected = Pace(1.5, 1e-6, 1e-2, 1e-1, 0.5)
    assert resolve_pace(settings, num_documents=10, num_labels=2) == expected


def test_without_labelled_texts_nothing_is_fine_tuned() -> None:
    settings = TrainingSettings(epochs=1.5, contrast_epochs=2)
    pace = resolve_pace(settings, num_documents=0, num_labels=2)
    assert (pace.epochs, pace.contrast) == (0, 2)  # which texts share concepts needs no label


LENGTHS = [number % 17 for number in range(103)]


def test_every_document_comes_once_in_batches_of_like_length() -> None:
    order = list(LengthGroups(LENGTHS, batch_size=8, seed=0))
    assert sorted(order) == list(range(103))
    batches = [order[first : first + 8] for first in range(0, 103, 8)]
    spread = [max(LENGTHS[n] for n in batch) - min(LENGTHS[n] for n in batch) for batch in batches]
    assert max(spread) <= 2


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    sampler = LengthGroups(LENGTHS, batch_size=8, seed=0)
    first = list(sampler)
    torch.rand(5)
    assert list(sampler) == first
    sampler.epoch = 1
    assert list(sampler) != first
    assert list(LengthGroups(LENGTHS, batch_size=8, seed=1)) != first


def test_an_order_of_nothing() -> None:
    assert list(LengthGroups([], batch_size=8, seed=0)) == []
