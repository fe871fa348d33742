"""Each case writes its mentions in brackets; what it expects is one string for each of them."""

from __future__ import annotations

import json
import os
import pickle
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg import Assertion, KnowledgeGraph, Linker, Mention, assert_mentions

from .marking import marked, read, said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No evidence of [asthma] was found.", ["negated"]),
        ("There was no clinical or radiological sign of [asthma].", ["negated"]),
        ("The absence of [asthma] in patients with [COPD]", ["negated", ""]),
        ("[Asthma] was excluded.", ["negated"]),
        ("[Asthma] has been ruled out.", ["negated"]),
        ("[HIV]-negative patients with [asthma]", ["negated", ""]),
        ("[Hepatitis B]: negative.", ["negated"]),
        ("non-[asthma] controls", ["negated"]),
        ("patients without [asthma] who had [COPD]", ["negated", ""]),
        ("neither [asthma] nor [COPD]", ["negated", "negated"]),
        ("[asthma], but not [COPD]", ["", "negated"]),
        ("[cancer]-free survival", ["negated"]),
        ("free of [cancer]", ["negated"]),
        ("The patient did not have [asthma].", ["negated"]),
        ("He didn't develop [asthma].", ["negated"]),
        ("None of the 30 patients had [asthma].", ["negated"]),
        ("no patient developed [asthma] or [COPD].", ["negated", "negated"]),
        ("No case of [asthma] was seen.", ["negated"]),
        ("[Asthma] did not develop.", ["negated"]),
        ("[asthma] (AST) was not found", ["negated"]),
        ("[Fever] and [cough] were absent.", ["negated", "negated"]),
        ("[Fever], [cough] and [asthma] were not observed.", ["negated"] * 3),
        ("She denies [fever], [cough], [asthma].", ["negated"] * 3),
        ("no [fever], chills or [asthma]", ["negated", "negated"]),
        ("no [acquired immunodeficiency syndrome] ([AIDS]) or [asthma]", ["negated"] * 3),
        ("a septal defect rather than a [cyst]", ["negated"]),
        ("No evidence\nof [asthma]", ["negated"]),
        ("(NO [ASTHMA])", ["negated"]),
    ],
)
def test_what_english_denies(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no increase in [asthma]",
        "no effect of treatment on [asthma]",
        "not only [asthma]",
        "gram negative [sepsis]",
        "treated without difficulty; [asthma]",
        "without difficulty [asthma] was treated",
        "no longer [asthma]",
        "patients with and without [asthma]",
        "the presence or absence of [asthma]",
        "no [asthma] drug",
        "no [cancer] patients died",
        "no [AIDS]-related deaths",
        "The cause of [asthma] was not found.",
        "In [asthma], a response was not observed.",
        "Treatment was not effective in [asthma].",
        "X did not cause [asthma].",
        "No fever, but [asthma].",
        "There was no fever. [Asthma] was found.",
        "There were no complications, and the drug controls [asthma].",
        "without treatment, [asthma] grows worse",
        "no abnormalities (see [asthma])",
        "[Asthma] fulfils no criterion",
        "[Asthma] was not found to be a cause.",
        "the absence of criteria for what constitutes [asthma]",
        "the notion of [asthma]",
        "patients with free [edema]",
        "relapse-free patients with [asthma]",
    ],
)
def test_what_only_looks_like_a_denial(text: str) -> None:
    assert read(text) == [""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a history of [asthma]", ["historical"]),
        ("No history\r\nof [asthma]", ["negated historical"]),
        ("Past medical history: [asthma], [COPD] and [stroke]. Now [fever].", ["historical"] * 3),
        ("patients with previous [stroke] and [asthma]", ["historical", ""]),
        ("[stroke] 3 years earlier", ["historical"]),
        ("s/p [stroke]", ["historical"]),
        ("H/O [stroke]", ["historical"]),
        ("h o [stroke]", [""]),
        ("the natural history of [asthma]", [""]),
        ("a 2-year history of [asthma]", [""]),
        ("prior to [asthma]", [""]),
        ("previous [cancer] treatment", [""]),
        ("the risk of [stroke]", ["hypothetical"]),
        ("susceptibility to [asthma] and [COPD]", ["hypothetical", "hypothetical"]),
        ("[breast cancer] risk", ["hypothetical"]),
        ("rule out [pneumonia]", ["hypothetical"]),
        ("[Pneumonia] cannot be excluded.", ["hypothetical"]),
        ("[Pneumonia] was suspected.", ["hypothetical"]),
        ("if [asthma] develops, call; [fever] is rare", ["hypothetical", ""]),
        ("to determine if [asthma] is common", [""]),
        ("should the patient develop [asthma]", ["hypothetical"]),
        ("should [asthma] develop", ["hypothetical"]),
        ("a family history of [stroke]", ["family"]),
        ("no family history of [stroke]", ["negated family"]),
        ("His mother had [asthma] and his father died of [stroke].", ["family", "family"]),
        ("[stroke] in his mother", ["family"]),
        ("the mother and her [asthma]", [""]),
        ("Family history: [stroke], [asthma]. Plan: treat [fever].", ["family", "family", ""]),
        ("family history of [stroke] or risk of [asthma]", ["family", "hypothetical"]),
    ],
)
def test_what_english_says_of_other_times_and_people(text: str, expected: list[str]) -> None:
    found = read(text)
    assert found[: len(expected)] == expected
    assert found[len(expected) :] == [""] * (len(found) - len(expected))


