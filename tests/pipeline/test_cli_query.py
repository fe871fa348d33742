from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from ontograft.pipeline import Results

from .conftest import run
from .results import make_results


@pytest.fixture(scope="module")
def folder(results: Results) -> Path:
    return results.folder


def test_filters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--label", "C12", "--min-score", 0.8, "--mentions", "kidney disease"]
    more = ["--include-narrower", "--not-negated", "--show", "sentences", "--format", "jsonl"]
    assert run("query", folder, *arguments, *more) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["sentence"] == "Nephritis was found."


def test_each_filter_has_its_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for option, expected in (
        (["--max-score", 0.6], ["d3"]),
        (["--negated"], ["d1"]),
        (["--without", "nephritis", "--include-narrower"], ["d4", "d3"]),
        (["--sense", "historical"], ["d2"]),
        (["--section", "Results"], ["d0"]),
        (["--words", "mother", "--words", "heart"], ["d2"]),
        (["--where", "year=2002", "--where", "journal=Heart"], ["d1"]),
        (["--limit", 1], ["d4"]),
    ):
        assert run("query", folder, *option, "--format", "jsonl") == 0
        lines = capsys.readouterr().out.splitlines()
        assert [json.loads(line)["id"] for line in lines] == expected


def test_a_table_is_short_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ontograft.pipeline.cli_query._FIRST", 2)
    assert run("query", folder) == 0
    shown = capsys.readouterr()
    assert "d4" in shown.out
    assert "d1" not in shown.out
    assert "the first 2; for more: --limit, or --out FILE" in shown.err


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["--facet", "label"], {"value": "C12", "documents": 3}),
        (["--facet", "field:year", "--limit", 1], {"value": "2002", "documents": 2}),
        (["--trend", "year"], {"value": "2001", "documents": 1, "of": 1, "share": 1.0}),
        (["--sql", "SELECT count(*) AS n FROM mentions"], {"n": 7}),
    ],
)
def test_counts(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[object],
    first: dict[str, object],
) -> None:
    assert run("query", folder, *arguments, "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == first


def test_co_occurrence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("query", folder, "--co-occurrence", "--mentions", "stroke", "--format", "csv") == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("nephritis,stroke,")


def test_the_ending_of_the_file_is_the_format(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("query", folder, "--show", "mentions", "--out", tmp_path / "a.parquet") == 0
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 6
    assert "6 rows -> " in capsys.readouterr().err


def test_queries_come_from_files_and_standard_input(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "q.sql").write_text("SELECT 1 AS one")
    assert run("query", folder, "--sql", tmp_path / "q.sql", "--format", "csv") == 0
    assert capsys.readouterr().out == "one\n1\n"
    question = "SELECT (COUNT(?d) AS ?n) { ?d a og:Document }"
    (tmp_path / "q.rq").write_text(question)
    assert run("query", folder, "--sparql", tmp_path / "q.rq", "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out) == {"n": 5}
    monkeypatch.setattr("sys.stdin", io.StringIO(question))
    assert run("query", folder, "--sparql", "-", "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out) == {"n": 5}


def test_triples_are_written_as_rdf(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.rq").write_text("CONSTRUCT { ?d og:label ?l } { ?d og:label ?l }")
    assert run("query", folder, "--sparql", tmp_path / "q.rq", "--format", "ntriples") == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert run("query", folder, "--sparql", tmp_path / "q.rq", "--out", tmp_path / "a.ttl") == 0
    assert len(list(ox.parse((tmp_path / "a.ttl").read_bytes(), ox.RdfFormat.TURTLE))) == 5
    assert run("query", folder, "--sparql", tmp_path / "q.rq", "--format", "csv") == 0
    assert capsys.readouterr().out.startswith("subject,predicate,object\n")


def test_several_runs_are_asked_together(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_results(tmp_path / "other", name="other").folder
    (tmp_path / "q.rq").write_text("SELECT (COUNT(?r) AS ?n) { ?r a og:Run }")
    for results, count in ((folder, 1), (other, 2)):
        assert (
            run(
                *("query", results, "--sparql", tmp_path / "q.rq", "--store", tmp_path / "store"),
                *("--format", "jsonl"),
            )
            == 0
        )
        assert json.loads(capsys.readouterr().out) == {"n": count}


def test_export(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", folder, "--to", tmp_path / "all.nq.gz") == 0
    assert "7 mentions -> " in capsys.readouterr().out
    assert (tmp_path / "all.nq.gz").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mentions", "kidny disease"], "did you mean: kidney disease"),
        (["--label", "C1"], "the model has no label 'C1'; choose from: C12, C14"),
        (["--format", "xlsx"], "unknown format 'xlsx'; choose one of: table, csv"),
        (["--format", "turtle"], "--format turtle is for triples (CONSTRUCT, DESCRIBE); choose"),
        (["--show", "words"], "unknown rows 'words'; choose one of: documents"),
        (["--sparql", "nowhere.rq"], "--sparql nowhere.rq: cannot be read"),
        (["--sql", "SELECT * FROM '/etc/passwd'"], "does not exist"),
    ],
)
def test_an_error_is_one_line_and_exit_code_1(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run("query", folder, *arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--facet", "label", "--trend", "year"],
        ["--sparql", "-", "--sql", "-"],
        ["--sparql", "-", "--label", "C12"],
        ["--where", "year"],
    ],
)
def test_options_that_do_not_go_together_are_refused(folder: Path, arguments: list[str]) -> None:
    assert run("query", folder, *arguments) == 2


def test_a_query_that_is_not_in_utf_8(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.rq").write_bytes("SELECT 'é'".encode("latin-1"))
    assert run("query", folder, "--sparql", tmp_path / "q.rq") == 1
    assert "is not in UTF-8; save it as UTF-8" in capsys.readouterr().err


def test_the_file_of_a_query_with_a_mistake_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?x WHERE { ?x a }")
    assert run("query", folder, "--sparql", tmp_path / "q.rq") == 1
    assert "q.rq: line 1, column 24, at '}'" in "".join(capsys.readouterr().err.split("\n"))


def test_no_results_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("query", tmp_path / "nowhere") == 1
    assert "no such results folder" in capsys.readouterr().err
