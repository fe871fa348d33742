from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ontograft.data import read_label_table
from ontograft.pipeline.aligned_labels import LabelAlignment
from ontograft.pipeline.cli_labels import print_alignment

from .conftest import run

FRUIT = "http://example.org/fruit/"


@pytest.fixture
def project(folder: Path) -> Path:
    """Return a project file whose labels have names."""
    path = folder / "project.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["corpus"]["label_names"] = "names.tsv"
    path.write_text(yaml.safe_dump(settings))
    (folder / "names.tsv").write_text("label\tname\nsweet\tFruit\nsavoury\tVegetables\n")
    return path


def test_the_labels_are_shown_and_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = project.with_name("found.tsv")
    assert run("labels", project, "--out", table) == 0
    shown = capsys.readouterr().out
    assert "savoury" in shown
    assert "vegetable" in shown
    assert "2 of 2 labels stand for concepts" in shown
    assert "found.tsv; correct it there, and name it in corpus.label_names" in shown
    rows = {row.label: row.concepts for row in read_label_table(table)}
    assert rows == {"sweet": (f"{FRUIT}fruit",), "savoury": (f"{FRUIT}vegetable",)}


def test_without_a_file_they_are_only_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.parent.iterdir())
    assert run("labels", project) == 0
    assert "correct it" not in capsys.readouterr().out
    assert sorted(project.parent.iterdir()) == before


def test_fit_shows_them_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fit", project) == 0
    shown = capsys.readouterr().out
    assert "labels as concepts" in shown
    assert "labels.tsv; correct it there" in shown


def test_the_table_is_a_tsv(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("labels", project, "--out", "found.xlsx") == 2
    assert "the table is written as .tsv, got 'found.xlsx'" in capsys.readouterr().err


def entries(count: int) -> list[LabelAlignment]:
    iris = (f"{FRUIT}plum",)
    return [LabelAlignment(f"l{n}", "Plum", iris, ("plum",), 0.9, "name") for n in range(count)]


def test_many_labels_are_not_all_shown_after_training(capsys: pytest.CaptureFixture[str]) -> None:
    print_alignment(entries(60), table="labels.tsv")
    shown = capsys.readouterr().out
    assert "l39" in shown
    assert "l40 " not in shown
    assert "and 20 more" in shown


def test_what_a_part_lacks_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    entry = LabelAlignment(
        "l", "Plums and Pits", (f"{FRUIT}plum",), ("plum",), 0.9, "name", ("Pits",)
    )
    print_alignment([entry], table="")
    assert "plum; (none for Pits)" in capsys.readouterr().out


def test_fit_is_silent_where_no_label_is_a_concept(capsys: pytest.CaptureFixture[str]) -> None:
    print_alignment([LabelAlignment("l", "l", missing=("l",))], table="labels.tsv")
    assert capsys.readouterr().out == ""
