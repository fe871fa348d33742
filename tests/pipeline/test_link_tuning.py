from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from ontograft.data import GoldDocument, GoldMention
from ontograft.errors import SettingsError
from ontograft.kg import (
    NIL,
    Candidate,
    Concept,
    KnowledgeGraph,
    Label,
    LabelKind,
    Lexicon,
    LinkerOptions,
    Mention,
)
from ontograft.kg.trust import WAY_TRUST
from ontograft.pipeline.link_tuning import (
    Tuning,
    decide_anew,
    read_option,
    tune_links,
    with_option,
)

GRAPH = KnowledgeGraph([Concept("x:flu", labels=(Label(LabelKind.PREFERRED, "en", "flu"),))])
LEXICON = Lexicon.build(GRAPH)
GRIDS = {"threshold": (0.5, 0.7, 0.9), "trust.head": (0.0, 1.0)}


class ScoreLinker:
    """Finds each number in a text that is at least the threshold; it is the mention's score."""

    def __init__(self, options: LinkerOptions) -> None:
        self.lexicon = LEXICON
        self.options = options

    def __call__(self, text: str) -> list[Mention]:
        return [
            Mention(*match.span(), match.group(), "x:flu", "flu", score, (candidate,))
            for match in re.finditer(r"0\.\d+", text)
            if (score := float(match.group())) >= self.options.threshold
            for candidate in [Candidate("x:flu", "flu", LabelKind.PREFERRED, score, "exact")]
        ]

    def candidates(self, text: str, start: int, end: int) -> tuple[Candidate, ...]:
        raise AssertionError(f"tuning asks for what is linked, not for {text[start:end]!r}")


def document(text: str, *right: str) -> GoldDocument:
    mentions = []
    for number in right:
        start = text.index(number)
        mentions.append(GoldMention(start, start + len(number), number, frozenset({"x:flu"})))
    return GoldDocument(text, text, tuple(mentions))


def tune(gold: Sequence[GoldDocument], *, threshold: float = 0.5, folds: int = 2) -> Tuning:
    return tune_links(
        GRAPH,
        gold,
        ScoreLinker,
        GRIDS,
        generator=np.random.default_rng(0),
        base=LinkerOptions(threshold=threshold),
        folds=folds,
    )


def test_the_options_with_the_best_f1_are_chosen() -> None:
    tuning = tune([document("0.6 and 0.8 and 0.95", "0.8", "0.95")] * 6)
    assert tuning.options == tuning.chosen == LinkerOptions(threshold=0.7)
    assert tuning.helps
    assert (tuning.before.predicted, tuning.before.right) == (18, 12)
    assert tuning.after.f1 == tuning.held_out.f1 == 1.0
    assert tuning.held_out.gold == 12  # each document is held out once


def test_of_equal_options_the_present_one_stays() -> None:
    gold = [document("0.95", "0.95")] * 4
    assert tune(gold, threshold=0.7).chosen == LinkerOptions(threshold=0.7)


def test_options_that_are_no_better_on_held_out_documents_are_not_used() -> None:
    # Either document asks for what harms the other.
    low = document("0.6 0.65 0.55 0.95", "0.6", "0.65", "0.55", "0.95")
    high = document("0.6 0.61 0.62 0.63 0.64 0.8 0.95", "0.95")
    tuning = tune([low, high], threshold=0.7)
    assert tuning.held_out.f1 < tuning.before.f1
    assert not tuning.helps
    assert tuning.chosen != tuning.options == LinkerOptions(threshold=0.7)


def test_the_result_does_not_depend_on_chance() -> None:
    gold = [document(f"0.6 0.8 0.9{n}", *(["0.8"] if n % 3 else ["0.6"])) for n in range(9)]
    assert tune(gold, folds=3) == tune(gold, folds=3)


