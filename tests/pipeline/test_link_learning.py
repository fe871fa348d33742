from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import spacy
import yaml

from ontograft.data import GoldDocument, GoldMention
from ontograft.errors import SettingsError
from ontograft.kg import (
    BROADER,
    NIL,
    Concept,
    KnowledgeGraph,
    Label,
    LabelKind,
    Linker,
    LinkerOptions,
    mentions_of,
)
from ontograft.kg.token_features import tokens_of
from ontograft.pipeline.link_gold import read_options, tune_gold, write_tuning
from ontograft.pipeline.link_learning import learn_links, vocabularies_of
from ontograft.pipeline.link_tags import learn_tags, tags_of
from ontograft.pipeline.progress import LogReporter

NAMES = {
    "x:kidney": "kidney failure",
    "x:liver": "liver failure",
    "x:heart": "heart failure",
    "x:failure": "organ failure",
    "x:acute": "acute kidney failure",
}
XREFS = {"x:kidney": "MESH:1", "x:liver": "MESH:2", "x:heart": "OMIM:3", "x:failure": "MESH:4"}
GRAPH = KnowledgeGraph(
    [
        Concept(
            iri,
            labels=(Label(LabelKind.PREFERRED, "en", name),),
            xrefs=(XREFS[iri],) if iri in XREFS else (),
        )
        for iri, name in NAMES.items()
    ],
    [
        ("x:kidney", BROADER, "x:failure"),
        ("x:liver", BROADER, "x:failure"),
        ("x:heart", BROADER, "x:failure"),
        ("x:acute", BROADER, "x:kidney"),
    ],
)
# The annotators write of "shutdown of the kidneys", count "severe" in, and leave "heart failure"
# out where it is "model" that has it.
TEXTS = (
    ("We saw severe [kidney failure|MESH:1] and no [liver failure|MESH:2].", "severe "),
    ("A shutdown of the [kidney|MESH:1] was seen in patients.", ""),
    ("A shutdown of the [liver|MESH:2] was fatal, one of the [heart|OMIM:3] was not.", ""),
    ("The heart failure model, and the liver failure model, ran.", ""),
    ("In [acute kidney failure|MESH:1] the patients recover.", ""),
)


def document(number: int) -> GoldDocument:
    marked, wide = TEXTS[number % len(TEXTS)]
    text, mentions = "", []
    for part in marked.replace("]", "[").split("["):
        name, bar, id = part.partition("|")
        if bar:
            back = len(wide) if wide and text.endswith(wide) else 0
            start = len(text) - back
            span = text[start:] + name
            if text.endswith("shutdown of the "):
                start = text.index("shutdown", max(0, len(text) - 17))
                span = text[start:] + name
            mentions.append(GoldMention(start, start + len(span), span, frozenset({id})))
        text += name
    return GoldDocument(str(number), text, tuple(mentions))


