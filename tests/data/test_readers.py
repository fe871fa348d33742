from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import datasets
import pandas  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontograft.data import CorpusColumns, ReadReport, is_repeatable, read_corpus
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
        ("folder.csv", "the folder holds no corpus; expected files that end in one of"),
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


def test_several_files_are_one_corpus(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nt\n\nu\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "v"}\n', encoding="utf-8")
    paths = [tmp_path / "a.csv", tmp_path / "b.jsonl"]
    documents = list(read_corpus(paths, columns=CorpusColumns()))
    assert [(d.id, d.text, d.row, d.source) for d in documents] == [
        ("1", "t", 1, str(paths[0])),
        ("2", "u", 2, str(paths[0])),
        ("3", "v", 1, str(paths[1])),
    ]


def test_an_id_that_another_file_has_is_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\nx,t\ny,u\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,text\nz,v\nz,w\ny,x\n", encoding="utf-8")
    report = ReadReport()
    columns = CorpusColumns(id="id")
    list(read_corpus(tmp_path, columns=columns, on_bad_row="skip", report=report))
    assert [row for row, _ in report.reasons] == [2, 3]
    assert "holds 'z', which is the id of row 1 too" in report.reasons[0][1]
    assert f"holds 'y', which is the id of row 2 of {tmp_path / 'a.csv'}" in report.reasons[1][1]


def test_the_columns_that_folders_tell_are_read(tmp_path: Path) -> None:
    for year in ("2020", "2021"):
        (tmp_path / f"year={year}").mkdir()
        table = pa.table({"text": [f"in {year}"]})
        pq.write_table(table, tmp_path / f"year={year}" / "part-0.parquet")
    columns = CorpusColumns(label="year")
    documents = list(read_corpus(tmp_path, columns=columns))
    assert [(d.text, d.label) for d in documents] == [("in 2020", "2020"), ("in 2021", "2021")]


def test_files_without_a_usable_row_are_refused_together(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"txt": "t"}\n', encoding="utf-8")
    message = (
        r"the 2 files of the corpus: none of its rows .* reason, .*a\.jsonl, row 1 \(line 1\): "
    )
    with pytest.raises(CorpusError, match=message):
        list(read_corpus(tmp_path, columns=CorpusColumns(), on_bad_row="skip"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_stream_of_json_lines_is_read_where_it_stands_and_stays_open(packed: bool) -> None:
    content = b'{"text": "t"}\n{"text": "u"}\n'
    stream = io.BytesIO(b"skipped" + (gzip.compress(content) if packed else content))
    stream.seek(len(b"skipped"))
    documents = list(read_corpus(stream, columns=CorpusColumns()))
    assert [(d.text, d.source) for d in documents] == [
        ("t", "the stream given"),
        ("u", "the stream given"),
    ]
    assert not stream.closed


def test_a_pipe_is_read() -> None:
    receive, send = os.pipe()
    with os.fdopen(send, "wb") as writer:
        writer.write(b'{"text": "t"}\n')
    with os.fdopen(receive, "rb") as reader:
        assert [d.text for d in read_corpus(reader, columns=CorpusColumns())] == ["t"]


def test_a_stream_of_something_else_is_refused() -> None:
    with pytest.raises(CorpusError, match="the stream given: is a Parquet file"):
        list(read_corpus(io.BytesIO(b"PAR1"), columns=CorpusColumns()))
    with pytest.raises(CorpusError, match=r"holds text; expected bytes; open it with mode 'rb'"):
        read_corpus(io.StringIO("{}"), columns=CorpusColumns())  # type: ignore[arg-type]


def test_a_stream_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with (
        (tmp_path / "x").open("wb") as stream,
        pytest.raises(CorpusError, match=r"x: cannot be read \(File or stream is not readable"),
    ):
        list(read_corpus(stream, columns=CorpusColumns()))


def test_a_stream_that_breaks_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "x").open("w+b") as file:
        folder = os.open(tmp_path, os.O_RDONLY)
        os.dup2(folder, file.fileno())  # now it is a folder
        os.close(folder)
        with pytest.raises(CorpusError, match=r"x: cannot be read \(.*Is a directory"):
            list(read_corpus(file, columns=CorpusColumns()))


def test_what_can_be_read_again() -> None:
    paths: list[str | os.PathLike[str]] = ["a.csv", Path("b.csv")]
    assert is_repeatable("a.csv")
    assert is_repeatable(paths)
    assert is_repeatable([{"text": "t"}])
    assert is_repeatable(named_dataset())
    assert not is_repeatable(io.BytesIO())
    assert not is_repeatable({"text": "t"} for _ in "ab")


def test_the_other_columns_of_a_dataset_but_images_and_sounds() -> None:
    dataset = named_dataset().select([0]).add_column("year", [1990])
    dataset = dataset.add_column("picture", [None]).cast_column("picture", datasets.Image())
    (document,) = read_corpus(dataset, columns=CorpusColumns(others=True))
    assert document.meta == {"label": "yes", "year": "1990"}


def test_a_data_frame_is_told_how_to_give_its_rows() -> None:
    frame = pandas.DataFrame({"text": ["t"], "label": ["x"]})
    with pytest.raises(CorpusError, match=r"the DataFrame given is a table; .*to_dict\('records'"):
        read_corpus(frame, columns=COLUMNS)
    (document,) = read_corpus(frame.to_dict("records"), columns=COLUMNS)
    assert document.label == "x"