def test_the_texts_are_linked_a_few_times_only() -> None:
    linked: list[LinkerOptions] = []

    def relink(options: LinkerOptions) -> ScoreLinker:
        linked.append(options)
        return ScoreLinker(options)

    gold = [document("0.6 0.8", "0.8")] * 4
    generator = np.random.default_rng(0)
    tuning = tune_links(GRAPH, gold, relink, GRIDS, generator=generator, folds=2)
    # Generously, for each fold, as it was, as it will be.
    assert len(linked) == 5
    assert linked[0] == LinkerOptions(threshold=0.5, trust={"head": 1.0})
    assert tuning.tried == 5  # thresholds 0.5, 0.7 and 0.9, and at 0.7 two more for the trust


def mention(start: int, end: int, score: float, way: str) -> Mention:
    candidate = Candidate("x:flu", "flu", LabelKind.PREFERRED, score, way)
    return Mention(start, end, "f" * (end - start), "x:flu", "flu", score, (candidate,))


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (LinkerOptions(similar=0.6), [(0, 9), (10, 12), (20, 25)]),
        (LinkerOptions(similar=0.65), [(0, 9), (10, 12)]),
        (LinkerOptions(), [(0, 9), (10, 12)]),
        (LinkerOptions(threshold=0.75), [(0, 9)]),
        (LinkerOptions(trust={"head": 0.4}), [(0, 9)]),
        (LinkerOptions(trust={"extended": 0.0}), [(3, 9), (10, 12)]),
        (LinkerOptions(trust={"exact": 0.0}), [(0, 9), (10, 12)]),
        (LinkerOptions(trust={"exact": 0.0, "extended": 0.0}), [(10, 12)]),
    ],
)
def test_other_options_leave_a_part_of_the_mentions(
    options: LinkerOptions, left: list[tuple[int, int]]
) -> None:
    found = [
        mention(0, 9, 0.8, "extended"),
        mention(3, 9, 1.0, "exact")._replace(nested=True),
        mention(10, 12, 0.7, "head"),
        mention(20, 25, 0.62, "similar"),
        mention(30, 35, 0.9, "exact")._replace(iri=NIL),
    ]
    generous = LinkerOptions(similar=0.6)
    kept = decide_anew(found, generous, options)
    assert [(one.start, one.end) for one in kept if not one.nested] == left


@pytest.mark.parametrize(("folds", "documents"), [(1, 4), (5, 4), (2, 0)])
def test_too_few_documents_are_refused(folds: int, documents: int) -> None:
    message = f"tuning with {folds} folds takes at least 2 folds and a document for each, got"
    with pytest.raises(SettingsError, match=message):
        tune([document("0.8", "0.8")] * documents, folds=folds)


@pytest.mark.parametrize(
    "name", ["treshold", "threshold.head", "trust.heads", "nested", "__class__"]
)
def test_a_grid_of_no_option_is_refused(name: str) -> None:
    message = f"the linker has no option {name!r} to tune; choose one of: threshold, similar, trust"
    with pytest.raises(SettingsError, match=message):
        read_option(LinkerOptions(), name)
    with pytest.raises(SettingsError, match="no option 'treshold' to tune"):
        tune_links(
            GRAPH,
            [document("0.8")] * 2,
            ScoreLinker,
            {"treshold": (1,)},
            generator=np.random.default_rng(0),
            folds=2,
        )


def test_an_option_is_read_and_changed_by_name() -> None:
    changed = with_option(LinkerOptions(), "threshold", 0.75)
    assert read_option(changed, "threshold") == 0.75
    assert changed == LinkerOptions(threshold=0.75)
    trusting = with_option(with_option(changed, "trust.head", 0.9), "trust.dense", 0.0)
    assert read_option(trusting, "trust.head") == 0.9
    assert read_option(changed, "trust.head") == WAY_TRUST["head"]
    assert trusting == LinkerOptions(threshold=0.75, trust={"head": 0.9, "dense": 0.0})


def test_the_result_is_json() -> None:
    import json

    figures = json.loads(json.dumps(tune([document("0.6 0.8", "0.8")] * 4).as_dict()))
    assert figures["options"]["threshold"] == 0.7
    assert figures["held_out"]["f1"] == 1.0
    assert set(figures) == {"options", "chosen", "before", "after", "held_out", "tried"}
