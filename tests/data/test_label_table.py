from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import NamedLabel, read_label_table
from ontograft.errors import CorpusError


def table(tmp_path: Path, content: str, name: str = "labels.tsv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_names_alone_say_nothing_of_concepts(tmp_path: Path) -> None:
    path = table(tmp_path, "label\tname\nC04\tNeoplasms\n")
    assert read_label_table(path) == (
        NamedLabel("C04", "Neoplasms", None, f"{path}, row 1 (line 2)"),
    )


def test_a_column_names_concepts_or_says_that_there_is_none(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "way,label,concept,name\nname,a, DOID:1  DOID:2,Ants\nnone,b,,Bees\nname,c,DOID:3,\n",
        "labels.csv",
    )
    rows = read_label_table(path)
    assert [row.concepts for row in rows] == [("DOID:1", "DOID:2"), (), ("DOID:3",)]
    assert [row.name for row in rows] == ["Ants", "Bees", ""]


@pytest.mark.parametrize(
    "content",
    ["label\tname\tconcept\na\t\t\n", "label\tname\tconcept\n\tAnts\tDOID:1\n"],
)
def test_a_label_needs_a_name_or_a_concept(content: str, tmp_path: Path) -> None:
    path = table(tmp_path, content)
    with pytest.raises(CorpusError, match=r"row 1 \(line 2\): a label or its name is empty"):
        read_label_table(path)
