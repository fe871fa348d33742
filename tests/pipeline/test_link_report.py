from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from ontograft.errors import SettingsError
from ontograft.pipeline.link_report import print_links, write_errors
from ontograft.pipeline.link_scores import LinkError, LinkScores, Tally


def scores() -> LinkScores:
    tally = Tally(documents=2, composites=3, composites_whole=1)
    tally.gold.update({"identical": 6, "not expressible": 2})
    tally.predicted["identical"] = 4
    tally.right["identical", "exact"] = tally.found["identical", "exact"] = 3
    tally.ranked["identical", 1] = 5
    tally.ways["reordered"], tally.right_ways["reordered"] = 4, 3
    gold = (0, 3, "flu", ("D1", "D2"))
    tally.errors.append(LinkError("d", "missed", 0, 3, "flu", "identical", gold=gold))
    return tally.scores()


def rows(shown: str) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines()]
    return {row[0]: row[1:] for row in cells if len(row) > 1}


def test_the_tables_show_the_figures() -> None:
    console = Console(file=io.StringIO(), width=120)
    print_links(console, scores(), title="gold.txt")
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "gold.txt: 2 documents, 8 gold mentions" in shown
    assert "can express 6 (75.0 %)" in " ".join(shown.split())
    table = rows(shown)
    assert table["exact span and concept"] == ["75.0", "37.5", "50.0", "75.0", "50.0", "60.0"]
    assert table["identical"] == ["6", "83.3", "0.0", "0.0", "4", "75.0", "50.0", "60.0"]
    assert table["reordered"] == ["4", "75.0"]
    assert table["paraphrase"] == ["0", "-", "-", "-", "0", "-", "-", "-"]
    assert "3 mentions name several concepts that the ontology has; in 1 of them each" in shown
    assert "errors: wrong concept 0, wrong span 0, spurious 0, missed 1" in shown


def test_errors_are_written_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "errors.jsonl"
    write_errors(path, scores())
    (line,) = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert line["reason"] == "missed"
    assert line["gold"] == {"start": 0, "end": 3, "text": "flu", "ids": ["D1", "D2"]}


def test_errors_are_written_as_json_lines_only(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"--errors .*errors\.csv: errors are written as JSON L"
    ):
        write_errors(tmp_path / "errors.csv", scores())
