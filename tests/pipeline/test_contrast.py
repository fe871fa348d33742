from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch import Tensor
from torch.nn import functional

from ontograft.errors import RunError, SettingsError
from ontograft.pipeline import Project, building, contrast, fit
from ontograft.pipeline.contrast import Pairing, concept_bags, contrast_loss, draw_together
from ontograft.pipeline.linear_solution import LinearSolution
from ontograft.pipeline.preparation import Prepared, prepare
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.vectors import frozen_vectors

from .training_runs import SMALL, assert_same_weights, interrupted, unlabelled, weights

Make = Callable[..., Project]
CONTRAST = {**SMALL, "contrast_epochs": 2}
LOWER = "encoder.encoder.layer.0.attention.self.query.weight"
"""In a layer that fine-tuning leaves as it is."""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of texts be enough."""
    monkeypatch.setattr(contrast, "FEWEST_PAIRS", 8)
    monkeypatch.setattr(contrast, "PAIRS", 8)


@pytest.fixture
def better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a probe on pre-trained vectors never be worse."""
    monkeypatch.setattr(building, "worse", lambda *_, **__: False)


def prepared_of(project: Project) -> Prepared:
    return prepare(project, LogReporter())


def test_bags_hold_concepts_and_ancestors_by_how_rare_they_are(make_project: Make) -> None:
    prepared = prepared_of(make_project())
    assert prepared.ontology is not None
    graph = prepared.ontology.graph
    bags = concept_bags(graph, prepared.train).toarray()
    found = [
        {ancestor for link in document.links for ancestor in above(graph, link.concept)}
        for document in prepared.train
    ]
    expected = np.zeros_like(bags)
    for row, concepts in enumerate(found):
        for concept in concepts:
            holding = sum(concept in others for others in found)
            expected[row, concept] = math.log((1 + len(found)) / (1 + holding))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(bags, expected, atol=1e-6)


def above(graph: Any, concept: int) -> list[int]:
    pointer, ancestor, _ = graph.closure_csr
    return ancestor[pointer[concept] : pointer[concept + 1]].tolist()  # type: ignore[no-any-return]


def test_partners_are_the_nearest_by_concepts() -> None:
    rows = np.array([[1, 0, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [0, 0, 0], [0, 0, 1]])
    pairing = Pairing.of(csr_matrix(rows))
    assert pairing.rows.tolist() == [0, 1, 2]  # the fourth has no concept, the fifth no like
    assert pairing.partners[:, :3].tolist() == [[1, 2, -1], [2, 0, -1], [1, 0, -1]]
    every = np.arange(5)
    cosines = rows @ rows.T
    np.testing.assert_array_equal(pairing.alike(every, every), cosines > 0.5)


def test_of_equally_near_texts_the_first_are_partners() -> None:
    pairing = Pairing.of(csr_matrix(np.ones((9, 1))))
    assert pairing.partners[0].tolist() == [1, 2, 3, 4, 5]
    assert pairing.partners[8].tolist() == [0, 1, 2, 3, 4]


def test_an_epoch_shows_each_text_once_beside_a_partner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "PAIRS", 4)
    groups = np.eye(3)[np.arange(12) % 3]
    pairing = Pairing.of(csr_matrix(groups))
    batches = list(pairing.epoch(np.random.default_rng(0)))
    first, second = (np.concatenate(side) for side in zip(*batches, strict=True))
    assert sorted(first.tolist()) == list(range(12))
    assert (first % 3 == second % 3).all()
    assert (first != second).all()
    again = [batch for batch, _ in pairing.epoch(np.random.default_rng(1))]
    assert np.concatenate(again).tolist() != first.tolist()


def test_the_loss_is_that_of_the_formula() -> None:
    generator = torch.Generator().manual_seed(0)
    texts, partners = (torch.randn(4, 6, generator=generator) for _ in range(2))
    alike = torch.zeros(4, 4, dtype=torch.bool)
    alike[0, 2] = alike[2, 0] = alike[1, 1] = True
    alike[3, 0] = True
    cosine = functional.cosine_similarity(texts[:, None], partners[None], dim=2)
    expected = 0.0
    for near, hidden in ((cosine, alike), (cosine.T, alike.T)):
        for i in range(4):
            powers = {
                j: math.exp(float(near[i, j]) / 0.05)
                for j in range(4)
                if j == i or not hidden[i, j]
            }
            expected -= math.log(powers[i] / sum(powers.values())) / 8
    assert float(contrast_loss(texts, partners, alike)) == pytest.approx(expected, rel=1e-4)


