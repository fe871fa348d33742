from __future__ import annotations

import pickle
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg.tokenizing import (
    BeyondLetters,
    GuardedTokenizer,
    _has_short_words,
    guard_tokenizer,
)

NLP = spacy.blank("en")
GUARDED = GuardedTokenizer(NLP.tokenizer)
LANGUAGES = ("en", "de", "fr", "nl", "pl", "ru", "tr", "id", "xx")
RULES: dict[str, Any] = {language: spacy.blank(language).tokenizer for language in LANGUAGES}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A plain text.",
        "x" * 64 + " end",
        "(" * 300 + " end",
        "a " + "-" * 129,
        "u\n" + "." * 65,
    ],
)
def test_no_character_is_lost(text: str) -> None:
    assert GUARDED(text).text == text


@given(
    st.lists(st.sampled_from([" ", "  ", "\n", "(" * 70, "ab.", "x" * 65, "\u00a0"])).map("".join)
)
def test_no_character_is_lost_between_runs(text: str) -> None:
    assert GUARDED(text).text == text


def test_a_usual_text_has_the_usual_tokens() -> None:
    text = "Don't stop (ever) at https://example.org/a-b."
    assert [token.text for token in GUARDED(text)] == [token.text for token in NLP(text)]


def test_the_tokens_around_a_run_are_the_usual_ones() -> None:
    words = [token.text for token in GUARDED("don't " + "=" * 200 + " can't")]
    assert words[:2] == ["do", "n't"]
    assert words[-2:] == ["ca", "n't"]


@given(st.lists(st.sampled_from([" ", "\n", "x" * 30, "y" * 64, "z" * 65])).map("".join))
def test_the_quick_look_overlooks_no_long_word(text: str) -> None:
    if _has_short_words(text):
        assert max(map(len, text.split()), default=0) <= 64


def test_a_guarded_tokenizer_remembers_more_words_unless_it_was_told_how_many() -> None:
    assert GUARDED.max_cache_size == 1 << 17
    other: Any = spacy.blank("en").tokenizer
    other.max_cache_size = 1 << 20
    assert GuardedTokenizer(other).max_cache_size == 1 << 20
    GuardedTokenizer(spacy.blank("zh").tokenizer)  # which has no such limit


@pytest.mark.parametrize("language", LANGUAGES)
@given(word=st.text(string.ascii_letters, min_size=1))
def test_no_rule_that_is_not_asked_finds_anything_in_letters(language: str, word: str) -> None:
    rules = RULES[language]
    assert rules.suffix_search(word) is None
    assert list(rules.infix_finditer(word)) == []
    assert rules.url_match is None or rules.url_match(word) is None


def test_other_words_are_asked_about() -> None:
    guarded = GuardedTokenizer(spacy.blank("en").tokenizer)
    assert isinstance(guarded.suffix_search.__self__, BeyondLetters)
    for word in ("cancer.", "well-known", "5km", "https://a.org/b", "naïve", "cancer"):
        usual = spacy.blank("en").tokenizer
        assert [token.text for token in guarded(word)] == [token.text for token in usual(word)]


def test_a_rule_of_ones_own_is_asked_about_every_word() -> None:
    tokenizer: Any = spacy.blank("en").tokenizer
    tokenizer.suffix_search = re.compile("itis$").search
    guarded = GuardedTokenizer(tokenizer)
    assert [token.text for token in guarded("hepatitis")] == ["hepat", "itis"]


def test_a_loaded_tokenizer_asks_as_few_rules(tmp_path: Path) -> None:
    guarded = GuardedTokenizer(spacy.blank("en").tokenizer)
    guarded.from_bytes(guarded.to_bytes())
    assert isinstance(guarded.infix_finditer.__self__, BeyondLetters)
    guarded.to_disk(tmp_path / "tokenizer")
    guarded.from_disk(tmp_path / "tokenizer")
    assert isinstance(guarded.url_match.__self__, BeyondLetters)


def test_a_tokenizer_is_guarded_once() -> None:
    nlp = spacy.blank("en")
    guard_tokenizer(nlp)
    guarded = nlp.tokenizer
    guard_tokenizer(nlp)
    assert nlp.tokenizer is guarded


@pytest.mark.parametrize("language", ["en", "zh", "xx"])
def test_a_saved_pipeline_keeps_its_guard(language: str, tmp_path: Path) -> None:
    nlp = spacy.blank(language)
    guard_tokenizer(nlp)
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    before, after = nlp.tokenizer, loaded.tokenizer
    assert isinstance(before, GuardedTokenizer)
    assert isinstance(after, GuardedTokenizer)
    assert type(after.tokenizer) is type(before.tokenizer)
    text = "it's " + "(" * 200
    assert [token.text for token in loaded(text)] == [token.text for token in nlp(text)]


@pytest.mark.slow
def test_a_saved_pipeline_loads_where_nothing_of_ours_is_imported(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    guard_tokenizer(nlp)
    nlp.to_disk(tmp_path)
    script = "import sys, spacy; print(type(spacy.load(sys.argv[1]).tokenizer).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["GuardedTokenizer"]


def test_it_can_be_saved_loaded_and_pickled(tmp_path: Path) -> None:
    guarded = pickle.loads(pickle.dumps(GUARDED))
    assert guarded("a b").text == "a b"
    GUARDED.to_disk(tmp_path / "tokenizer")
    assert guarded.from_disk(tmp_path / "tokenizer")("a b").text == "a b"
    assert guarded.from_bytes(GUARDED.to_bytes())("a b").text == "a b"
    assert [doc.text for doc in GUARDED.pipe(["a", "b"])] == ["a", "b"]


def test_the_rest_of_the_tokenizer_is_reachable() -> None:
    assert GUARDED.vocab is NLP.vocab