GOLD = [document(number) for number in range(60)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with tuned options, their weights and the ontology."""
    path = tmp_path_factory.mktemp("tuned")
    tuning = tune_gold(GRAPH, GOLD, reporter=LogReporter())
    write_tuning(path / "options.yaml", tuning, note="a note")
    (path / "figures.json").write_text(json.dumps(tuning.as_dict()))
    return path


def test_what_is_learnt_helps_on_held_out_documents(folder: Path) -> None:
    figures = json.loads((folder / "figures.json").read_text())
    assert figures["before"]["f1"] < 0.8
    assert figures["held_out"]["f1"] == figures["after"]["f1"] == 1.0


def test_weights_stand_beside_the_options(folder: Path) -> None:
    assert yaml.safe_load((folder / "options.yaml").read_text())["weights"] == (
        "options.weights.json"
    )
    options = read_options(folder / "options.yaml")
    assert options.weights == str(folder / "options.weights.json")
    weights = json.loads((folder / "options.weights.json").read_text())
    assert weights["vocabularies"] == ["MESH", "OMIM"]
    assert weights["instead"] == {}


def test_new_texts_are_linked_as_the_annotators_would(folder: Path) -> None:
    linker = Linker.build(GRAPH, options=read_options(folder / "options.yaml"))
    text = "Nobody saw severe liver failure, but the liver failure model did."
    found = [(one.text, one.iri) for one in linker(text) if not one.nested]
    assert found == [("severe liver failure", "x:liver"), ("liver failure", NIL)]


def test_a_pipeline_and_a_project_take_the_same_options(folder: Path) -> None:
    from dataclasses import asdict

    from ontograft.pipeline import Project
    from ontograft.pipeline.knowledge import linker_options

    text = TEXTS[2][0].replace("[", "").replace("]", "")
    options = read_options(folder / "options.yaml")
    expected = Linker.build(GRAPH, options=options)(text)
    nlp = spacy.blank("en")
    component = nlp.add_pipe("ontograft_linker", config=asdict(options))
    component.initialize(graph=GRAPH)  # type: ignore[attr-defined]
    assert list(mentions_of(nlp(text))) == expected
    nlp.to_disk(folder / "nlp")
    (folder / "options.weights.json").rename(folder / "elsewhere.json")
    assert list(mentions_of(spacy.load(folder / "nlp")(text))) == expected
    (folder / "elsewhere.json").rename(folder / "options.weights.json")
    settings = {
        "ontology": "a.ttl",
        "corpus": {"train": "a.csv"},
        "knowledge": {"linking": yaml.safe_load((folder / "options.yaml").read_text())},
    }
    assert linker_options(Project.of(settings, base=folder).knowledge.linking) == options


def test_options_with_weights_are_not_tuned_again(folder: Path) -> None:
    options = read_options(folder / "options.yaml")
    with pytest.raises(SettingsError, match="the options to begin with hold weights that were"):
        tune_gold(GRAPH, GOLD, reporter=LogReporter(), base=options)


def test_the_same_is_learnt_again() -> None:
    linker, folds = Linker.build(GRAPH), np.array_split(np.arange(20), 2)
    told: list[int] = []
    first = learn_links(GRAPH, linker, GOLD[:20], folds, progress=told.append)
    assert first == learn_links(GRAPH, linker, GOLD[:20], folds, progress=told.append)
    assert sum(told) == 2 * (2 * 2 + 2)


def test_gold_of_another_ontology_teaches_nothing() -> None:
    mention = GoldMention(0, 6, "kidney", frozenset({"MESH:99"}))
    gold = [GoldDocument(str(n), "kidney failure", (mention,)) for n in range(4)]
    with pytest.raises(SettingsError, match="nothing can be learnt from these gold mentions"):
        learn_links(
            GRAPH,
            Linker.build(GRAPH),
            gold,
            np.array_split(np.arange(4), 2),
            progress=list[int]().append,
        )


def test_vocabularies_are_those_of_the_gold_mentions() -> None:
    assert vocabularies_of(GRAPH, GOLD) == ("MESH", "OMIM")
    own = GoldMention(0, 6, "kidney", frozenset({"x:kidney"}))
    assert vocabularies_of(GRAPH, [GoldDocument("a", "kidney", (own,))]) == ()
    assert vocabularies_of(GRAPH, []) == ()


def test_tags_say_where_mentions_begin_and_go_on() -> None:
    tokens = tokens_of("old breast cancer, cancer")
    assert tags_of(tokens, [(4, 17), (11, 17), (19, 25)]) == ["O", "B", "I", "O", "B"]


def test_learning_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(SettingsError, match="takes python-crfsuite: pip install 'ontograft.tune.'"):
        learn_tags([])


def test_options_without_weights_have_no_file(tmp_path: Path) -> None:
    tuning = tune_gold(GRAPH, GOLD[:5], reporter=LogReporter())
    assert tuning.weights is None
    assert write_tuning(tmp_path / "o.json", tuning, note="") == tuning.options
    assert isinstance(tuning.options, LinkerOptions)
    assert [path.name for path in tmp_path.iterdir()] == ["o.json"]
