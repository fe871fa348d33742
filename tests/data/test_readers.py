from __future__ import annotations

from pathlib import Path

import datasets
import pytest

from ontograft.data import CorpusColumns, ReadReport, read_corpus
from ontograft.errors import CorpusError

COLUMNS = CorpusColumns(label="label")


def named_dataset() -> datasets.Dataset:
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    rows = {"text": ["t", "u", "v"], "label": [1, 0, -1]}
    return datasets.Dataset.from_dict(rows, features=features)


def test_a_dataset_is_read_with_the_names_of_its_classes() -> None:
    documents = list(read_corpus(named_dataset().select([0, 1]), columns=COLUMNS))
    assert [(d.text, d.label) for d in documents] == [("t", "yes"), ("u", "no")]
    assert documents[0].source == "the Dataset given"


def test_an_unlabelled_row_of_a_dataset_is_a_bad_row() -> None:
    with pytest.raises(CorpusError, match="the Dataset given, row 3: column 'label' has no label"):
        list(read_corpus(named_dataset(), columns=COLUMNS))


def test_the_format_of_a_dataset_does_not_matter() -> None:
    dataset = named_dataset().select([0]).with_format("numpy")
    assert [d.label for d in read_corpus(dataset, columns=COLUMNS)] == ["yes"]


def test_a_streamed_dataset_is_read() -> None:
    dataset = named_dataset().to_iterable_dataset()
    assert [d.text for d in read_corpus(dataset, columns=CorpusColumns())] == ["t", "u", "v"]


def test_class_lists_of_a_dataset_are_several_labels() -> None:
    names = datasets.ClassLabel(names=["a", "b"])
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.List(names)})
    dataset = datasets.Dataset.from_dict({"text": ["t"], "label": [[1, 0]]}, features=features)
    (document,) = read_corpus(dataset, columns=COLUMNS, task="multi-label")
    assert document.label == ("b", "a")


def test_a_dataset_without_the_column_is_refused() -> None:
    with pytest.raises(CorpusError, match="no column 'txt'; .*did you mean 'text'"):
        list(read_corpus(named_dataset(), columns=CorpusColumns(text="txt")))


def test_a_dataset_of_splits_is_refused() -> None:
    splits = datasets.DatasetDict({"train": named_dataset(), "test": named_dataset()})
    with pytest.raises(CorpusError, match="holds the splits 'train', 'test'; expected the rows of"):
        read_corpus(splits, columns=COLUMNS)


def test_rows_that_are_no_mappings_are_bad_rows() -> None:
    rows: list[dict[str, object]] = [{"text": "t"}, "u"]  # type: ignore[list-item]
    report = ReadReport()
    list(read_corpus(rows, columns=CorpusColumns(), on_bad_row="skip", report=report))
    assert report.reasons == [(2, "it is 'u'; expected a mapping such as {'text': '...'}")]


def test_an_object_without_rows_is_refused() -> None:
    with pytest.raises(CorpusError, match="a corpus cannot be read from 3; expected a path"):
        read_corpus(3, columns=COLUMNS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("corpus.csv", "there is no such file; check the path"),
        ("corpus.json", "unknown corpus format '.json'.*write JSON as one object a line"),
        ("corpus.xlsx", "unknown corpus format '.xlsx'; expected a name that ends in one of: .csv"),
        ("corpus.parquet.gz", "unknown corpus format '.parquet.gz'"),
        ("corpus", "unknown corpus format ''"),
        ("folder.csv", "is a folder; expected one file"),
    ],
)
def test_files_of_no_known_format_are_refused_at_once(
    name: str, message: str, tmp_path: Path
) -> None:
    if name == "folder.csv":
        (tmp_path / name).mkdir()
    elif name != "corpus.csv":
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(CorpusError, match=message):
        read_corpus(tmp_path / name, columns=COLUMNS)


def test_dots_in_a_file_name_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "corpus.v1.2.CSV"
    path.write_text("text\nt\n", encoding="utf-8")
    assert [d.text for d in read_corpus(str(path), columns=CorpusColumns())] == ["t"]
