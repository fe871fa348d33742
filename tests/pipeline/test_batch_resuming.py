from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ontograft.data import CorpusColumns
from ontograft.errors import ResultsError
from ontograft.pipeline import Results, predict_corpus
from ontograft.pipeline.record_schema import Scores

from . import predictors
from .predictors import Failing, Notes, StubPredictor, everything, rows, write_rows


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.mark.parametrize("shard", [0, 1, 2])
def test_an_interrupted_run_goes_on_and_leaves_what_an_unbroken_one_does(
    shard: int, out: Path, tmp_path: Path
) -> None:
    corpus = rows(20)
    predict_corpus(StubPredictor(), corpus, tmp_path / "unbroken", shard_size=6)
    with pytest.raises(KeyboardInterrupt):
        predict_corpus(Failing(shard), corpus, out, shard_size=6)
    partial = Results.open(out, partial=True)
    assert partial.manifest["status"] == "partial"
    assert sum(batch.num_rows for batch in partial.documents()) == 6 * shard
    assert list(partial.rejected()) == []
    stub, reporter = StubPredictor(), Notes()
    predict_corpus(stub, corpus, out, shard_size=6, reporter=reporter)
    assert stub.calls == [6, 6, 5][shard:]
    assert reporter.stages["predicting"] == reporter.done == sum(stub.calls)
    assert everything(out) == everything(tmp_path / "unbroken")


