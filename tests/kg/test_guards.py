from __future__ import annotations

import pytest

from ontograft.kg.folding import fold
from ontograft.kg.guards import Guard, guard_of, is_shouting, passes, stop_words

STOP = stop_words("en")


@pytest.mark.parametrize(
    ("label", "guard"),
    [
        ("breast cancer", Guard.FREE),
        ("Huntington disease", Guard.FREE),
        ("HIV infection", Guard.FREE),
        ("McArdle", Guard.FREE),
        ("gout", Guard.SHORT),
        ("Flu", Guard.SHORT),
        ("ALS", Guard.CASED),
        ("vCJD", Guard.CASED),
        ("MEN 2A", Guard.CASED),
        ("COPD", Guard.CASED),
        ("IT", Guard.STOP),
        ("WAS", Guard.STOP),
        ("all", Guard.STOP),
        ("as well as", Guard.STOP),
        ("A", Guard.NEVER),
        ("2", Guard.NEVER),
        ("1.5", Guard.NEVER),
        ("癌", Guard.FREE),
    ],
)
def test_guard_of_a_label(label: str, guard: Guard) -> None:
    found, reason = guard_of(label, fold(label).text.strip(), STOP)
    assert found is guard
    assert bool(reason) == (guard in (Guard.STOP, Guard.NEVER))


def test_capitals_mean_nothing_where_all_is_in_capitals() -> None:
    assert is_shouting(["BREAST CANCER", "LUNG CANCER", "gout"])
    assert not is_shouting(["breast cancer", "COPD"])
    assert guard_of("ASTHMA", "asthma", STOP, shouting=True)[0] is Guard.FREE


@pytest.mark.parametrize(
    ("guard", "label", "text", "expected"),
    [
        (Guard.FREE, "asthma", "<ASTHMA>", True),
        (Guard.SHORT, "gout", "<Gout> is", True),
        (Guard.SHORT, "gout", "the <GOUT> x", False),
        (Guard.CASED, "ALS", "<ALS>", True),
        (Guard.CASED, "ALS", "<als>", False),
        (Guard.CASED, "AVM", "<AVMs>", True),
        (Guard.CASED, "IL-2", "<IL 2>", True),
        (Guard.STOP, "WAS", "boys with <WAS> bleed", True),
        (Guard.STOP, "WAS", "it <was> late", False),
        (Guard.STOP, "WAS", "IT <WAS> LATE", False),
        (Guard.STOP, "all", "for <ALL> of us", False),
        (Guard.NOUN, "Recht", "das deutsche <Recht> gilt", True),
        (Guard.NOUN, "Recht", "ganz <recht> so", False),
        (Guard.NOUN, "Recht", "Gut. <Recht> so", False),
        (Guard.NOUN, "Recht", "<Recht> so", False),
        (Guard.NEVER, "A", "<A>", False),
        (Guard.BARRED, "patient", "a <patient>", False),
        (Guard.ALONE, "breast cancer", "Keywords: <cancer, breast>; gout", True),
        (Guard.ALONE, "breast cancer", "<cancer, breast>", True),
        (Guard.ALONE, "breast cancer", "gout\n  <cancer, breast> \nacne", True),
        (Guard.ALONE, "breast cancer", "the <cancer, breast> feeding", False),
        (Guard.ALONE, "heart cancer", "of <cancer, heart> disease", False),
    ],
)
def test_what_a_guard_lets_pass(guard: Guard, label: str, text: str, expected: bool) -> None:
    start, end = text.index("<"), text.index(">") - 1
    text = text.replace("<", "").replace(">", "")
    assert passes(guard, label, text, start, end) is expected


def test_a_capital_makes_a_german_noun_of_a_stop_word() -> None:
    german = stop_words("de")
    assert guard_of("Recht", "recht", german, capital_nouns=True)[0] is Guard.NOUN
    assert guard_of("recht", "recht", german, capital_nouns=True)[0] is Guard.STOP
    assert guard_of("AG", "ag", german, capital_nouns=True)[0] is Guard.STOP


def test_stop_words_of_an_unknown_language() -> None:
    assert stop_words("tlh") == frozenset()
    assert "der" in stop_words("de-AT")
