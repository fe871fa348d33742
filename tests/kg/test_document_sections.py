from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg import Mention, Section, place_mentions, section_spans


def names(text: str) -> list[str]:
    return [section.name for section in section_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BACKGROUND: A b. METHODS: C d. RESULTS: E.", ["background", "methods", "results"]),
        ("Background: A b.\nMethods: C d.", ["background", "methods"]),
        ("A title. Objective: to see.", ["objectives"]),
        ("RESULTS - We saw. CONCLUSIONS \u2013 So it is.", ["results", "conclusions"]),
        ("Intro text\n\nMethods\nWe did.\n\nResults\nWe saw.", ["methods", "results"]),
        ("1. Introduction\nA\n2.1 Patients and Methods\nB", ["introduction", "methods"]),
        ("II. RESULTS\r\nA\r\nDiscussion:\r\nB", ["results", "discussion"]),
        ("## Results\nA\n### Our Own Heading ###\nB", ["results", "our own heading"]),
        ("**Results:** We saw.\n__Conclusion__\nSo.", ["results", "conclusions"]),
        ("MEASUREMENTS AND MAIN RESULTS: We saw.", ["measurements and main results"]),
        ("DESIGN/SETTING: A clinic.", ["design/setting"]),
        ("Past Medical History: asthma.\nPlan:\nrest", ["past medical history", "plan"]),
        ("Familienanamnese: Asthma.\nMaterial und Methoden\nA", ["familienanamnese", "methoden"]),
        ("  Methods:\n  We did.", ["methods"]),
    ],
)
def test_headings(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No headings here.",
        "The results: a table. The methods were good.",
        "These are our results: five.",
        "Screening methods: a review.",
        "results\nof this kind",
        "We describe\nmethods\nof old",
        "Results were good - methods too.",
        "It was so. Results - good ones - came.",
        "Medication:problem pairs",
        "#1 problem\n#tag",
        "Aspirin: 5 mg.\n1. Aspirin\n2. Rest",
        "DNA: a molecule. HIV: a virus.",
        "Methods" + " and so on" * 10 + ": done",
    ],
)
def test_what_is_no_heading(text: str) -> None:
    assert names(text) == []


def test_sections_reach_to_the_next_heading() -> None:
    text = "Title.\nMETHODS: We did. RESULTS: We saw."
    first, second = section_spans(text)
    assert (first.start, first.end) == (text.index("METHODS"), text.index("RESULTS"))
    assert second == Section("results", text.index("RESULTS"), len(text))


def mention(text: str, name: str) -> Mention:
    start = text.index(name)
    return Mention(start, start + len(name), name, "x", "x", 1.0, ())


def test_mentions_know_their_section() -> None:
    text = "On gout. METHODS: In asthma. RESULTS: In flu."
    mentions = [mention(text, name) for name in ("gout", "asthma", "flu")]
    placed = place_mentions(text, mentions)
    assert [item.section for item in placed] == ["", "methods", "results"]
    assert [item.text for item in placed] == ["gout", "asthma", "flu"]


def test_without_headings_mentions_stay_as_they_are() -> None:
    text = "On gout."
    mentions = [mention(text, "gout")]
    assert place_mentions(text, mentions) == mentions
    assert place_mentions("METHODS: none.", []) == []


PIECES = ["Methods", "RESULTS", ":", " ", "\n", "# ", "- ", "1. ", "and ", ". ", "x", "\u2013", "*"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_sections_lie_one_after_the_other(text: str) -> None:
    sections = section_spans(text)
    ends = [*(section.start for section in sections[1:]), len(text)]
    assert [section.end for section in sections] == ends[: len(sections)]
    assert all(section.start < section.end and section.name for section in sections)
    assert all(not text[section.start].isspace() for section in sections)


@pytest.mark.slow
@pytest.mark.parametrize("piece", [":", ": ", " -", "\n", "Methods:\n", "# a\n", "RESULTS - "])
def test_time_is_in_proportion_to_the_length(piece: str) -> None:
    from time import process_time

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = process_time()
        section_spans(text)
        return process_time() - start

    assert seconds(400_000) < 10 * seconds(100_000) + 1  # quadratic time would be minutes