def gap(vectors: np.ndarray[Any, Any], pairing: Pairing) -> float:
    """Return how much nearer texts that are alike lie than others."""
    every = np.arange(len(vectors))
    alike = pairing.alike(every, every)
    near = vectors @ vectors.T
    return float(near[alike & ~np.eye(len(every), dtype=bool)].mean() - near[~alike].mean())


@pytest.mark.usefixtures("few")
def test_texts_that_share_concepts_are_drawn_together(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrast, "RATE", 1e-2)
    prepared = prepared_of(make_project())
    assert prepared.ontology is not None
    before = frozen_vectors(prepared.encoder, prepared.train)
    pairing = Pairing.of(concept_bags(prepared.ontology.graph, prepared.train))
    learner = draw_together(prepared.encoder, prepared.train, pairing, epochs=40, seed=0)
    after = frozen_vectors(learner, prepared.train)
    assert gap(after, pairing) > gap(before, pairing) + 0.2
    # The encoder that was given stays as it was.
    np.testing.assert_array_equal(frozen_vectors(prepared.encoder, prepared.train), before)


@pytest.mark.usefixtures("few")
def test_a_loss_that_is_not_finite_stops_the_run(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path / "cache"))
    prepared = prepared_of(make_project())
    with torch.no_grad():
        next(iter(prepared.encoder.parameters())).fill_(float("nan"))
    with pytest.raises(RunError, match="pre-training became nan at step 1: look for odd weights"):
        contrast.contrasted(prepared, epochs=1, reporter=LogReporter())


def parameters(encoder: Any) -> Tensor:
    return torch.cat([value.detach().flatten() for value in encoder.parameters()])


@pytest.mark.usefixtures("few")
def test_which_texts_are_labelled_plays_no_part(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepared_of(make_project())
    half = replace(prepared, train=prepared.train[::2], unlabelled=prepared.train[1::2])
    found = []
    for number, one in enumerate((prepared, half)):
        monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path / str(number)))
        found.append(contrast.contrasted(one, epochs=1, reporter=LogReporter()))
    first, second = (parameters(one.encoder) for one in found if one is not None)
    assert torch.equal(first, second)
    assert not torch.equal(first, parameters(prepared.encoder))


def test_of_many_texts_some_are_drawn(monkeypatch: pytest.MonkeyPatch, make_project: Make) -> None:
    monkeypatch.setattr(contrast, "MOST_TEXTS", 5)
    documents = prepared_of(make_project()).train
    drawn = [[one.tokens.tolist() for one in contrast._drawn(documents, seed=n)] for n in (0, 0, 1)]
    assert len(drawn[0]) == 5
    assert drawn[0] == drawn[1] != drawn[2]


def test_with_few_texts_nothing_is_done(make_project: Make) -> None:
    result = fit(make_project(training=CONTRAST))
    assert result.metrics["probe"]["contrast"] is False
    assert result.metrics["probe"]["contrast_scores"] is None


@pytest.mark.usefixtures("few", "better")
def test_a_better_encoder_is_kept(make_project: Make, tmp_path: Path) -> None:
    result = fit(make_project(training=CONTRAST), output=tmp_path / "with")
    probe = result.metrics["probe"]
    assert probe["contrast"] is True
    assert probe["contrast_scores"][1] == probe["score"]
    without = fit(make_project(training={**SMALL, "contrast_epochs": 0}), output=tmp_path / "plain")
    assert not np.array_equal(weights(result.folder)[LOWER], weights(without.folder)[LOWER])
    assert "Contrastive pre-training | kept" in (result.folder / "README.md").read_text()
    assert result.classifier()("an apple")[0].label == "sweet"


@pytest.mark.usefixtures("few")
def test_an_encoder_that_is_no_better_is_not_kept(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "worse", lambda *_, **__: True)
    notes: list[str] = []
    monkeypatch.setattr(LogReporter, "note", lambda _, message: notes.append(message))
    result = fit(make_project(training=CONTRAST), output=tmp_path / "tried")
    assert any("contrastive pre-training does not help here" in note for note in notes)
    without = fit(make_project(training={**SMALL, "contrast_epochs": 0}), output=tmp_path / "plain")
    assert_same_weights(result.folder, without.folder)
    assert result.metrics["probe"]["contrast_scores"][0] == result.metrics["probe"]["score"]
    assert "Contrastive pre-training | tried, not kept" in (result.folder / "README.md").read_text()


