from __future__ import annotations

import json

import pytest

from ontograft.pipeline.link_scores import MATCHES, EndToEnd, LinkError, Tally


def test_the_shares_follow_from_the_counts() -> None:
    scores = EndToEnd(predicted=8, right=6, gold=20, found=5)
    assert scores.precision == 0.75
    assert scores.recall == 0.25
    assert scores.f1 == pytest.approx(2 * 0.75 * 0.25 / (0.75 + 0.25))


def test_without_predictions_or_gold_the_shares_are_0() -> None:
    scores = EndToEnd(predicted=0, right=0, gold=0, found=0)
    assert (scores.precision, scores.recall, scores.f1) == (0.0, 0.0, 0.0)


def tally() -> Tally:
    found = Tally(documents=2, composites=3, composites_whole=1)
    found.gold.update({"identical": 4, "paraphrase": 2, "not expressible": 2})
    found.predicted.update({"identical": 5, "not expressible": 1})
    found.ranked.update({("identical", 1): 3, ("identical", 5): 4, ("identical", 20): 4})
    found.ranked["paraphrase", 20] = 1
    found.ways.update({"exact": 2, "reordered": 4})
    found.right_ways.update({"exact": 1, "reordered": 3})
    found.right["identical", "exact"] = found.found["identical", "exact"] = 3
    found.errors.append(LinkError("d", "missed", 0, 3, "flu", "paraphrase", gold_rank=17))
    return found


def test_slices_add_up_their_relations() -> None:
    scores = tally().scores()
    assert scores.all.mentions == 8
    assert scores.all.end_to_end["exact"] == EndToEnd(6, 3, 8, 3)
    assert scores.expressible.mentions == 6
    assert scores.expressible.end_to_end["exact"] == EndToEnd(5, 3, 6, 3)
    assert scores.by_relation["paraphrase"].end_to_end["exact"] == EndToEnd(0, 0, 2, 0)
    assert scores.all.end_to_end["overlapping"].right == 0
    assert scores.expressible.accuracy == scores.expressible.candidate_recall(1) == 3 / 6
    assert scores.expressible.candidate_recall(5) == 4 / 6
    assert scores.expressible.candidate_recall(20) == 5 / 6
    assert scores.f1 == pytest.approx(2 * 3 / (6 + 8))


def test_the_figures_are_json() -> None:
    scores = tally().scores()
    figures = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert figures["expressible_share"] == 0.75
    assert figures["composites"] == {"mentions": 3, "whole": 1}
    assert figures["errors"] == {"missed": 1}
    assert figures["by_relation"]["identical"]["accuracy_at_1"] == 0.75
    assert list(figures["by_way"]) == ["reordered", "exact"]
    assert figures["by_way"]["exact"] == {"links": 2, "right": 1, "precision": 0.5}
    assert set(figures["all"]["end_to_end"]) == {match.replace(" ", "_") for match in MATCHES}
    assert figures["all"]["candidate_recall"] == {"1": 3 / 8, "5": 4 / 8, "20": 5 / 8}
    assert json.loads(json.dumps(scores.errors[0].as_dict())) == {
        "document": "d",
        "reason": "missed",
        "start": 0,
        "end": 3,
        "text": "flu",
        "relation": "paraphrase",
        "iri": "",
        "label": "",
        "score": 0.0,
        "right_concept": False,
        "gold": None,
        "gold_rank": 17,
    }