def test_another_language_affirms_all() -> None:
    assert Assertion.for_language("fr") is None
    assert read("no evidence of [asthme]", "fr") == [""]


def test_a_language_is_read_once() -> None:
    assert Assertion.for_language("en-GB") is Assertion.for_language("en")


def nested(text: str, *names: str) -> list[Mention]:
    mentions = [
        Mention(text.index(name), text.index(name) + len(name), name, "x", "x", 1.0, ())
        for name in names
    ]
    return sorted(mentions, key=lambda mention: (mention.start, -mention.end))


def test_a_nested_mention_is_marked_with_the_one_around_it() -> None:
    text = "without lung cancer or asthma"
    mentions = nested(text, "lung cancer", "cancer", "asthma")
    assert [said(mention) for mention in assert_mentions(text, mentions, "en")] == ["negated"] * 3
    text = "small cell lung cancer was excluded"
    mentions = nested(text, "small cell lung cancer", "cell", "lung cancer")
    assert [said(mention) for mention in assert_mentions(text, mentions, "en")] == ["negated"] * 3


def test_a_prefix_denies_what_follows_it_inside_a_mention() -> None:
    text = "a non-Hodgkin lymphoma"
    mentions = nested(text, "non-Hodgkin lymphoma", "Hodgkin lymphoma", "lymphoma")
    found = assert_mentions(text, mentions, "en")
    assert [said(mention) for mention in found] == ["", "negated", ""]


def test_a_trigger_that_is_part_of_a_mention_marks_nothing() -> None:
    text = "congenital absence of kidney asthma"
    mentions = nested(text, "congenital absence of kidney", "kidney")
    assert [said(mention) for mention in assert_mentions(text, mentions, "en")] == ["", ""]


def test_only_polarity_and_senses_change() -> None:
    text, (mention,) = marked("no history of [asthma]")
    mention = mention._replace(nested=True, section="plan", fragments=((14, 17), (18, 20)))
    (found,) = assert_mentions(text, [mention], "en")
    assert found == mention._replace(polarity="negated", senses=("historical",))


def test_what_was_marked_before_stays_marked() -> None:
    text, (mention,) = marked("family history of [asthma]")
    (found,) = assert_mentions(text, [mention._replace(senses=("hypothetical",))], "en")
    assert found.senses == ("hypothetical", "family")


@pytest.mark.parametrize("filler", ["Ünï “quoted” – ", "10⁵ \u00ad\u200b漢字 ", "𝔘nicode İ "])
def test_offsets_hold_in_any_script(filler: str) -> None:
    text = f"{filler}no [asthma]. {filler}[fever]{filler}"
    assert read(text) == ["negated", ""]


def test_it_survives_pickling() -> None:
    assertion: Assertion = pickle.loads(pickle.dumps(Assertion.for_language("en")))
    text, mentions = marked("no [asthma]")
    assert [said(mention) for mention in assertion(text, mentions)] == ["negated"]


WORDS = ["no", "[asthma]", "[COPD]", "or", ",", "and", ".", "risk of", "was excluded", "\n", "with"]


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.integers(0, 400))
def test_far_away_text_changes_nothing(words: list[str], distance: int) -> None:
    text = " ".join(words)
    padding = "Filler words stand here. " * (distance // 25)
    assert read(f"{padding}\n\n{text}\n\n{padding}") == read(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_every_mention_comes_back_in_its_place(words: list[str]) -> None:
    text, mentions = marked(" ".join(words))
    found = assert_mentions(text, mentions, "en")
    plain = [mention._replace(polarity="affirmed", senses=()) for mention in found]
    assert plain == mentions


def test_the_example_of_the_page_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "assertion.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, str(page), "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)", code, re.MULTILINE)


@pytest.mark.slow
def test_a_long_text_takes_time_in_proportion() -> None:
    from time import process_time

    def seconds(times: int) -> float:
        text, mentions = marked("no [asthma], history of [COPD] or risk of " * times)
        assertion = Assertion.for_language("en")
        assert assertion is not None
        start = process_time()
        assertion(text, mentions)
        return process_time() - start

    assert seconds(8000) < 12 * seconds(2000) + 1  # quadratic time would be minutes


def test_few_mentions_of_real_abstracts_are_marked() -> None:
    folder = os.environ.get("ONTOGRAFT_BENCHMARK_DATA")
    if not folder:
        pytest.skip("ONTOGRAFT_BENCHMARK_DATA is not set")
    graph = KnowledgeGraph.read(Path(folder) / "doid-2016-03-04.obo")
    linker = Linker.build(graph)
    with (Path(folder) / "ohsumed-train.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, 0, None, 12)]
    found = [
        said(mention) for text in texts for mention in assert_mentions(text, linker(text), "en")
    ]
    denied = sum("negated" in words for words in found)
    assert 0.005 < denied / len(found) < 0.04
    assert 0.01 < sum("hypothetical" in words for words in found) / len(found) < 0.08
