from __future__ import annotations

import io
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontograft.data import Document
from ontograft.kg import Candidate, Label, LabelKind, Mention
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.record_schema import (
    FORMAT,
    SHARDED,
    WHOLE,
    Scores,
    closure_table,
    concept_table,
    document_table,
    label_table,
    mention_table,
    parquet_bytes,
)

from .predictors import BASE, NAMES, graph

ROOT = Path(__file__).resolve().parents[2]
TEXT = "No fever. Breast and ovarian cancer was seen."
LABELS = LabelSet("single-label", ("bad", "good"))
DOCUMENTS = [
    Document("a", TEXT, meta={"year": "1999", "place": "Bonn"}, row=3, source="/x/c.csv"),
    Document("b", "", row=4, source="/x/c.csv"),
]
MENTION = Mention(
    start=10,
    end=35,
    text=TEXT[10:35],
    iri="http://x/1",
    label="breast cancer",
    score=0.75,
    candidates=(
        Candidate("http://x/2", "other", LabelKind.EXACT, 0.8, "exact"),
        Candidate("http://x/1", "breast cancer", LabelKind.EXACT, 0.75, "normalised"),
    ),
    nested=True,
    fragments=((10, 16), (29, 35)),
    polarity="negated",
    senses=("historical", "family"),
    section="results",
)


def scores(*mentions: Mention) -> Scores:
    return Scores(np.array([[0.25, 0.75], [0.5, 0.5]]), [mentions, ()])


def test_a_document_has_its_best_label_and_all_that_the_corpus_says() -> None:
    table = document_table(
        DOCUMENTS, scores(), LABELS, first=7, gold=["bad", None], sources={"/x/c.csv": "c.csv"}
    )
    first, second = table.to_pylist()
    assert first == {
        "document": 7,
        "id": "a",
        "text": TEXT,
        "label": "good",
        "score": 0.75,
        "gold": "bad",
        "source": "c.csv",
        "row": 3,
        "fields": [("year", "1999"), ("place", "Bonn")],
    }
    assert (second["document"], second["label"], second["gold"]) == (8, "bad", None)


def test_several_labels_leave_the_documents_own_empty() -> None:
    labels = LabelSet("multi-label", ("bad", "good"))
    table = document_table(DOCUMENTS, scores(), labels, first=0, gold=[None, None], sources={})
    assert table.column("label").null_count == table.column("score").null_count == 2
    assert table.column("source").to_pylist() == ["/x/c.csv", "/x/c.csv"]


@pytest.mark.parametrize(
    ("task", "predicted"),
    [
        ("single-label", [False, True, True, False]),
        ("multi-label", [False, True, True, True]),
    ],
)
def test_every_document_has_every_label(task: str, predicted: list[bool]) -> None:
    table = label_table(scores(), LabelSet(task, ("bad", "good")), first=7)
    assert table.to_pydict() == {
        "document": [7, 7, 8, 8],
        "label": ["bad", "good", "bad", "good"],
        "score": [0.25, 0.75, 0.5, 0.5],
        "predicted": predicted,
    }


def test_a_number_to_predict_is_a_label_with_the_value_as_its_score() -> None:
    labels, values = LabelSet("regression", ("value",)), Scores(np.array([[-2.5]]), [()])
    (row,) = label_table(values, labels, first=0).to_pylist()
    assert row == {"document": 0, "label": "value", "score": -2.5, "predicted": True}
    table = document_table(DOCUMENTS[:1], values, labels, first=0, gold=["3.0"], sources={})
    assert table.column("score").to_pylist() == [-2.5]


def test_a_mention_has_all_that_linking_says_of_it() -> None:
    table = mention_table(DOCUMENTS, scores(MENTION).mentions, first=7)
    assert table.to_pylist() == [
        {
            "document": 7,
            "mention": 0,
            "start": 10,
            "end": 35,
            "fragments": [{"start": 10, "end": 16}, {"start": 29, "end": 35}],
            "text": "Breast and ovarian cancer",
            "concept": "http://x/1",
            "label": "breast cancer",
            "score": 0.75,
            "way": "normalised",
            "polarity": "negated",
            "senses": ["historical", "family"],
            "section": "results",
            "nested": True,
            "sentence_start": 10,
            "sentence_end": len(TEXT),
        }
    ]


def test_a_mention_of_no_concept_is_nil_and_has_no_label() -> None:
    mention = Mention(3, 8, "fever", "NIL", "", 0.0, MENTION.candidates)
    (row,) = mention_table(DOCUMENTS, scores(mention).mentions, first=0).to_pylist()
    assert (row["concept"], row["label"], row["way"], row["score"]) == ("NIL", "", "", 0.0)
    assert TEXT[row["sentence_start"] : row["sentence_end"]] == "No fever."