def test_a_finished_run_is_left_as_it_is(out: Path) -> None:
    predict_corpus(StubPredictor(), rows(20), out)
    before = (out / "manifest.json").read_bytes()
    stub = StubPredictor()
    assert predict_corpus(stub, rows(20), out).manifest["status"] == "complete"
    assert stub.calls == []
    assert (out / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("documents/part-000001.parquet", [6]),
        ("mentions/part-000002.parquet", [5]),
        ("concepts.parquet", []),
        ("rejected.jsonl", []),
    ],
)
@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_damaged_file_of_a_finished_run_is_written_again(
    name: str, calls: list[int], harm: str, out: Path
) -> None:
    predict_corpus(StubPredictor(), rows(20), out, shard_size=6)
    before = everything(out)
    if harm == "remove":
        (out / name).unlink()
    else:
        content = bytearray((out / name).read_bytes())
        content[len(content) // 2] ^= 1
        (out / name).write_bytes(content)
    stub, reporter = StubPredictor(), Notes()
    predict_corpus(stub, rows(20), out, shard_size=6, reporter=reporter)
    assert stub.calls == calls
    assert [note for note in reporter.notes if "was damaged" in note] == [
        f"shard {name[-9]} was damaged and is predicted again" for _ in calls
    ]
    assert everything(out) == before


def test_a_stream_goes_on_where_it_was(out: Path, tmp_path: Path) -> None:
    content = write_rows(tmp_path / "c.jsonl", rows(20)).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        predict_corpus(Failing(2), io.BytesIO(content), out, shard_size=6)
    stub, reporter = StubPredictor(), Notes()
    predict_corpus(stub, io.BytesIO(content), out, shard_size=6, reporter=reporter)
    assert stub.calls == [5]
    assert reporter.stages == {"predicting": None}
    predict_corpus(StubPredictor(), io.BytesIO(content), tmp_path / "unbroken", shard_size=6)
    assert everything(out) == everything(tmp_path / "unbroken")


@pytest.mark.parametrize("change", ["row", "fewer", "later"])
def test_a_stream_that_changed_is_refused(change: str, out: Path, tmp_path: Path) -> None:
    corpus = rows(20)
    content = write_rows(tmp_path / "c.jsonl", corpus).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        predict_corpus(Failing(2), io.BytesIO(content), out, shard_size=6)
    variants: dict[str, list[dict[str, object]]] = {
        "row": [*corpus[:3], {"id": "d3", "text": "another"}, *corpus[4:]],
        "fewer": corpus[:7],
        "later": [{"id": "new", "text": "t"}, *corpus],
    }
    content = write_rows(tmp_path / "c.jsonl", variants[change]).read_bytes()
    message = "the corpus changed since the run began.*; give the corpus as it was, choose another"
    with pytest.raises(ResultsError, match=message):
        predict_corpus(StubPredictor(), io.BytesIO(content), out, shard_size=6)


def test_a_corpus_that_changes_while_it_is_read_is_noticed(out: Path) -> None:
    corpus = rows(20)

    class Meddling(StubPredictor):
        def scores(self, texts: Sequence[str]) -> Scores:
            corpus[15] = {"id": "d15", "text": "another"}
            return super().scores(texts)

    with pytest.raises(ResultsError, match="the corpus changed since the run began; give the cor"):
        predict_corpus(Meddling(), corpus, out, shard_size=6)


def changed_settings() -> Iterator[tuple[str, Callable[[Path], object], str]]:
    corpus = rows(20)
    other = StubPredictor(name="other")
    without = StubPredictor()
    without.graph = None
    yield "model", lambda out: predict_corpus(other, corpus, out, shard_size=6), "the model changed"
    yield (
        "ontology",
        lambda out: predict_corpus(without, corpus, out, shard_size=6),
        "the ontology changed",
    )
    yield (
        "corpus",
        lambda out: predict_corpus(StubPredictor(), corpus[1:], out, shard_size=6),
        "the corpus changed",
    )
    yield (
        "column",
        lambda out: predict_corpus(
            StubPredictor(), corpus, out, shard_size=6, columns=CorpusColumns(id="id")
        ),
        "the corpus changed",
    )
    yield (
        "shard size",
        lambda out: predict_corpus(StubPredictor(), corpus, out, shard_size=5),
        r"the settings changed \(shard_size: 6, now 5\)",
    )


@pytest.mark.parametrize(("call", "message"), [case[1:] for case in changed_settings()])
@pytest.mark.parametrize("finished", [True, False])
def test_anything_that_changed_is_refused(
    call: Callable[[Path], object], message: str, finished: bool, out: Path
) -> None:
    if finished:
        predict_corpus(StubPredictor(), rows(20), out, shard_size=6)
    else:
        with pytest.raises(KeyboardInterrupt):
            predict_corpus(Failing(1), rows(20), out, shard_size=6)
    with pytest.raises(ResultsError, match=f"{message}.*or replace them with --overwrite"):
        call(out)


def test_other_results_can_be_replaced(out: Path, tmp_path: Path) -> None:
    predict_corpus(StubPredictor(), rows(40), out, shard_size=6)
    predict_corpus(StubPredictor(), rows(20), out, shard_size=9, overwrite=True)
    predict_corpus(StubPredictor(), rows(20), tmp_path / "fresh", shard_size=9)
    assert everything(out) == everything(tmp_path / "fresh")


def command(corpus: Path, out: Path, size: int) -> list[str]:
    """Return the command that predicts in a process of its own."""
    return [sys.executable, predictors.__file__, str(corpus), str(out), str(size)]


def kill_at_random(corpus: Path, out: Path, *, size: int, kills: int, noise: random.Random) -> int:
    """Predict, killed again and again, and at last to the end; return how many kills hit.

    Each time the process is given until it has finished a few shards more, and then killed at a
    random moment.
    """
    hits = 0
    for _ in range(kills):
        with subprocess.Popen(command(corpus, out, size)) as process:
            wanted = _noted(out) + noise.randrange(1, 4)
            while process.poll() is None and _noted(out) < wanted:
                time.sleep(0.002)
            time.sleep(noise.random() * 0.05)
            process.kill()
        hits += process.returncode != 0
    subprocess.run(command(corpus, out, size), check=True)
    return hits


def _noted(out: Path) -> int:
    try:
        return (out / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 1


@pytest.mark.parametrize(
    ("count", "size", "kills"),
    [(400, 20, 3), pytest.param(100_000, 1000, 30, marks=pytest.mark.slow)],
)
def test_killed_at_random_moments_it_leaves_what_an_unbroken_run_does(
    count: int, size: int, kills: int, out: Path, tmp_path: Path
) -> None:
    corpus = write_rows(tmp_path / "c.jsonl", rows(count, bad=97))
    predict_corpus(StubPredictor(), corpus, tmp_path / "unbroken", shard_size=size)
    hits = kill_at_random(corpus, out, size=size, kills=kills, noise=random.Random(kills))
    assert hits > kills // 2
    assert everything(out) == everything(tmp_path / "unbroken")
    documents = Results.open(out).dataset("documents").to_table(columns=["document", "id"])
    assert documents.column("document").to_pylist() == list(range(len(documents)))
    assert len(set(documents.column("id").to_pylist())) == count - len(range(0, count, 97))


@pytest.mark.parametrize(
    "limits",
    [(2, 6, 18), pytest.param(tuple(range(1, 51)), marks=pytest.mark.slow)],
)
def test_on_a_full_disk_finished_shards_stay_and_nothing_is_half_written(
    limits: tuple[int, ...], out: Path, tmp_path: Path
) -> None:
    corpus = write_rows(tmp_path / "c.jsonl", rows(400))
    predict_corpus(StubPredictor(), corpus, tmp_path / "unbroken", shard_size=100)
    unbroken, refused = everything(tmp_path / "unbroken"), 0
    for limit in limits:
        script = f'ulimit -f {limit} && exec "$@"'  # in units of 512 bytes
        process = subprocess.run(
            ["sh", "-c", script, "sh", *command(corpus, out, 100)],
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode == 0:
            break
        refused += 1
        *notes, message = process.stderr.splitlines()
        assert all("going on after the" in note for note in notes)
        assert message.startswith("error: ")
        assert "cannot be written (" in message
        assert "make room on the disk and give the same command again" in message
        for path in out.rglob("*"):
            name = path.relative_to(out).as_posix()
            assert not name.endswith(".tmp")
            if path.is_file() and name not in ("journal.jsonl", "manifest.json"):
                assert path.read_bytes() == unbroken[name], name
    assert refused
    predict_corpus(StubPredictor(), corpus, out, shard_size=100)
    assert everything(out) == unbroken


def test_standard_input_is_a_corpus(out: Path, tmp_path: Path) -> None:
    corpus = write_rows(tmp_path / "c.jsonl", rows(20))
    with corpus.open("rb") as stdin:
        subprocess.run(command(Path("-"), out, 6), stdin=stdin, check=True)
    assert {row["source"] for row in Results.open(out).rejected()} == {"standard input"}
    path = out / "documents" / "part-000000.parquet"
    assert pq.read_table(path).num_rows == 6
    assert os.access(path, os.R_OK)
