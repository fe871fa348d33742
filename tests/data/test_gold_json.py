from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ontograft.data import GoldDocument, GoldMention, read_gold
from ontograft.errors import CorpusError

TEXT = "Breast and ovarian cancer"
BOTH = GoldMention(0, 25, TEXT, frozenset({"D1", "D2"}), composite=True)


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8-sig")
    return path


def read(folder: Path, *rows: Any, texts: dict[str, str] | None = None) -> list[GoldDocument]:
    return list(read_gold(write(folder, *rows), texts=texts))


@pytest.mark.parametrize(
    ("mention", "ids"),
    [
        ({"start": 0, "end": 6, "iri": "http://x.org/a"}, {"http://x.org/a"}),
        ({"start": 0, "end": 6, "iri": "http://x.org/a", "label": "a name"}, {"http://x.org/a"}),
        ({"start": 0, "end": 6, "id": "D1"}, {"D1"}),
        ({"start": 0, "end": 6, "ids": ["D1", "D2"]}, {"D1", "D2"}),
        ({"start": 0, "end": 6, "iri": "NIL"}, set()),
        ({"start": 0, "end": 6}, set()),
        ({"start": 0, "end": 6, "label": "DIS", "kb_id": "D1"}, {"D1"}),
        ({"start_offset": 0, "end_offset": 6, "id": 17, "label": "D1"}, {"D1"}),
        ({"start_char": 0, "end_char": 6, "label": "D1"}, {"D1"}),
        ([0, 6, "D1"], {"D1"}),
    ],
)
@pytest.mark.parametrize("key", ["mentions", "spans", "entities", "label"])
def test_mentions_are_found_under_the_names_that_tools_use(
    key: str, mention: Any, ids: set[str], tmp_path: Path
) -> None:
    (document,) = read(tmp_path, {"id": 5, "text": TEXT, key: [mention]})
    assert (document.id, document.text) == ("5", TEXT)
    assert [(one.start, one.end, one.text) for one in document.mentions] == [(0, 6, "Breast")]
    assert document.mentions[0].ids == ids


def test_composite_and_interrupted_mentions(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": TEXT, "mentions": [{"start": 0, "end": 25, "id": "D1|D2"}]},
        {
            "text": TEXT,
            "mentions": [{"start": 0, "end": 25, "ids": ["D1", "D2"], "composite": True}],
        },
        {
            "text": TEXT,
            "mentions": [{"start": 0, "end": 25, "id": "D1", "fragments": [[0, 6], [19, 25]]}],
        },
    ]
    first, second, third = read(tmp_path, *rows)
    assert first.mentions == second.mentions == (BOTH,)
    assert third.mentions[0].fragments == ((0, 6), (19, 25))
    assert [document.id for document in (first, second, third)] == ["1", "2", "3"]


def test_what_an_annotator_rejected_is_left_out(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": TEXT, "spans": [], "answer": answer} for answer in ("reject", "accept")
    ]
    assert [document.id for document in read(tmp_path, *rows)] == ["2"]


def test_lines_of_mentions_take_their_texts_from_the_corpus(tmp_path: Path) -> None:
    texts = {"a": "Flu here.", "b": TEXT, "c": "nothing"}
    rows = [
        {"id": "b", "start": 11, "end": 25, "text": "ovarian cancer", "iri": "x:o", "label": "o"},
        {"id": "b", "start": 19, "end": 25, "text": "cancer", "iri": "x:c", "nested": True},
        {"id": "a", "start": 0, "end": 3, "text": "Flu", "iri": "x:f", "nested": False},
    ]
    documents = read(tmp_path, *rows, texts=texts)
    assert [(document.id, document.text) for document in documents] == list(texts.items())
    assert [[(m.text, set(m.ids)) for m in document.mentions] for document in documents] == [
        [("Flu", {"x:f"})],
        [("ovarian cancer", {"x:o"})],
        [],
    ]


MENTION = {"id": "a", "start": 0, "end": 3, "text": "Flu", "iri": "x:f"}


def test_lines_of_mentions_without_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"row 1 \(line 1\): a mention without the text of its d"):
        read(tmp_path, MENTION)
    with pytest.raises(CorpusError, match="there is no text of a document 'a'; expected one of"):
        read(tmp_path, MENTION, texts={"b": "Flu"})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": 3, "mentions": []}, "the key 'text' holds 3; expected a text"),
        ({"mentions": []}, "the key 'text' holds None; expected a text"),
        (
            {"text": TEXT},
            "there is no list of mentions; the keys are: 'text'; expected one of: men",
        ),
        (
            {"text": TEXT, "mentions": ["x"]},
            "'x' is no mention; expected an object with start, end",
        ),
        (
            {"text": TEXT, "mentions": [{"start": "0"}]},
            "'start' of a mention is '0'; expected a wh",
        ),
        ({"text": TEXT, "mentions": [{"start": True}]}, "'start' of a mention is True; expected"),
        (
            {"text": TEXT, "mentions": [{"start": 0}]},
            "'end' of a mention is None; expected a whole",
        ),
        ({"text": TEXT, "mentions": [[0, 99, "D1"]]}, "mention from 0 to 99 in a text of 25"),
        (
            {"text": TEXT, "mentions": [{"start": 0, "end": 6, "text": "Ovarian"}]},
            "the text from 0 to 6 is 'Breast', but the mention is 'Ovarian'",
        ),
        (
            {"text": TEXT, "mentions": [{"start": 0, "end": 6, "iri": 7}]},
            "'iri' of a mention is 7; expected an identifier or a list of them",
        ),
        (
            {"text": TEXT, "mentions": [{"start": 0, "end": 6, "fragments": [0, 6]}]},
            r"the fragments of a mention are \[0, 6\]; expected pairs of start and end",
        ),
        (
            {"text": TEXT, "mentions": [{"start": 0, "end": 6, "fragments": [[0, 3], [2, 6]]}]},
            r"the fragments are \[\[0, 3\], \[2, 6\]\]; expected pieces in order",
        ),
    ],
)
def test_a_bad_row_is_named(row: Any, message: str, tmp_path: Path) -> None:
    good = {"text": TEXT, "mentions": []}
    with pytest.raises(CorpusError, match=rf"gold\.jsonl, row 2 \(line 2\): {message}"):
        read(tmp_path, good, row)


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": TEXT, "mentions": []})
    path.write_text(path.read_text() + '{"text": "cut', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"row 2 \(line 2\): it is not JSON"):
        list(read_gold(path))


def test_an_answer_that_is_no_word_is_none(tmp_path: Path) -> None:
    (document,) = read(tmp_path, {"text": TEXT, "answer": ["reject"], "mentions": []})
    assert document.text == TEXT