@pytest.mark.usefixtures("few")
def test_without_labelled_texts_it_is_kept_where_the_ontology_suits(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "worse", lambda *_, **__: True)  # there is nothing to tell by
    corpus = unlabelled(tmp_path) | {"train": None}
    result = fit(make_project(corpus=corpus), output=tmp_path / "with")
    probe = result.metrics["probe"]
    assert (probe["knowledge"], probe["contrast"], probe["contrast_scores"]) == (True, True, None)
    plain = make_project(corpus=corpus, training={"contrast_epochs": 0})
    without = fit(plain, output=tmp_path / "plain")
    assert not np.array_equal(weights(result.folder)[LOWER], weights(without.folder)[LOWER])
    assert "Contrastive pre-training | done; there was no" in (
        result.folder / "README.md"
    ).read_text(encoding="utf-8")


@pytest.mark.usefixtures("few")
def test_where_knowledge_does_not_help_nothing_is_drawn_together(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = building.solve_probe

    def useless(*args: Any, **kwargs: Any) -> LinearSolution:
        return replace(solve(*args, **kwargs), knowledge=False, text_score=1.0)

    plain = fit(make_project(training=SMALL, knowledge={"channels": []}), output=tmp_path / "plain")
    monkeypatch.setattr(building, "solve_probe", useless)
    monkeypatch.setattr(contrast, "draw_together", None)
    result = fit(make_project(training=CONTRAST), output=tmp_path / "grafted")
    assert result.metrics["probe"]["contrast_scores"] is None
    # Trained on the text alone, with the encoder as it was found.
    found, expected = weights(result.folder), weights(plain.folder)
    assert set(found) == set(expected)
    np.testing.assert_array_equal(found[LOWER], expected[LOWER])


@pytest.mark.usefixtures("few", "better")
def test_a_resumed_run_ends_as_if_it_had_never_stopped(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit(make_project(training=CONTRAST), output=tmp_path / "whole")
    interrupted(make_project(training=CONTRAST), monkeypatch, step=5)
    monkeypatch.setattr(contrast, "draw_together", None)  # what was learnt is kept
    resumed = fit(make_project(training=CONTRAST), resume=True)
    assert_same_weights(resumed.folder, whole.folder)
    assert resumed.metrics == whole.metrics


@pytest.mark.parametrize(
    "training",
    [
        {"epochs": 0},
        {"frozen_layers": -1},
        {"lora": {"rank": 2}},
        {"start": "random"},
        {"contrast_epochs": 0},
    ],
)
@pytest.mark.usefixtures("few", "better")
def test_an_encoder_that_is_to_stay_as_it_is_does(
    make_project: Make, training: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrast, "draw_together", None)
    result = fit(make_project(training=training))
    assert not result.metrics.get("probe", {}).get("contrast")


@pytest.mark.parametrize("training", [{"epochs": 0}, {"lora": {"rank": 2, "merge": True}}])
@pytest.mark.usefixtures("few", "better")
def test_but_it_learns_where_that_is_asked_for(
    make_project: Make, training: dict[str, Any]
) -> None:
    result = fit(make_project(training={**training, "contrast_epochs": 1}))
    assert result.metrics["probe"]["contrast"] is True
    assert result.classifier()("an apple")[0].label == "sweet"


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"lora": {"rank": 2}}, "contrast_epochs: changes the encoder.*set lora.merge to true"),
        ({"start": "random"}, "contrast_epochs: whether it helps is told by the linear probe"),
    ],
)
def test_what_does_not_go_with_it_is_refused(
    make_project: Make, training: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        make_project(training={**training, "contrast_epochs": 1})


def test_epochs_may_be_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "PAIRS", 4)
    pairing = Pairing.of(csr_matrix(np.eye(3)[np.arange(12) % 3]))
    assert contrast.num_steps(pairing, epochs=1.0) == 3
    assert contrast.num_steps(pairing, epochs=0.4) == 1
    assert len(list(islice(pairing.epoch(np.random.default_rng(0)), 9))) == 3