@pytest.mark.parametrize(
    ("text", "start", "end", "sentence"),
    [
        ("One here. Two here.", 10, 13, "Two here."),
        ("One here. Two here.", 4, 13, "One here. Two here."),  # it lies in both
        ("One here.  Two here.", 9, 11, "One here.  "),  # it lies between them
        (" One here.", 0, 4, " One here."),
        ("   ", 0, 2, "  "),
    ],
)
def test_the_sentence_of_a_mention(text: str, start: int, end: int, sentence: str) -> None:
    mention = Mention(start, end, text[start:end], "NIL", "", 0.0, ())
    table = mention_table([Document("a", text)], [[mention]], first=0)
    (row,) = table.to_pylist()
    assert text[row["sentence_start"] : row["sentence_end"]] == sentence


def test_concepts_have_their_names_in_the_language() -> None:
    table = concept_table(graph(), language="en")
    assert table.column("concept").to_pylist() == sorted(BASE + name for name in NAMES)
    assert table.to_pylist()[0] == {
        "concept": BASE + "apple",
        "label": "apple",
        "definition": "",
        "labels": ["apple"],
        "kind": "class",
    }


def test_names_that_two_kinds_of_label_share_are_told_once() -> None:
    from ontograft.kg import Concept, KnowledgeGraph

    labels = tuple(Label(kind, "", "x") for kind in (LabelKind.PREFERRED, LabelKind.EXACT))
    table = concept_table(KnowledgeGraph([Concept("urn:x", labels=labels)]), language="de")
    assert table.column("labels").to_pylist() == [["x"]]


def test_the_closure_holds_each_concept_and_its_ancestors() -> None:
    rows = {
        (row["concept"].removeprefix(BASE), row["ancestor"].removeprefix(BASE), row["distance"])
        for row in closure_table(graph()).to_pylist()
    }
    assert rows == {
        *((name, name, 0) for name in NAMES),
        *(("apple", "fruit", 1), ("pear", "fruit", 1), ("fruit", "plant", 1)),
        *(("apple", "plant", 2), ("pear", "plant", 2)),
    }


def test_without_an_ontology_its_tables_are_empty() -> None:
    assert concept_table(None, language="en").num_rows == closure_table(None).num_rows == 0


@pytest.mark.parametrize("name", [*SHARDED, *WHOLE])
def test_a_file_is_one_row_group_with_checksums_and_states_its_version(name: str) -> None:
    table = filled(name)
    content = parquet_bytes(table)
    assert content == parquet_bytes(table)
    with pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True) as file:
        assert file.metadata.num_row_groups == 1
        assert file.metadata.metadata[b"ontograft_record"] == str(FORMAT).encode()
        assert file.read().to_pylist() == table.to_pylist()
        assert file.schema_arrow.names == (SHARDED | WHOLE)[name].names


def test_a_flipped_bit_in_a_page_is_noticed_by_its_checksum() -> None:
    texts = [f"text number {number}, {zlib.crc32(bytes(number))}" for number in range(500)]
    documents = [Document(text, text) for text in texts]
    some = Scores(np.ones((500, 2)), [()] * 500)
    gold: list[str | None] = [None] * 500
    table = document_table(documents, some, LABELS, first=0, gold=gold, sources={})
    content = bytearray(parquet_bytes(table))
    content[len(content) // 3] ^= 1
    with (
        pytest.raises(OSError, match="CRC|corrupt"),
        pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True) as file,
    ):
        file.read()


def filled(name: str) -> pa.Table:
    makers: dict[str, Any] = {
        "documents": lambda: document_table(
            DOCUMENTS, scores(), LABELS, first=0, gold=["x", None], sources={}
        ),
        "labels": lambda: label_table(scores(), LABELS, first=0),
        "mentions": lambda: mention_table(DOCUMENTS, scores(MENTION).mentions, first=0),
        "concepts": lambda: concept_table(graph(), language="en"),
        "closure": lambda: closure_table(graph()),
    }
    table: pa.Table = makers[name]()
    return table


def test_the_page_on_the_record_describes_every_column() -> None:
    page = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
    for name, schema in (SHARDED | WHOLE).items():
        section = page.split(f"### {name}\n")[1].split("\n### ")[0].split("\n## ")[0]
        stated = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", section, flags=re.MULTILINE)
        actual = [(field.name, str(field.type).replace("element: ", "")) for field in schema]
        assert stated == actual, name
