from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from .conftest import ONTOLOGY, run, write_jsonl

FRUIT = "http://example.org/fruit/"
GOLD = """\
1|t|An apple and two pears.
1\t3\t8\tapple\tFruit\tapple
1\t17\t22\tpears\tFruit\tpear

2|t|A leek, a pippin and a quince.
2\t2\t6\tleek\tVegetable\thttp://example.org/fruit/leek
2\t10\t16\tpippin\tFruit\tapple
2\t23\t29\tquince\tFruit\tquince
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an ontology and gold mentions, which is the current one."""
    (tmp_path / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    (tmp_path / "gold.pubtator").write_text(GOLD, encoding="utf-8")
    (tmp_path / "many.pubtator").write_text((GOLD + "\n") * 4, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_evaluate_prints_and_writes_the_figures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = ("--json", "scores.json", "--errors", "errors.jsonl")
    assert run("link", "fruit.ttl", "--evaluate", "gold.pubtator", *written) == 0
    shown = capsys.readouterr().out
    assert "gold.pubtator: 2 documents, 5 gold mentions" in shown
    assert "missed 1" in shown
    figures = json.loads((folder / "scores.json").read_text())
    assert figures["expressible_share"] == 0.8
    assert figures["all"]["end_to_end"]["exact"]["precision"] == 1.0
    assert figures["expressible"]["accuracy_at_1"] == 1.0
    (error,) = (json.loads(line) for line in (folder / "errors.jsonl").read_text().splitlines())
    assert (error["reason"], error["text"], error["relation"]) == (
        "missed",
        "quince",
        "not expressible",
    )


def test_one_type_of_gold_mentions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = ("--evaluate", "gold.pubtator", "--gold-type", "Fruit", "--json", "scores.json")
    assert run("link", "fruit.ttl", *gold) == 0
    assert "4 gold mentions" in capsys.readouterr().out
    assert json.loads((folder / "scores.json").read_text())["errors"] == {
        "spurious": 1,
        "missed": 1,
    }


def test_what_link_wrote_is_gold_with_the_texts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_jsonl(
        folder / "texts.jsonl", [{"id": "a", "text": "An apple."}, {"id": "b", "text": "x"}]
    )
    assert run("link", "fruit.ttl", "texts.jsonl", "--out", "links.jsonl") == 0
    evaluate = ("--id", "id", "--evaluate", "links.jsonl")
    assert run("link", "fruit.ttl", "texts.jsonl", *evaluate) == 0
    shown = capsys.readouterr().out
    assert "links.jsonl: 2 documents, 1 gold mentions" in shown
    assert run("link", "fruit.ttl", "--evaluate", "links.jsonl") == 1


def test_options_from_a_file_decide(folder: Path) -> None:
    (folder / "options.yaml").write_text("threshold: 1.0\n")
    write_jsonl(folder / "texts.jsonl", [{"id": "a", "text": "An apple and a pippin."}])
    common = ("--options", "options.yaml")
    assert run("link", "fruit.ttl", "texts.jsonl", "--out", "links.jsonl", *common) == 0
    lines = [json.loads(line) for line in (folder / "links.jsonl").read_text().splitlines()]
    assert [line["iri"] for line in lines] == [f"{FRUIT}apple", "NIL"]
    gold = ("--evaluate", "gold.pubtator", "--json", "scores.json")
    assert run("link", "fruit.ttl", *gold, *common) == 0
    found = json.loads((folder / "scores.json").read_text())["all"]["end_to_end"]["exact"]
    assert found["predicted"] < 4


def test_tune_writes_options_that_serve_as_options(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "strict.yaml").write_text("threshold: 1.0\n")
    gold = ("--tune", "many.pubtator", "--evaluate", "gold.pubtator", "--json", "scores.json")
    assert run("link", "fruit.ttl", *gold, "--options", "strict.yaml", "--out", "tuned.yaml") == 0
    shown = capsys.readouterr().out
    assert "threshold: 1.0 -> " in shown
    text = (folder / "tuned.yaml").read_text()
    assert text.startswith("# The linker's options, tuned on many.pubtator for fruit.ttl.\n")
    assert yaml.safe_load(text)["threshold"] < 1.0
    figures = json.loads((folder / "scores.json").read_text())
    assert figures["tuning"]["held_out"]["recall"] == figures["expressible_share"] == 0.8
    assert figures["all"]["end_to_end"]["exact"]["found"] == 4
    again = ("--evaluate", "gold.pubtator", "--options", "tuned.yaml")
    assert run("link", "fruit.ttl", *again) == 0
    assert capsys.readouterr().out.strip() in shown


def test_tune_that_helps_nothing_keeps_the_options(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tune = ("--tune", "many.pubtator", "--out", "tuned.json", "--json", "figures.json")
    assert run("link", "fruit.ttl", *tune) == 0
    assert "the options stay as they were" in capsys.readouterr().out
    tuning = json.loads((folder / "figures.json").read_text())["tuning"]
    assert tuning["options"] == json.loads((folder / "tuned.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a CORPUS and --out FILE, or use --evaluate or --tune"),
        (["texts.csv"], "name a CORPUS and --out FILE"),
        (["texts.csv", "--out", "x.jsonl", "--json", "x.json"], "need --evaluate or --tune"),
        (["texts.csv", "--out", "x.jsonl", "--gold-type", "A"], "need --evaluate or --tune"),
        (["--evaluate", "gold.pubtator", "--out", "x.jsonl"], "--tune needs --out OPTIONS.yaml"),
        (["--tune", "gold.pubtator"], "--tune needs --out OPTIONS.yaml"),
        (["--evaluate", "gold.pubtator", "--skip-bad-rows"], "--skip-bad-rows is for a CORPUS"),
        (
            ["--tune", "gold.pubtator", "--out", "x.yaml", "--errors", "e.jsonl"],
            "--errors for --evaluate GOLD",
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_arguments_that_do_not_fit_are_a_usage_error(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("link", "fruit.ttl", *arguments) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--evaluate", "no.pubtator"], "no.pubtator: there is no such file"),
        (["--evaluate", "fruit.ttl"], "unknown format of gold mentions"),
        (
            ["--evaluate", "gold.pubtator", "--errors", "e.csv"],
            "--errors e.csv: errors are written",
        ),
        (["--evaluate", "gold.pubtator", "--options", "no.yaml"], "no such file of linker options"),
        (["--tune", "gold.pubtator", "--out", "x.yaml"], "tuning with 5 folds takes at least"),
    ],
)
def test_an_error_is_one_line(
    folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("link", "fruit.ttl", *arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
    assert not (folder / "x.yaml").exists()
