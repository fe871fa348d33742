from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # it has no types
import pyarrow.parquet as pq
import pytest

from ontograft.errors import ResultsError
from ontograft.pipeline import Results, predict_corpus

from .predictors import BASE, StubPredictor

ROWS: list[dict[str, object]] = [
    {"id": f"d{number}", "text": f"Case {number}. An apple, a plum.", "year": 1990 + number}
    for number in range(10)
]
BAD: dict[str, object] = {"id": "x", "text": None}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder of three shards."""
    folder = tmp_path_factory.mktemp("made") / "results"
    predict_corpus(StubPredictor(), [*ROWS, BAD], folder, shard_size=4)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "results")


def test_tables_are_streamed_a_shard_at_a_time(folder: Path) -> None:
    results = Results.open(folder)
    assert [batch.num_rows for batch in results.documents()] == [4, 4, 2]
    assert [batch.num_rows for batch in results.labels()] == [12, 12, 6]
    (first, *_) = results.mentions(columns=["document", "concept"])
    assert first.to_pylist()[:2] == [
        {"document": 0, "concept": BASE + "apple"},
        {"document": 0, "concept": "NIL"},
    ]


def test_a_table_is_a_dataset(folder: Path) -> None:
    dataset = Results.open(folder).dataset("documents")
    assert dataset.to_table(columns=["id"]).column("id").to_pylist() == [row["id"] for row in ROWS]
    assert dataset.count_rows() == 10


def test_the_manifest_counts(folder: Path) -> None:
    assert Results.open(folder).manifest["counts"] == {
        "rows": 11,
        "read": 10,
        "rejected": 1,
        "documents": 10,
        "labels": 30,
        "mentions": 20,
        "linked": 10,
    }


def test_rejected_rows_are_listed(folder: Path) -> None:
    assert list(Results.open(folder).rejected()) == [
        {
            "source": "the list given",
            "row": 11,
            "line": None,
            "reason": "column 'text' has no text; expected one; fill it in or take the row out",
        }
    ]


def test_pandas_reads_it_as_it_is(folder: Path) -> None:
    documents = pd.read_parquet(folder / "documents")
    assert list(documents["id"]) == [row["id"] for row in ROWS]
    assert dict(documents["fields"][3]) == {"year": "1993"}
    assert (folder / "mentions").is_dir()
    mentions = pd.read_parquet(folder / "mentions")
    spans = zip(mentions["document"], mentions["start"], mentions["end"], strict=True)
    texts = [documents["text"][document][start:end] for document, start, end in spans]
    assert texts == list(mentions["text"])


def test_duckdb_reads_it_as_it_is(folder: Path) -> None:
    found = duckdb.execute(
        f"""
        SELECT d.id, d.fields['year'], count(*)
        FROM '{folder}/documents/*.parquet' d JOIN '{folder}/mentions/*.parquet' m USING (document)
        JOIN '{folder}/closure.parquet' c ON c.concept = m.concept
        WHERE c.ancestor = '{BASE}plant' AND list_contains(m.senses, 'family') = false
        GROUP BY ALL ORDER BY d.id LIMIT 2
        """
    ).fetchall()
    assert found == [("d0", "1990", 1), ("d1", "1991", 1)]


def test_polars_reads_it_as_it_is(folder: Path) -> None:
    polars = pytest.importorskip("polars")
    labels = polars.scan_parquet(folder / "labels" / "*.parquet")
    chosen = labels.filter(polars.col("predicted")).select("document", "label").collect()
    assert chosen.height == 10
    fields = polars.read_parquet(folder / "documents" / "*.parquet")["fields"].to_list()
    assert fields[0] == {"year": "1990"}


@pytest.mark.parametrize("table", ["documents", "labels", "mentions"])
def test_every_file_is_one_row_group(folder: Path, table: str) -> None:
    for path in Results.open(folder).files(table):
        assert pq.read_metadata(path).num_row_groups == 1


def test_a_changed_byte_in_any_file_is_noticed_before_it_is_used(
    made: Path, tmp_path: Path
) -> None:
    noise = random.Random(0)
    names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    assert len(names) == 13
    for name in names * 4:
        copy = shutil.copytree(made, tmp_path / "copy")
        content = bytearray((copy / name).read_bytes())
        content[noise.randrange(len(content))] ^= 1 << noise.randrange(8)
        (copy / name).write_bytes(content)
        if name == "manifest.json" and Results.open(made).manifest == _opened(copy):
            continue  # white space between two keys
        with pytest.raises(ResultsError, match="is damaged"):
            Results.open(copy).verify()
        shutil.rmtree(copy)


def _opened(folder: Path) -> object:
    try:
        return Results.open(folder).manifest
    except ResultsError:
        return None


def test_damage_is_noticed_on_reading(folder: Path) -> None:
    path = folder / "mentions" / "part-000001.parquet"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    batches = Results.open(folder).mentions()
    next(batches)
    with pytest.raises(
        ResultsError, match=r"part-000001\.parquet: is damaged: its content does no"
    ):
        next(batches)
    with pytest.raises(ResultsError, match=r"part-000001\.parquet: is damaged"):
        Results.open(folder).dataset("mentions")


def test_a_file_is_checked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = Results.open(folder)
    results.verify()
    monkeypatch.setattr("ontograft.pipeline.record.file_sha256", lambda _: "")
    results.verify()


def test_a_file_that_is_missing_or_cut_is_noticed_on_opening(folder: Path) -> None:
    path = folder / "labels" / "part-000002.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    expected = rf"part-000002\.parquet: has {len(content) - 1} bytes, expected {len(content)}; it"
    with pytest.raises(ResultsError, match=expected):
        Results.open(folder)
    path.unlink()
    with pytest.raises(ResultsError, match=r"part-000002\.parquet: is missing; repair it with the"):
        Results.open(folder)


def test_a_file_that_goes_away_after_opening_is_told(folder: Path) -> None:
    results = Results.open(folder)
    (folder / "closure.parquet").unlink()
    with pytest.raises(ResultsError, match=r"closure\.parquet: cannot be read \(No such file"):
        results.files("closure")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such results folder; make one with 'ontograft pre"):
        Results.open(tmp_path / "none")


def test_an_unknown_table_or_column_is_refused(folder: Path) -> None:
    results = Results.open(folder)
    with pytest.raises(ResultsError, match="no table 'texts'; choose one of: documents, labels, m"):
        results.files("texts")
    with pytest.raises(ResultsError, match="labels has no column 'text'; choose from: document, l"):
        list(results.labels(columns=["text"]))
