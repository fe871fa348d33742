from __future__ import annotations

import pytest

from ontograft.kg.assertion_english import ENGLISH
from ontograft.kg.assertion_german import GERMAN
from ontograft.kg.assertion_rules import AssertionRules, Scope, phrases, triggers, words

BOTH = pytest.mark.parametrize("rules", [ENGLISH, GERMAN], ids=["en", "de"])


def test_a_pattern_stands_for_its_phrases() -> None:
    assert list(phrases("(no|without) (clinical|) sign")) == [
        "no clinical sign",
        "no sign",
        "without clinical sign",
        "without sign",
    ]
    assert list(phrases("no")) == ["no"]


def test_words_of_several_lists_are_one_set() -> None:
    assert words("a b", "b c") == {"a", "b", "c"}


def test_each_phrase_of_each_pattern_is_a_trigger() -> None:
    made = triggers("negated", "after", Scope(), "(was|is) absent", "unlikely")
    assert [trigger.phrase for trigger in made] == ["was absent", "is absent", "unlikely"]
    assert {(trigger.mark, trigger.side) for trigger in made} == {("negated", "after")}


@BOTH
def test_no_trigger_is_there_twice(rules: AssertionRules) -> None:
    assert len(rules.triggers) == len(set(rules.triggers))


@BOTH
def test_a_look_alike_is_no_trigger_too(rules: AssertionRules) -> None:
    look_alikes = {trigger.phrase for trigger in rules.triggers if trigger.mark is None}
    assert look_alikes
    assert not look_alikes & {trigger.phrase for trigger in rules.triggers if trigger.mark}


@BOTH
def test_each_mark_has_triggers_on_both_sides(rules: AssertionRules) -> None:
    there = {(trigger.mark, trigger.side) for trigger in rules.triggers if trigger.mark}
    marks = ("negated", "historical", "hypothetical", "family")
    assert there == {(mark, side) for mark in marks for side in ("before", "after")}


@BOTH
def test_a_joint_would_stop_a_scope_by_itself(rules: AssertionRules) -> None:
    scopes = {trigger.scope for trigger in rules.triggers if trigger.scope.commas == "or"}
    assert any(rules.joints <= scope.stops for scope in scopes)


@BOTH
def test_all_words_are_in_small_letters(rules: AssertionRules) -> None:
    scopes = {trigger.scope for trigger in rules.triggers}
    lists = [rules.joined_heads, rules.joints, rules.followers or (), rules.prepositions]
    lists += [scope.stops for scope in scopes] + [scope.only or () for scope in scopes]
    assert all(word == word.lower() for found in lists for word in found)
