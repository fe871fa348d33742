from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.errors import EncoderError
from ontograft.kg import NIL, Candidate, Concept, KnowledgeGraph, LabelKind, Link, Mention
from ontograft.pipeline import LinkedOntology
from ontograft.pipeline.encoders import load_tokenizer
from ontograft.pipeline.features import DocumentEncoder, Specials, links_of, window_limit
from ontograft.pipeline.sections import AssertionSettings, KnowledgeSettings

CLS, SEP = 2, 3


@pytest.fixture(scope="module")
def tokenizer(encoder_folder: Path) -> Any:
    return load_tokenizer(encoder_folder)


def test_specials_are_found(tokenizer: Any) -> None:
    assert Specials.of(tokenizer) == Specials((CLS,), (SEP,))


def test_an_empty_text_is_one_window_of_specials(tokenizer: Any) -> None:
    (document,) = DocumentEncoder(tokenizer, max_length=8)([""])
    assert document.tokens.tolist() == [CLS, SEP]
    assert document.windows == (2,)


def test_a_long_text_is_read_in_balanced_windows(tokenizer: Any) -> None:
    (document,) = DocumentEncoder(tokenizer, max_length=8)(["apple " * 13])
    assert document.windows == (6, 7, 6)
    ends = np.cumsum(document.windows)
    assert [document.tokens[end - 1] for end in ends] == [SEP] * 3
    assert [
        document.tokens[end - size] for end, size in zip(ends, document.windows, strict=True)
    ] == [CLS] * 3


def test_a_text_that_just_fits_is_one_window(tokenizer: Any) -> None:
    assert DocumentEncoder(tokenizer, max_length=8)(["apple " * 6])[0].windows == (8,)
    assert DocumentEncoder(tokenizer, max_length=8)(["apple " * 7])[0].windows == (6, 5)


def test_long_texts_are_tokenised_in_portions(
    tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ontograft.pipeline.portions.CHARACTERS", 40)
    texts = ["apple " * 5, "leek", "carrot " * 9, "plum"]
    sizes: list[int] = []

    def counting(part: list[str], **options: Any) -> Any:
        sizes.append(len(part))
        return tokenizer(part, **options)

    encode = DocumentEncoder(tokenizer, max_length=8)
    expected = [encode([text])[0].tokens.tolist() for text in texts]
    encode.tokenizer = counting  # type: ignore[assignment]
    links = [[Link(number, 0.5, 0, 4)] for number in range(4)]
    found = encode(texts, links)
    assert sizes == [3, 1]
    assert [document.tokens.tolist() for document in found] == expected
    assert [document.links[0].concept for document in found] == [0, 1, 2, 3]


def test_a_mention_is_moved_to_its_tokens(tokenizer: Any) -> None:
    text = "a ripe apple today"
    link = Link(4, 0.5, text.index("apple"), text.index(" today"))
    (document,) = DocumentEncoder(tokenizer, max_length=32)([text], [[link]])
    (moved,) = document.links
    apple = tokenizer("apple", add_special_tokens=False)["input_ids"]
    assert document.tokens[moved.start : moved.end].tolist() == apple
    assert (moved.concept, moved.score) == (4, 0.5)


def test_a_mention_that_a_border_cuts_ends_with_its_window(tokenizer: Any) -> None:
    text = "apple " * 8  # two windows of four
    start = 6 * 3
    (document,) = DocumentEncoder(tokenizer, max_length=8)(
        [text], [[Link(0, 1.0, start, start + 11)]]
    )
    assert document.windows == (6, 6)
    (moved,) = document.links
    assert (moved.start, moved.end) == (4, 5)


def test_no_room_beside_the_specials(tokenizer: Any) -> None:
    with pytest.raises(EncoderError, match="windows of 2 tokens leave no room beside the special"):
        DocumentEncoder(tokenizer, max_length=2)


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.sampled_from(["apple", "pear", "xyz", "Ünï", "…"]), min_size=1, max_size=30),
    pick=st.integers(0, 29),
    length=st.integers(4, 12),
)
def test_a_mention_covers_its_own_tokens_wherever_it_stands(
    tokenizer: Any, words: list[str], pick: int, length: int
) -> None:
    pick %= len(words)
    start = sum(len(word) + 1 for word in words[:pick])
    link = Link(0, 1.0, start, start + len(words[pick]))
    (document,) = DocumentEncoder(tokenizer, max_length=length)([" ".join(words)], [[link]])
    (moved,) = document.links
    own = tokenizer(words[pick], add_special_tokens=False)["input_ids"]
    covered = document.tokens[moved.start : moved.end].tolist()
    assert covered == own[: len(covered)]
    assert covered
    borders = np.cumsum((0, *document.windows))
    window = np.searchsorted(borders, moved.start, side="right") - 1
    assert borders[window] < moved.start < moved.end < borders[window + 1]
    assert max(document.windows) <= length


