from __future__ import annotations

import json

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind
from ontograft.kg.lexicon_building import LexiconBuilder
from ontograft.kg.lexicon_storage import LEXICON_FILES, LexiconContent, from_files, to_files


def content() -> LexiconContent:
    concepts = [
        Concept("x:a", labels=(Label(LabelKind.PREFERRED, "en", "lung cancer"),)),
        Concept("x:b", labels=(Label(LabelKind.EXACT, "en", "Krebs \ud800"),)),
    ]
    graph = KnowledgeGraph(concepts, [("x:a", BROADER, "x:b")])
    builder = LexiconBuilder(graph, "en", vary=True)
    for number in range(len(graph)):
        builder.add(number)
    return builder.finish(max_shared=5)


def test_a_lexicon_comes_back_from_its_files() -> None:
    files = to_files(content())
    assert tuple(files) == LEXICON_FILES
    loaded = from_files(files)
    assert list(loaded.labels) == ["lung cancer", "Krebs \ud800"]
    assert loaded.parents.tolist() == [1]
    assert to_files(loaded) == files


def test_files_of_another_format_are_refused() -> None:
    files = to_files(content())
    header = {**json.loads(files["lexicon.json"]), "format": 1}
    with pytest.raises(OntologyError, match="has format 1, expected 2: build it again"):
        from_files({**files, "lexicon.json": json.dumps(header).encode()})


@pytest.mark.parametrize("name", LEXICON_FILES)
def test_a_file_cut_short_is_refused(name: str) -> None:
    files = to_files(content())
    with pytest.raises(OntologyError, match=r"is damaged or incomplete \(.*\): build it again"):
        from_files({**files, name: files[name][:40]})


@pytest.mark.parametrize("name", LEXICON_FILES)
def test_a_missing_file_is_refused(name: str) -> None:
    files = {other: data for other, data in to_files(content()).items() if other != name}
    with pytest.raises(OntologyError, match=f"is damaged or incomplete .*{name}"):
        from_files(files)
