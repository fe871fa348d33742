from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ontograft.pipeline.label_prior import LabelNames
from ontograft.pipeline.linear_solution import LinearSolution
from ontograft.pipeline.probe_features import ProbeFeatures, unit_rows
from ontograft.pipeline.probe_from_names import probe_from_names, suits

LABELS = np.eye(3, 8, dtype=np.float32)
NAMES = LabelNames(LABELS, concept_vectors=LABELS)


def texts(
    *, wrong: bool = False, linked: float = 1.0, noise: float = 0.7
) -> tuple[ProbeFeatures, np.ndarray]:
    """Return texts around the names of their labels, with the concept of their label, or not so."""
    generator = np.random.default_rng(0)
    y = generator.integers(0, 3, 600)
    text = unit_rows((LABELS[y] + noise * generator.normal(size=(600, 8))).astype(np.float32))
    bags = csr_matrix(np.eye(3, dtype=np.float32)[generator.permutation(y) if wrong else y])
    return ProbeFeatures(text, bags, linked=generator.random(600) < linked), y


def right(solution: LinearSolution, features: ProbeFeatures, truth: np.ndarray) -> float:
    return float((solution.logits(features).argmax(axis=1) == truth).mean())


def test_an_ontology_that_says_what_the_texts_say_helps() -> None:
    features, y = texts()
    grafted = probe_from_names(NAMES, features, optional_knowledge=True)
    alone = probe_from_names(NAMES, features.alone(), optional_knowledge=True)
    assert grafted.knowledge
    assert right(grafted, features, y) > right(alone, features.alone(), y) + 0.05


@pytest.mark.parametrize(("wrong", "linked"), [(True, 1.0), (False, 0.3)])
def test_with_an_ontology_that_does_not_suit_the_result_is_that_of_the_text(
    wrong: bool, linked: float
) -> None:
    features, _ = texts(wrong=wrong, linked=linked)
    grafted = probe_from_names(NAMES, features, optional_knowledge=True)
    alone = probe_from_names(NAMES, features.alone(), optional_knowledge=True)
    assert not grafted.knowledge
    np.testing.assert_array_equal(grafted.logits(features), alone.logits(features.alone()))
    assert grafted.closure_weight is not None
    assert grafted.closure_weight.shape == (3, 3)
    kept = probe_from_names(NAMES, features, optional_knowledge=False)
    assert kept.knowledge
    assert kept.closure_weight is not None
    assert kept.closure_weight.any()


def test_labels_that_stand_for_concepts_need_no_texts_to_agree() -> None:
    features, _ = texts(wrong=True, linked=0.1)
    half, fewer = np.diag([1.0, 1.0, 0.0]), np.diag([1.0, 0.0, 0.0])
    assert suits(replace(NAMES, aligned=half), features)
    assert not suits(replace(NAMES, aligned=fewer), features)
    assert suits(NAMES, features.alone())


def test_more_is_learnt_than_the_names_say() -> None:
    # A word that goes with a label, though the label's name has nothing of it.
    features, y = texts(noise=1.0)
    word = np.zeros((len(y), 8), dtype=np.float32)
    word[:, 7] = 3 * (y == 0)
    text = unit_rows(features.text + word)
    alone = ProbeFeatures(text)
    names = LabelNames(LABELS)
    learnt = probe_from_names(names, alone, optional_knowledge=True)
    by_names = (names.prior(alone).logits(alone).argmax(axis=1) == y).mean()
    assert right(learnt, alone, y) > by_names + 0.02
    assert learnt.text_weight[0, 7] > 0 > learnt.text_weight[1:, 7].max()


def test_names_and_texts_are_needed() -> None:
    features, _ = texts()
    for names, more in ((None, features), (NAMES, None)):
        with pytest.raises(ValueError, match="needs names and unlabelled texts"):
            probe_from_names(names, more, optional_knowledge=True)