def mention(start: int, *candidates: tuple[str, float], nested: bool = False) -> Mention:
    found = tuple(Candidate(iri, iri, LabelKind.EXACT, score, "exact") for iri, score in candidates)
    iri, score = candidates[0] if candidates else (NIL, 0.0)
    return Mention(start, start + 1, "x", iri, iri, score, found, nested)


@pytest.fixture
def graph() -> KnowledgeGraph:
    return KnowledgeGraph([Concept("a"), Concept("b"), Concept("c")])


def test_the_best_candidate_of_each_mention_is_a_link(graph: KnowledgeGraph) -> None:
    mentions = [mention(0, ("b", 0.8), ("c", 0.2)), mention(3)]
    assert links_of(mentions, graph) == (Link(1, 0.8, 0, 1),)


def test_candidates_share_the_score_of_their_mention(graph: KnowledgeGraph) -> None:
    links = links_of([mention(0, ("b", 0.9), ("c", 0.3))], graph, candidates=2)
    assert [link.concept for link in links] == [1, 2]
    assert [link.score for link in links] == pytest.approx([0.675, 0.225])


def test_nested_mentions_are_links_only_if_wanted(graph: KnowledgeGraph) -> None:
    mentions = [mention(0, ("b", 0.8), nested=True)]
    assert links_of(mentions, graph) == ()
    assert len(links_of(mentions, graph, nested=True)) == 1


def test_by_default_denied_mentions_count_as_any_other(graph: KnowledgeGraph) -> None:
    plain = mention(0, ("b", 0.8))
    denied = plain._replace(polarity="negated", senses=("family",), section="methods")
    assert links_of([denied], graph) == links_of([plain], graph)
    settings = KnowledgeSettings()
    assert links_of(
        [denied],
        graph,
        assertion=settings.assertion,
        section_weights=settings.section_weights,
    ) == links_of([plain], graph)


def test_links_count_as_far_as_the_text_affirms_them(graph: KnowledgeGraph) -> None:
    assertion = AssertionSettings(negated=0.5, historical=0.4, hypothetical=0.2, family=0)
    base = mention(0, ("b", 0.8))
    mentions = [
        base,
        base._replace(polarity="negated"),
        base._replace(senses=("historical",)),
        base._replace(polarity="negated", senses=("hypothetical",)),
        base._replace(senses=("historical", "family")),
    ]
    scores = [link.score for link in links_of(mentions, graph, assertion=assertion)]
    assert scores == pytest.approx([0.8, 0.4, 0.32, 0.08])


def test_links_count_as_their_section_does(graph: KnowledgeGraph) -> None:
    base = mention(0, ("b", 0.8), ("c", 0.2))
    mentions = [base, base._replace(section="methods"), base._replace(section="references")]
    weights = {"methods": 0.5, "references": 0.0}
    links = links_of(mentions, graph, candidates=2, section_weights=weights)
    assert [link.score for link in links] == pytest.approx([0.64, 0.16, 0.32, 0.08])


def test_a_project_weighs_links_as_its_settings_say(graph: KnowledgeGraph) -> None:
    settings = KnowledgeSettings(
        assertion=AssertionSettings(negated=0.5), section_weights={"Methods": 0.5}
    )
    denied = mention(0, ("b", 0.8))._replace(polarity="negated", section="methods")
    found = LinkedOntology.links(SimpleNamespace(graph=graph, settings=settings), [denied])  # type: ignore[arg-type]
    assert [link.score for link in found] == pytest.approx([0.2])


def test_windows_are_no_longer_than_the_encoder_reads(tokenizer: Any) -> None:
    from transformers import BertConfig, RobertaConfig

    assert window_limit(256, BertConfig(max_position_embeddings=32), tokenizer) == 32
    assert window_limit(16, BertConfig(max_position_embeddings=32), tokenizer) == 16
    roberta = RobertaConfig(max_position_embeddings=34, pad_token_id=1)
    assert window_limit(256, roberta, tokenizer) == 32
