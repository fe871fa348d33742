"""Each case has one trigger, "xx", with the scope that it is about."""

from __future__ import annotations

import re

import pytest

from ontograft.kg import Assertion, Mention
from ontograft.kg.assertion_rules import NUMBER, AssertionRules, Scope, Side, Trigger

STOPS = frozenset({"of", "in", "was"})


def read(text: str, scope: Scope, side: Side = "before", phrase: str = "xx") -> str:
    """Return N for each mention in brackets that the trigger marks, and a dot for each other."""
    rules = AssertionRules(
        triggers=(Trigger(phrase, "negated", side, scope),),
        joined_heads=frozenset({"sign"}),
        joints=frozenset({"of"}),
        followers=frozenset({"was", "and"}),
        endings=("ed",),
        prepositions=frozenset({"of", "in"}),
        verbs=frozenset({"was"}),
        conjunctions=("and",),
        alternatives=("or",),
    )
    mentions = [
        Mention(start, start + len(found.group(1)), found.group(1), "x", "x", 1.0, ())
        for number, found in enumerate(re.finditer(r"\[(.*?)\]", text))
        for start in [found.start() - 2 * number]
    ]
    found = Assertion(rules)(re.sub(r"[\[\]]", "", text), mentions)
    return "".join("N" if mention.polarity == "negated" else "." for mention in found)


@pytest.mark.parametrize(
    ("text", "scope", "expected"),
    [
        ("xx red [a]", Scope(), "N"),
        ("xx red [a]", Scope(most_words=0), "."),
        ("xx [a]", Scope(most_words=0), "N"),
        ("xx was [a]", Scope(stops=STOPS), "."),
        ("xx sign of [a]", Scope(stops=STOPS), "N"),
        ("xx use of [a]", Scope(stops=STOPS), "."),
        ("xx the [a]", Scope(only=frozenset({"the"})), "N"),
        ("xx red [a]", Scope(only=frozenset({"the"})), "."),
        ("xx 12 [a]", Scope(only=frozenset({NUMBER})), "N"),
        ("xx who had [a]", Scope(needs=frozenset({"had"})), "N"),
        ("xx who saw [a]", Scope(needs=frozenset({"had"})), "."),
        ("xx: [a]", Scope(colon=True), "N"),
        ("xx [a]", Scope(colon=True), "."),
        ("xx: [a]", Scope(), "."),
        ("xx; [a]", Scope(), "."),
        ("xx (b) [a]", Scope(), "."),
        ("xx. Then [a]", Scope(), "."),
        ("xx e.g. [a]", Scope(), "N"),
        ("xx\n\n[a]", Scope(), "."),
        ("[a] xx", Scope(), "."),
        ("[a xx] [b]", Scope(), ".."),
        ("axx [a]", Scope(), "."),
        ("XX [a]", Scope(), "N"),
    ],
)
def test_where_a_scope_ends(text: str, scope: Scope, expected: str) -> None:
    assert read(text, scope) == expected


@pytest.mark.parametrize(
    ("text", "scope", "expected"),
    [
        ("xx [a] or [b]", Scope(), "N."),
        ("xx [a] or [b]", Scope(spreads=True), "NN"),
        ("xx [a] [b]", Scope(spreads=True), "N."),
        ("xx [a] ([b]) and [c]", Scope(spreads=True), "NNN"),
        ("xx [a]/[b]", Scope(spreads=True), "NN"),
        ("xx [a], [b]", Scope(spreads=True), "N."),
        ("xx [a], [b]", Scope(spreads=True, commas="or"), "N."),
        ("xx [a], [b] or [c]", Scope(spreads=True, commas="or"), "NNN"),
        ("xx [a], [b], and [c]", Scope(spreads=True, commas="or"), "N.."),
        ("xx [a], and [b] or [c]", Scope(spreads=True, commas="or"), "N.."),
        ("xx [a], [b] was [c] or [d]", Scope(spreads=True, commas="or", stops=STOPS), "N..."),
        ("xx [a], [b]", Scope(spreads=True, commas="any"), "NN"),
        ("xx red, green or [a]", Scope(commas="or"), "N"),
        ("xx red, [a]", Scope(commas="or"), "."),
    ],
)
def test_how_a_list_goes_on(text: str, scope: Scope, expected: str) -> None:
    assert read(text, scope) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xx [a] drug", "."),
        ("xx [a]-like", "."),
        ("xx [a] - drug", "N"),
        ("xx [a] was", "N"),
        ("xx [a] treated", "N"),
        ("xx [a] 3", "N"),
        ("xx [a], drug", "N"),
        ("xx [a].\n\nDrug", "N"),
        ("xx [a]\n\nDrug", "N"),
        ("xx [a]", "N"),
    ],
)
def test_the_mention_is_the_whole_noun(text: str, expected: str) -> None:
    assert read(text, Scope(whole=True)) == expected


@pytest.mark.parametrize(
    ("text", "scope", "expected"),
    [
        ("[a] xx", Scope(only=frozenset()), "N"),
        ("[a]-xx", Scope(only=frozenset()), "N"),
        ("[a] was xx", Scope(only=frozenset()), "."),
        ("[a] was xx", Scope(only=STOPS), "N"),
        ("[a] (A1) was xx", Scope(only=STOPS), "N"),
        ("[a]: xx", Scope(only=frozenset()), "."),
        ("[a]: xx", Scope(only=frozenset(), colon=True), "N"),
        ("[abc]. Xx", Scope(only=frozenset()), "."),
        ("[a] and [b] xx", Scope(), ".N"),
        ("[a] and [b] xx", Scope(spreads=True), "NN"),
        ("[a], [b] and [c] xx", Scope(spreads=True), "NNN"),
        ("[a], [b] xx", Scope(spreads=True), ".N"),
        ("use of [a] xx", Scope(subject=True), "."),
        ("sign of [a] xx", Scope(subject=True), "N"),
        ("in b was [a] xx", Scope(subject=True), "N"),
        ("in b, [a] xx", Scope(subject=True), "N"),
        ("use of [a] and [b] xx", Scope(subject=True, spreads=True), ".."),
        ("xx [a]", Scope(), "."),
    ],
)
def test_how_a_trigger_reaches_back(text: str, scope: Scope, expected: str) -> None:
    assert read(text, scope, "after") == expected


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("h/o [a]", "h/o", "N"),
        ("H/O [a]", "h/o", "N"),
        ("h o [a]", "h/o", "."),
        ("V. a. [a]", "V. a.", "N"),
        ("v. a. [a]", "V. a.", "."),
        ("ohne größere [a]", "größere", "N"),
        ("no  sign [a]", "no sign", "N"),
        ("no\r\nsign [a]", "no sign", "N"),
    ],
)
def test_how_a_phrase_is_written(text: str, phrase: str, expected: str) -> None:
    assert read(text, Scope(), phrase=phrase) == expected


def test_a_prefix_stands_right_before() -> None:
    scope = Scope(only=frozenset(), most_words=0, prefix=True)
    assert read("xx-[a] xx [b] xx the [c]", scope) == "NN."


def test_a_scope_has_an_end_in_characters() -> None:
    assert read(f"xx {'y' * 300} [a]", Scope(most_words=99)) == "."


def test_a_list_has_an_end_in_characters() -> None:
    text = "xx " + " or ".join(["[a]"] * 200)
    found = read(text, Scope(spreads=True))
    assert found.startswith("N" * 20)
    assert found.endswith("." * 150)
