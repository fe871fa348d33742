from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ontograft.data import CorpusColumns, read_corpus, read_gold
from ontograft.errors import CorpusError
from ontograft.kg import (
    NIL,
    Candidate,
    Concept,
    KnowledgeGraph,
    Label,
    LabelKind,
    Linker,
    Mention,
)
from ontograft.pipeline.corrections import Corrections, LabelCorrection, LinkCorrection
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.link_evaluation import evaluate_links

from .predictors import BASE, graph

KNOWN = LabelSet("single-label", ("bad", "good"))
TEXT = "an apple, a pear and an apple"


def label(text: str = TEXT, label: Any = "good", **changes: Any) -> LabelCorrection:
    return LabelCorrection(text=text, label=label, **changes)


def link(start: int = 3, end: int = 8, concept: str = BASE + "pear", **changes: Any) -> Any:
    return LinkCorrection(
        **{"text": TEXT, "start": start, "end": end, "concept": concept, **changes}
    )


def mention(start: int, word: str, concept: str = "", **changes: Any) -> Mention:
    iri = BASE + (concept or word)
    candidate = Candidate(iri, word, LabelKind.PREFERRED, 0.9, "exact")
    return Mention(start, start + len(word), word, iri, word, 0.9, (candidate,), **changes)


FOUND = (mention(3, "apple"), mention(12, "pear"), mention(24, "apple"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_labels_are_a_corpus_as_they_are(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        assert kept.add_label(label(document="d7", predicted="bad"), KNOWN) == 1
        assert kept.add_label(label("no \u2028 name\x85", "bad"), KNOWN) == 2
        assert kept.counts == {"labels": 2, "links": 0}
    columns = CorpusColumns(id="id", text="text", label="label")
    first, second = read_corpus(tmp_path / "labels.jsonl", columns=columns)
    assert (first.id, first.text, first.label) == ("d7", TEXT, "good")
    assert second.id.startswith("text-")
    assert (second.text, second.label) == ("no \u2028 name\x85", "bad")


@pytest.mark.parametrize(
    ("task", "labels", "value", "stored"),
    [
        ("single-label", ("bad", "good"), "good", "good"),
        ("multi-label", ("bad", "good"), ("good", "bad", "good"), ["good", "bad"]),
        ("multi-label", ("bad", "good"), (), []),
        ("regression", ("value",), 2.5, 2.5),
    ],
)
def test_labels_of_every_task(
    tmp_path: Path, task: Any, labels: tuple[str, ...], value: Any, stored: Any
) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_label(label(label=value, predicted=value), LabelSet(task, labels))
    assert lines(tmp_path / "labels.jsonl")[0]["label"] == stored
    columns = CorpusColumns(label="label")
    (document,) = read_corpus(tmp_path / "labels.jsonl", columns=columns, task=task)
    assert document.label == (tuple(stored) if isinstance(stored, list) else stored)


def test_a_later_label_of_the_same_text_replaces_the_earlier(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_label(label(label="bad", document="d7"), KNOWN)
        kept.add_label(label("another"), KNOWN)
        assert kept.add_label(label(label="good"), KNOWN) == 3
        assert kept.counts["labels"] == 2
    columns = CorpusColumns(id="id", label="label")
    found = {
        d.text: (d.id, d.label) for d in read_corpus(tmp_path / "labels.jsonl", columns=columns)
    }
    assert found[TEXT] == ("d7", "good")


def test_two_texts_of_one_name_keep_two_ids(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_label(label("one", document="d"), KNOWN)
        kept.add_label(label("two", document="d"), KNOWN)
    with Corrections(tmp_path) as kept:
        kept.add_label(label("three", document="d"), KNOWN)
    ids = [row["id"] for row in lines(tmp_path / "labels.jsonl")]
    assert ids[0] == "d"
    assert len(set(ids)) == 3
    columns = CorpusColumns(id="id", label="label")
    assert len(list(read_corpus(tmp_path / "labels.jsonl", columns=columns))) == 3


def test_links_are_gold_mentions_of_the_whole_text(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(document="d7", predicted=BASE + "apple"), graph(), FOUND)
        kept.add_link(link(24, 29, NIL, document="d7"), graph(), FOUND)
        assert kept.counts == {"labels": 0, "links": 2}
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert (document.id, document.text) == ("d7", TEXT)
    assert [(m.start, m.end, m.text, set(m.ids)) for m in document.mentions] == [
        (3, 8, "apple", {BASE + "pear"}),
        (12, 16, "pear", {BASE + "pear"}),
        (24, 29, "apple", set()),
    ]


def test_a_linker_can_be_measured_on_them(tmp_path: Path) -> None:
    linker = Linker.build(graph())
    with Corrections(tmp_path) as kept:
        kept.add_link(link(24, 29, NIL), graph(), linker(TEXT))
    scores = evaluate_links(graph(), linker, read_gold(tmp_path / "links.jsonl"))
    exact = scores.all.end_to_end["exact"]
    assert (exact.predicted, exact.right) == (3, 2)
    assert exact.found == 2


def test_what_crosses_a_correction_or_is_no_link_is_left_out(tmp_path: Path) -> None:
    found = (
        mention(0, "an apple", "apple"),
        mention(12, "pear", nested=True),
        Mention(12, 16, "pear", NIL, "", 0.0, ()),
        mention(21, "an apple", "apple", fragments=((21, 23), (24, 29))),
    )
    with Corrections(tmp_path) as kept:
        kept.add_link(link(), graph(), found)
    (row,) = lines(tmp_path / "links.jsonl")
    assert [(one["start"], one["end"]) for one in row["mentions"]] == [(3, 8), (21, 29)]
    assert row["mentions"][1]["fragments"] == [[21, 23], [24, 29]]
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert document.mentions[1].fragments == ((21, 23), (24, 29))


CANCERS = "breast and ovarian cancer"
PIECES = ((0, 6), (19, 25))
BOTH = (
    Mention(0, 25, CANCERS, BASE + "apple", "apple", 0.9, (), fragments=PIECES),
    Mention(11, 25, "ovarian cancer", BASE + "pear", "pear", 0.9, (), nested=True),
)


@pytest.mark.parametrize(
    ("given", "kept_pieces"),
    [
        (None, PIECES),  # as the linker found it
        (PIECES, PIECES),
        ((), ()),
        (((0, 25),), ()),
        (((0, 10), (11, 18), (19, 25)), ((0, 10), (11, 18), (19, 25))),
    ],
)
def test_a_corrected_mention_keeps_its_pieces(
    tmp_path: Path, given: Any, kept_pieces: tuple[tuple[int, int], ...]
) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(0, 25, text=CANCERS, fragments=given), graph(), BOTH)
    (document,) = read_gold(tmp_path / "links.jsonl")
    (mention,) = document.mentions
    assert (mention.start, mention.end, mention.fragments) == (0, 25, kept_pieces)
    assert mention.ids == {BASE + "pear"}


@pytest.mark.parametrize(
    ("start", "end", "stays"),
    [(11, 25, True), (11, 18, True), (7, 10, True), (19, 25, False), (0, 6, False), (0, 25, False)],
)
def test_a_mention_in_pieces_stays_beside_what_shares_only_a_word_with_it(
    tmp_path: Path, start: int, end: int, stays: bool
) -> None:
    with Corrections(tmp_path) as kept:
        correction = link(start, end, text=CANCERS, fragments=())
        kept.add_link(correction, graph(), BOTH)
    (document,) = read_gold(tmp_path / "links.jsonl")
    expected = {(start, end): ()} | ({(0, 25): PIECES} if stays else {})
    assert {(one.start, one.end): one.fragments for one in document.mentions} == expected


def test_a_correction_without_pieces_outlives_one_in_pieces(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(0, 25, text=CANCERS), graph(), BOTH)
        kept.add_link(link(11, 25, text=CANCERS), graph(), BOTH)
        kept.add_link(link(0, 25, text=CANCERS, fragments=()), graph(), BOTH)
        assert kept.counts["links"] == 2
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert [(one.start, one.fragments) for one in document.mentions] == [(0, ()), (11, ())]


def test_a_linker_is_measured_on_corrections_in_pieces(tmp_path: Path) -> None:
    names = ("breast cancer", "ovarian cancer")
    known = KnowledgeGraph(
        Concept(f"x:{name[:6]}", labels=(Label(LabelKind.PREFERRED, "en", name),)) for name in names
    )
    linker = Linker.build(known)
    with Corrections(tmp_path) as kept:
        right = LinkCorrection(text=CANCERS, start=0, end=25, concept="x:breast")
        kept.add_link(right, known, linker(CANCERS))
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert [one.fragments for one in document.mentions] == [PIECES]
    scores = evaluate_links(known, linker, read_gold(tmp_path / "links.jsonl"))
    exact = scores.all.end_to_end["exact"]
    assert (exact.predicted, exact.right, exact.found) == (1, 1, 1)


def test_a_later_link_of_the_same_place_replaces_the_earlier(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(), graph(), FOUND)
        kept.add_link(link(concept=BASE + "fruit"), graph(), FOUND)
        assert kept.counts["links"] == 1
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert [set(m.ids) for m in document.mentions if m.start == 3] == [{BASE + "fruit"}]


def test_opened_again_all_is_there(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_label(label(predicted="bad"), KNOWN)
        kept.add_link(link(), graph(), FOUND)
        before = kept.recent()
    with Corrections(tmp_path) as kept:
        assert kept.recent() == before
        assert kept.counts == {"labels": 1, "links": 1}
        assert kept.add_label(label("x"), KNOWN) == 3
        assert kept.content("labels") == (tmp_path / "labels.jsonl").read_bytes()


def test_the_latest_are_listed_first_and_shortened(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        for number in range(25):
            kept.add_label(label(f"{number} " + "x" * 500), KNOWN)
        kept.add_link(link(predicted=NIL), graph(), FOUND)
        recent = kept.recent()
    assert len(recent) == 20
    assert [one["number"] for one in recent] == list(range(26, 6, -1))
    assert recent[0] | {"time": ""} == {
        "kind": "link",
        "number": 26,
        "time": "",
        "document": recent[0]["document"],
        "text": TEXT,
        "start": 3,
        "end": 8,
        "mention": "apple",
        "concept": BASE + "pear",
        "predicted": NIL,
    }
    assert len(recent[1]["text"]) == 120


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept, ThreadPoolExecutor(8) as pool:
        texts = [f"text {number % 40}" for number in range(120)]
        numbers = list(pool.map(lambda text: kept.add_label(label(text), KNOWN), texts))
    assert sorted(numbers) == list(range(1, 121))
    assert {row["text"] for row in lines(tmp_path / "labels.jsonl")} == set(texts)
    assert len(lines(tmp_path / "labels.jsonl")) == 40


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        Corrections(tmp_path),
        pytest.raises(CorpusError, match=r"another process keeps its corrections here; end it, or"),
    ):
        Corrections(tmp_path)
    Corrections(tmp_path).close()


def test_a_file_of_something_else_is_refused_and_let_go_of(tmp_path: Path) -> None:
    (tmp_path / "links.jsonl").write_text('{"id": "1", "text": "mine"}\n{"a": 1}\n')
    for _ in range(2):
        with pytest.raises(CorpusError, match=r"links.jsonl, line 1: is no row that Ontograft"):
            Corrections(tmp_path)
    assert (tmp_path / "links.jsonl").read_text().startswith('{"id": "1"')


@pytest.mark.parametrize(
    ("correction", "known", "message"),
    [
        (label(label="ugly"), KNOWN, "the model has no label 'ugly'; choose from: bad, good"),
        (label(label=("good",)), KNOWN, "the label is .'good'.; expected one label"),
        (label(label=1.0), KNOWN, "the model has no label 1.0; choose from"),
        (label(), LabelSet("multi-label", ("good",)), "the label is 'good'; expected a list of"),
        (label(label="1"), LabelSet("regression", ("value",)), "'1'; expected a finite number"),
        (
            label(label=float("nan")),
            LabelSet("regression", ("value",)),
            "nan; expected a finite number",
        ),
        (label("a\0b"), KNOWN, "the text holds a NUL character; expected text; remove it"),
        (label("ab\ud800"), KNOWN, r"half a character \(U\+D800\) at position 2; expected whole"),
        (label(document="\0"), KNOWN, "the document holds a NUL character"),
    ],
)
def test_labels_that_are_refused(
    tmp_path: Path, correction: LabelCorrection, known: LabelSet, message: str
) -> None:
    with Corrections(tmp_path) as kept:
        with pytest.raises(CorpusError, match=message):
            kept.add_label(correction, known)
        assert kept.counts == {"labels": 0, "links": 0}
    assert not (tmp_path / "labels.jsonl").exists()


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        (link(concept="http://example.org/kiwi"), "no concept 'http://example.org/kiwi'; expected"),
        (link(3, 3), "the mention is from 3 to 3 in a text of 29 characters; expected 0 <= start"),
        (link(-1, 3), "the mention is from -1 to 3"),
        (link(3, 30), "the mention is from 3 to 30 .* Unicode code points"),
        (link(text="an\0apple"), "NUL"),
        (link(3, 8, fragments=((3, 5), (4, 8))), "the correction: the fragments are"),
        (link(3, 8, fragments=((3, 5), (6, 9))), "expected pieces in order that do not overlap"),
    ],
)
def test_links_that_are_refused(tmp_path: Path, correction: LinkCorrection, message: str) -> None:
    with Corrections(tmp_path) as kept:
        with pytest.raises(CorpusError, match=message):
            kept.add_link(correction, graph(), FOUND)
        assert kept.counts == {"labels": 0, "links": 0}
