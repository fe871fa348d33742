from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ontograft.data import CorpusColumns, Document
from ontograft.errors import CorpusError
from ontograft.pipeline.corpus_reading import BadRows, Reading, Survey
from ontograft.pipeline.labels import LabelSet

ROWS: list[dict[str, object]] = [
    {"id": "a", "text": "t", "label": " good ", "year": 1999},
    {"id": "b", "text": None, "label": "bad"},
    {"id": "c", "text": "u", "label": None},
]
COLUMNS = CorpusColumns(id="id", label="label")


def reading(corpus: Any, *, task: str = "single-label", bad_rows: BadRows = "skip") -> Reading:
    return Reading(corpus, COLUMNS, LabelSet(task, ("bad", "good")), bad_rows)


def test_documents_have_all_columns_and_need_no_label() -> None:
    read = reading(ROWS)
    documents = list(read.documents(lambda _: None))
    assert [document.label for document in documents] == [None, None]
    assert read.gold(documents) == ["good", None]
    assert [document.meta for document in read.without_gold(documents)] == [{"year": "1999"}, {}]


def test_a_corpus_without_the_label_column_has_no_gold() -> None:
    read = reading([{"id": "a", "text": "t"}])
    assert read.gold(list(read.documents(lambda _: None))) == [None]


@pytest.mark.parametrize(
    ("task", "label", "gold"),
    [
        ("single-label", "a|b", "a|b"),
        ("multi-label", "a|b", '["a", "b"]'),
        ("multi-label", ["ä", "b"], '["ä", "b"]'),
        ("regression", 3, "3.0"),
        ("regression", "much", None),
    ],
)
def test_gold_is_written_as_the_task_has_it(task: str, label: object, gold: str | None) -> None:
    read = reading([{"id": "a", "text": "t", "label": label}], task=task)
    assert read.gold(list(read.documents(lambda _: None))) == [gold]


def test_where_labels_are_not_asked_for_they_are_a_column_like_others() -> None:
    read = Reading(ROWS, CorpusColumns(id="id"), LabelSet("single-label", ("x",)), "skip")
    documents = list(read.documents(lambda _: None))
    assert read.gold(documents) == [None, None]
    assert read.without_gold(documents)[0].meta == {"label": " good ", "year": "1999"}


def test_rejected_rows_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('\n{"id": 1, "text": "t"}\n{"id": 2}\n')
    told: list[Any] = []
    read = reading(path)
    list(read.documents(told.append))
    reason = "there is no column 'text'; the columns are: 'id'"
    assert told == [{"source": "c.jsonl", "row": 2, "line": 3, "reason": reason}]
    assert (read.report.read, read.report.rejected) == (1, 1)


def test_a_bad_row_may_end_it() -> None:
    with pytest.raises(CorpusError, match="row 2: column 'text' has no text"):
        reading(ROWS, bad_rows="error").survey(lambda _: None)


def test_a_survey_leaves_the_account_as_if_nothing_was_read() -> None:
    read = reading(ROWS)
    fresh = read.sha256()
    survey = read.survey(lambda _: None)
    assert (survey.documents, read.sha256(), read.report.rows) == (2, fresh, 0)
    list(read.documents(lambda _: None))
    assert survey == Survey(2, read.sha256())


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"},
        {"text": "x"},
        {"label": "bad"},
        {"year": 2000},
        {"new": ""},
        {"text": None},
    ],
)
def test_any_change_of_a_row_changes_the_sha256(change: dict[str, object]) -> None:
    changed = [{**ROWS[0], **change}, *ROWS[1:]]
    assert reading(changed).survey(lambda _: None) != reading(ROWS).survey(lambda _: None)


def test_the_order_of_the_rows_is_part_of_the_sha256() -> None:
    assert reading(ROWS[::-1]).survey(lambda _: None) != reading(ROWS).survey(lambda _: None)


def test_the_same_rows_in_another_place_have_the_same_sha256(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.csv").write_text("id,text\n1,t\n")
    surveys = [reading(tmp_path / name / "c.csv").survey(lambda _: None) for name in ("x", "y")]
    assert surveys[0] == surveys[1]


def test_a_survey_tells_how_far_it_is() -> None:
    steps: list[int] = []
    rows = [{"id": str(number), "text": "t"} for number in range(2500)]
    reading(rows).survey(steps.append)
    assert steps == [1000, 1000]


def test_documents_come_one_by_one() -> None:
    first = next(reading(ROWS).documents(lambda _: None))
    assert isinstance(first, Document)
