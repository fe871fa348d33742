from __future__ import annotations

import os
from pathlib import Path

import pytest

from ontograft.data import read_gold
from ontograft.errors import CorpusError

PUBTATOR = "1|t|Flu and aspirin\n1\t0\t3\tFlu\tDisease\tD1\n1\t8\t15\taspirin\tChemical\tD2\n"
DATA = os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "")


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_mentions_can_be_chosen_by_type(tmp_path: Path) -> None:
    path = write(tmp_path, "gold.txt", PUBTATOR)
    (document,) = read_gold(path, types=["Disease"])
    assert [mention.text for mention in document.mentions] == ["Flu"]


def test_a_type_that_no_mention_has_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "gold.txt", PUBTATOR)
    message = "no mention has the type 'disease'; its types are: 'Chemical', 'Disease'"
    with pytest.raises(CorpusError, match=message):
        list(read_gold(path, types=["disease"]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.pubtator", "there is no such file; check the path of the gold mentions"),
        ("folder.jsonl", "is a folder; expected a file; check the path"),
        (
            "gold.xml",
            r"unknown format of gold mentions: a name in '\.xml'; expected one in: \.pubta",
        ),
        ("gold.spacy.gz", r"a name in '\.spacy\.gz'; expected one in"),
        ("gold", "a name in ''; expected one in"),
        ("gold.txt", "a name in '.txt' and a first line that is no title .* or token with a tag"),
    ],
)
def test_what_is_no_gold_file_is_refused_at_once(name: str, message: str, tmp_path: Path) -> None:
    if name == "folder.jsonl":
        (tmp_path / name).mkdir()
    elif name != "nowhere.pubtator":
        write(tmp_path, name, "Some text.\n")
    with pytest.raises(CorpusError, match=message):
        read_gold(tmp_path / name)


@pytest.mark.parametrize("name", ["gold.pubtator", "gold.jsonl", "gold.conll"])
def test_a_file_without_documents_is_refused(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, name, "\n\n")
    with pytest.raises(CorpusError, match=f"{name}: holds no document; expected texts with gold"):
        list(read_gold(path))


@pytest.mark.skipif(not DATA, reason="ONTOGRAFT_BENCHMARK_DATA is not set")
@pytest.mark.parametrize(
    ("part", "documents", "mentions"), [("dev", 100, 787), ("train", 593, 5145)]
)
def test_ncbi_disease_is_read_whole(part: str, documents: int, mentions: int) -> None:
    found = list(read_gold(Path(DATA) / f"ncbi-disease-{part}.pubtator"))
    assert len(found) == documents
    assert sum(len(document.mentions) for document in found) == mentions
