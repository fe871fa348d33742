from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ontograft.data import CorpusColumns, read_corpus, read_gold
from ontograft.errors import CorpusError
from ontograft.kg import NIL, Linker, Mention
from ontograft.pipeline.corrections import Corrections
from ontograft.pipeline.keyed_lines import KeyedLines
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.link_evaluation import evaluate_links

from .corrected import FOUND, KNOWN, TEXT, label, lines, link, mention
from .predictors import BASE, graph


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


def test_closing_waits_for_what_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, gate, events = threading.Event(), threading.Event(), list[str]()
    kept = Corrections(tmp_path)
    put = KeyedLines.put

    def slow(self: KeyedLines, row: dict[str, Any]) -> None:
        writing.set()
        gate.wait(10)
        put(self, row)
        events.append("written")

    def close() -> None:
        kept.close()
        events.append("closed")

    monkeypatch.setattr(KeyedLines, "put", slow)
    writer = threading.Thread(target=kept.add_label, args=(label(), KNOWN))
    writer.start()
    assert writing.wait(10)
    closer = threading.Thread(target=close)
    closer.start()
    with pytest.raises(CorpusError, match="another process keeps its corrections here"):
        Corrections(tmp_path)  # held as long as it is written to
    assert events == []
    gate.set()
    writer.join()
    closer.join()
    assert events == ["written", "closed"]
    monkeypatch.undo()
    with Corrections(tmp_path) as again:
        assert again.counts["labels"] == 1


def test_what_comes_after_the_end_is_refused(tmp_path: Path) -> None:
    kept = Corrections(tmp_path)
    kept.add_label(label(), KNOWN)
    kept.close()
    kept.close()
    with pytest.raises(CorpusError, match="no more corrections are kept here: .* send it again"):
        kept.add_label(label("another"), KNOWN)
    with pytest.raises(CorpusError, match="no more corrections are kept here"):
        kept.add_link(link(), graph())
    assert [row["text"] for row in lines(tmp_path / "labels.jsonl")] == [TEXT]
    assert not (tmp_path / "links.jsonl").exists()


def test_a_file_is_no_folder_for_corrections(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError, match=r"file: cannot be made a folder \(File exists\); name"):
        Corrections(tmp_path / "file")
