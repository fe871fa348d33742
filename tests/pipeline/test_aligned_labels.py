from __future__ import annotations

import json
from pathlib import Path

import pytest

from ontograft.data import read_label_table
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline.aligned_labels import (
    LabelAlignment,
    Way,
    alignment_notes,
    as_settings,
    of_settings,
    write_alignment,
)
from ontograft.pipeline.label_names import name_labels

HOME = "http://example.org/"
ALIGNMENT = (
    LabelAlignment("a", 'Ants, "all"', (HOME + "1",), ("ant",), 0.9412, "name"),
    LabelAlignment("b", "Bees\tand more", (HOME + "1", HOME + "2"), ("ant", "bee"), 0.7, "nearest",
                   missing=("more",)),
    LabelAlignment("c", "Cats"),
)  # fmt: skip
GRAPH = KnowledgeGraph(
    [
        Concept(HOME + "1", labels=(Label(LabelKind.PREFERRED, "en", "ant"),)),
        Concept(HOME + "2", labels=(Label(LabelKind.PREFERRED, "en", "bee"),)),
    ]
)


def test_the_table_shows_what_was_found(tmp_path: Path) -> None:
    write_alignment(ALIGNMENT[::2], tmp_path / "labels.tsv")
    assert (tmp_path / "labels.tsv").read_text(encoding="utf-8").split("\n") == [
        "label\tname\tconcept\tconcept_name\tscore\tway",
        'a\t"Ants, ""all"""\thttp://example.org/1\tant\t0.94\tname',
        "c\tCats\t\t\t\tnone",
        "",
    ]


def test_the_table_is_read_back_as_the_experts_word(tmp_path: Path) -> None:
    write_alignment(ALIGNMENT, tmp_path / "labels.tsv")
    naming = name_labels(read_label_table(tmp_path / "labels.tsv"), GRAPH)
    assert naming.names == {entry.label: entry.name for entry in ALIGNMENT}
    assert naming.concepts == {entry.label: entry.iris for entry in ALIGNMENT}


def test_an_alignment_survives_the_settings_of_a_model_folder() -> None:
    assert of_settings(json.loads(json.dumps(as_settings(ALIGNMENT)))) == ALIGNMENT


@pytest.mark.parametrize(
    ("way", "missing", "expected"),
    [
        ("given", (), (True, True)),
        ("identifier", (), (True, True)),
        ("name", (), (True, True)),
        ("name", ("more",), (True, False)),
        ("kinds", (), (False, False)),
        ("nearest", (), (False, False)),
    ],
)
def test_guesses_and_halves_are_not_sure(
    way: Way, missing: tuple[str, ...], expected: tuple[bool, bool]
) -> None:
    entry = LabelAlignment("a", "Ants", (HOME,), ("ant",), 1.0, way, missing)
    assert (entry.has_sure_way, entry.is_sure) == expected


def test_a_label_that_stands_for_nothing_is_not_sure() -> None:
    assert not LabelAlignment("a", "Ants", way="given").is_sure


def test_notes_count_and_name_what_is_doubled() -> None:
    assert alignment_notes(ALIGNMENT) == [
        "2 of 3 labels stand for concepts of the ontology",
        "the labels 'a', 'b' stand for the same concept, 'ant'",
    ]
