from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import CorpusError, SettingsError
from ontograft.kg import LinkerOptions
from ontograft.pipeline import Project
from ontograft.pipeline.link_gold import GoldSource, read_options, write_options

from .conftest import write_jsonl

OPTIONS = LinkerOptions(threshold=0.625, margin=0.05, nested=False)


@pytest.mark.parametrize("name", ["options.yaml", "options.json"])
def test_options_are_read_as_they_were_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    write_options(path, OPTIONS, note="tuned on\nthis")
    assert read_options(path) == OPTIONS
    assert ("# tuned on\n# this\n" in path.read_text()) == name.endswith(".yaml")


def test_a_few_options_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "options.yaml"
    path.write_text("threshold: 0.7\n")
    assert read_options(path) == LinkerOptions(threshold=0.7)


def test_written_options_serve_in_a_project_file(tmp_path: Path) -> None:
    import yaml

    from ontograft.pipeline.knowledge import linker_options

    path = tmp_path / "options.yaml"
    write_options(path, OPTIONS)
    settings = {
        "ontology": "a.ttl",
        "corpus": {"train": "a.csv"},
        "output": "out",
        "knowledge": {"linking": yaml.safe_load(path.read_text())},
    }
    project = Project.of(settings, base=tmp_path)
    assert linker_options(project.knowledge.linking) == OPTIONS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("treshold: 0.7\n", r"options\.yaml: unknown option 'treshold'; choose one of: threshold"),
        ("threshold: 7\n", r"options\.yaml: threshold must be between 0 and 1, got 7"),
        ("- 1\n", r"options\.yaml: expected keys with values"),
    ],
)
def test_wrong_options_are_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "options.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=message):
        read_options(path)


def test_a_missing_file_of_options_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no\.yaml: there is no such file of linker options"):
        read_options(tmp_path / "no.yaml")


def test_mentions_without_texts_take_them_from_a_corpus(tmp_path: Path) -> None:
    gold = write_jsonl(tmp_path / "gold.jsonl", [{"id": "a", "start": 0, "end": 3, "iri": "x:f"}])
    corpus = write_jsonl(
        tmp_path / "texts.jsonl", [{"pmid": "a", "body": "Flu"}, {"pmid": "b", "body": "x"}]
    )
    documents = GoldSource(corpus=corpus, id="pmid", text="body").read(gold)
    assert [(document.id, len(document.mentions)) for document in documents] == [("a", 1), ("b", 0)]
    with pytest.raises(CorpusError, match="a mention without the text of its document"):
        GoldSource().read(gold)
