from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ontograft.data import CorpusColumns
from ontograft.errors import CorpusError, ResultsError, SettingsError
from ontograft.pipeline import predict_corpus
from ontograft.pipeline.batch import Predictor
from ontograft.pipeline.record_schema import Scores

from .predictors import Notes, StubPredictor, rows, write_rows


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results"


def test_a_corpus_is_predicted_in_shards(out: Path) -> None:
    stub, reporter = StubPredictor(), Notes()
    results = predict_corpus(stub, rows(20), out, shard_size=6, reporter=reporter)
    assert stub.calls == [6, 6, 5]
    assert results.manifest["counts"]["documents"] == 17
    assert [row["row"] for row in results.rejected()] == [1, 8, 15]
    table = results.dataset("documents").to_table().to_pydict()
    assert table["document"] == list(range(17))
    assert table["id"] == [f"d{number}" for number in range(20) if number % 7]
    assert table["row"] == [number + 1 for number in range(20) if number % 7]
    assert (reporter.stages["predicting"], reporter.done) == (17, 17)
    mentions = results.dataset("mentions").to_table().to_pylist()
    texts = dict(zip(table["document"], table["text"], strict=True))
    assert all(texts[m["document"]][m["start"] : m["end"]] == m["text"] for m in mentions)


def test_the_gold_label_and_the_other_columns_are_kept(out: Path) -> None:
    corpus: list[dict[str, object]] = [{"id": 1, "text": "t", "label": "x", "year": 1999}]
    (batch,) = predict_corpus(StubPredictor(), corpus, out).documents()
    (row,) = batch.to_pylist()
    assert (row["gold"], row["fields"]) == ("x", [("year", "1999")])


def test_the_columns_can_be_named(out: Path) -> None:
    corpus = [{"key": "1", "body": "t", "kind": "x"}]
    columns = CorpusColumns(id="key", text="body", label="kind")
    (batch,) = predict_corpus(StubPredictor(), corpus, out, columns=columns).documents()
    assert batch.to_pylist()[0]["gold"] == "x"


def test_a_bad_row_may_stop_it_before_anything_is_written(out: Path) -> None:
    with pytest.raises(CorpusError, match="row 1: column 'text' has no text"):
        predict_corpus(StubPredictor(), rows(20), out, bad_rows="error")
    assert not out.exists()


def test_a_corpus_without_a_usable_row_is_refused(out: Path) -> None:
    with pytest.raises(CorpusError, match="none of its rows can be used"):
        predict_corpus(StubPredictor(), rows(20, bad=1), out)
    assert not out.exists()


def test_a_shard_ends_early_where_texts_are_long(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ontograft.pipeline.batch.CHARACTERS", 100)
    corpus: list[dict[str, object]] = [
        {"id": number, "text": "x" * length, "note": "y" * 10}
        for number, length in enumerate((10, 10, 300, 10, 150, 40, 10))
    ]
    stub = StubPredictor()
    predict_corpus(stub, corpus, out, shard_size=5)
    assert stub.calls == [3, 3, 1]


@pytest.mark.parametrize("task", ["multi-label", "regression"])
def test_other_tasks_are_recorded(task: str, out: Path) -> None:
    results = predict_corpus(StubPredictor(task), rows(3), out)
    (batch,) = results.labels()
    labels = {"multi-label": ["bad", "good", "ugly"], "regression": ["value"]}[task]
    assert batch.to_pydict()["label"] == labels * 2
    assert results.manifest["model"]["task"] == task


def test_a_model_without_an_ontology_has_empty_tables_of_it(out: Path) -> None:
    stub = StubPredictor()
    stub.graph = None
    results = predict_corpus(stub, rows(3), out)
    assert results.manifest["ontology"] is None
    assert results.dataset("concepts").count_rows() == results.dataset("closure").count_rows() == 0


def test_options_out_of_range_are_refused(out: Path) -> None:
    with pytest.raises(SettingsError, match="shard size must be at least 1 document, got 0"):
        predict_corpus(StubPredictor(), rows(3), out, shard_size=0)
    with pytest.raises(SettingsError, match="unknown bad_rows 'warn'; choose one of: skip, error"):
        predict_corpus(StubPredictor(), rows(3), out, bad_rows="warn")  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["", "results", "deep/er"])
def test_results_do_not_go_into_the_corpus(part: str, tmp_path: Path) -> None:
    write_rows(tmp_path / "c.jsonl", rows(3))
    for corpus in (tmp_path, str(tmp_path), ["other.csv", tmp_path]):
        with pytest.raises(SettingsError, match="lies in the corpus folder .*choose a folder else"):
            predict_corpus(StubPredictor(), corpus, tmp_path / part)
    predict_corpus(StubPredictor(), tmp_path / "c.jsonl", tmp_path / "results")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_output_that_is_no_number_is_told_and_not_written(value: float, out: Path) -> None:
    class Broken(StubPredictor):
        def scores(self, texts: Sequence[str]) -> Scores:
            scores = super().scores(texts)
            scores.values[4, 1] = value
            return scores

    message = "the list given, row 6: the model's output for document 'd5' is not a finite number"
    with pytest.raises(ResultsError, match=message):
        predict_corpus(Broken(), rows(20), out)
    assert not list(out.glob("documents/*"))


def test_the_stub_is_a_predictor() -> None:
    stub: Predictor = StubPredictor()
    assert stub.language == "en"
