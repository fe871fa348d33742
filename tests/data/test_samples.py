from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from ontograft.data import CorpusColumns, read_corpus, read_label_names
from ontograft.data.samples import sample_files, sample_path

PH = "https://ontograft.example/plant-health/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABELLED_BY = {
    "abiotic": "environmental-damage",
    "bacterial": "bacterial-disease",
    "fungal": "fungal-disease",
    "insect": "insect-pest",
    "nutrient": "nutrient-disorder",
    "other-animal": "non-insect-pest",
    "viral": "viral-disease",
}


class Ontology:
    def __init__(self, path: Path) -> None:
        self.values: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        table: defaultdict[str, defaultdict[str, list[ox.NamedNode | ox.Literal]]]
        table = defaultdict(lambda: defaultdict(list))
        for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            assert isinstance(triple.subject, ox.NamedNode)
            assert isinstance(triple.object, ox.NamedNode | ox.Literal)
            table[triple.subject.value][triple.predicate.value].append(triple.object)
        self.values = {subject: dict(row) for subject, row in table.items()}
        self.concepts = {
            subject
            for subject, row in self.values.items()
            if ox.NamedNode(SKOS + "Concept") in row.get(RDF_TYPE, [])
        }

    def texts(self, concept: str, relation: str, language: str = "en") -> list[str]:
        found = self.values[concept].get(SKOS + relation, [])
        return [o.value for o in found if isinstance(o, ox.Literal) and o.language == language]

    def related(self, concept: str, relation: str) -> list[str]:
        return [o.value for o in self.values[concept].get(relation, [])]

    def steps_up(self, concept: str, below: tuple[str, ...] = ()) -> dict[str, int]:
        assert concept not in below, f"cycle: {concept}"
        steps = {concept: 0}
        for parent in self.related(concept, SKOS + "broader"):
            for ancestor, more in self.steps_up(parent, (*below, concept)).items():
                steps[ancestor] = max(steps.get(ancestor, 0), more + 1)
        return steps


@cache
def ontology() -> Ontology:
    return Ontology(sample_path("plant_health.ttl"))


@cache
def rows(split: str) -> tuple[dict[str, str], ...]:
    lines = sample_path(f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def words(text: str) -> list[str]:
    found = re.findall(r"[a-z0-9']+", text.lower())
    return [word.strip("'").removesuffix("'s") for word in found]


@cache
def surface_forms() -> dict[str, set[str]]:
    forms = defaultdict(set)
    for concept in ontology().concepts:
        for relation in ("prefLabel", "altLabel", "hiddenLabel"):
            for label in ontology().texts(concept, relation):
                forms[" ".join(words(label))].add(concept)
    return dict(forms)


def named_in(text: str) -> set[str]:
    """Every concept of which a label stands in the text, whole words, plural or not."""
    tokens = words(text)
    found: set[str] = set()
    for length in range(1, 7):
        for start in range(len(tokens) - length + 1):
            run = " ".join(tokens[start : start + length])
            for form in (run, run.removesuffix("s"), run.removesuffix("es"), run[:-3] + "y"):
                found |= surface_forms().get(form, set())
    return found


@cache
def causes() -> frozenset[str]:
    return frozenset(
        c for c in ontology().concepts if PH + "plant-problem" in ontology().steps_up(c)
    )


def test_sample_path_gives_each_file() -> None:
    assert [path.name for path in sample_files()] == [
        "README.md",
        "labels.tsv",
        "plant_health.ttl",
        "project.yaml",
        "test.jsonl",
        "train.jsonl",
    ]
    assert all(sample_path(path.name) == path and path.is_file() for path in sample_files())


def test_sample_path_lists_the_names_for_an_unknown_one() -> None:
    message = r"no file 'dev.jsonl'; choose one of: README.md, labels.tsv, plant_health.ttl"
    with pytest.raises(FileNotFoundError, match=message):
        sample_path("dev.jsonl")


def test_ontology_is_large_and_deep_enough() -> None:
    assert len(ontology().concepts) == 594
    assert len(causes()) == 377
    assert max(max(ontology().steps_up(c).values()) for c in ontology().concepts) == 6


def test_each_concept_has_one_preferred_label_a_definition_and_known_parents() -> None:
    for concept in ontology().concepts:
        assert len(ontology().texts(concept, "prefLabel")) == 1, concept
        assert len(ontology().texts(concept, "prefLabel", "de")) <= 1, concept
        assert len(ontology().texts(concept, "definition")) == 1, concept
        assert set(ontology().related(concept, SKOS + "broader")) <= ontology().concepts, concept


def test_preferred_labels_are_unique() -> None:
    counts = Counter(ontology().texts(c, "prefLabel")[0] for c in ontology().concepts)
    assert counts.most_common(1)[0][1] == 1


def test_only_the_names_meant_to_be_are_ambiguous() -> None:
    shared = {form for form, concepts in surface_forms().items() if len(concepts) > 1}
    assert shared == {"brown rot", "spraing"}


@pytest.mark.parametrize(
    ("relation", "at_least"), [("affects", 450), ("hasSymptom", 450), ("transmittedBy", 25)]
)
def test_relations_are_declared_and_join_concepts(relation: str, at_least: int) -> None:
    property_class = ox.NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty")
    assert property_class in ontology().values[PH + relation][RDF_TYPE]
    pairs = [(c, o) for c in ontology().concepts for o in ontology().related(c, PH + relation)]
    assert len(pairs) >= at_least
    assert all(c in causes() and o in ontology().concepts for c, o in pairs)


def test_ontology_states_version_and_licence() -> None:
    head = ontology().values[PH.rstrip("/")]
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert [o.value for o in head["http://purl.org/dc/terms/license"]] == [licence]
    assert [o.value for o in head["http://www.w3.org/2002/07/owl#versionInfo"]] == ["1.0.0"]


@pytest.mark.parametrize(("split", "each"), [("train", 32), ("test", 39)])
def test_labels_are_named_and_balanced(split: str, each: int) -> None:
    names = read_label_names(sample_path("labels.tsv"))
    assert list(names) == sorted(LABELLED_BY)
    assert Counter(row["label"] for row in rows(split)) == dict.fromkeys(names, each)


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_reader_reads_every_row(split: str) -> None:
    columns = CorpusColumns(id="id", text="text", label="label")
    documents = list(read_corpus(sample_path(f"{split}.jsonl"), columns=columns))
    assert [d.text for d in documents] == [row["text"] for row in rows(split)]


def test_ids_and_texts_occur_once() -> None:
    everything = rows("train") + rows("test")
    assert len({row["id"] for row in everything}) == len(everything) == 497
    assert len({" ".join(words(row["text"])) for row in everything}) == len(everything)


def test_texts_are_short_and_clean() -> None:
    for row in rows("train") + rows("test"):
        assert set(row) == {"id", "text", "label"}
        assert 25 <= len(row["text"].split()) <= 80, row["id"]
        assert row["text"] == " ".join(row["text"].split()), row["id"]


def test_texts_follow_no_template() -> None:
    texts = [words(row["text"]) for row in rows("train") + rows("test")]
    openings = Counter(" ".join(tokens[:3]) for tokens in texts)
    assert openings.most_common(1)[0][1] <= 3
    runs: Counter[str] = Counter()
    for tokens in texts:
        runs.update({" ".join(tokens[i : i + 6]) for i in range(len(tokens) - 5)})
    assert runs.most_common(1)[0][1] <= 3


def test_most_test_texts_name_a_cause_that_no_training_text_names() -> None:
    seen = set().union(*(named_in(row["text"]) for row in rows("train")))
    unseen = [(named_in(row["text"]) & causes()) - seen for row in rows("test")]
    assert len(set().union(*unseen)) >= 150
    assert sum(map(bool, unseen)) / len(unseen) >= 0.6


@pytest.mark.parametrize("split", ["train", "test"])
def test_some_texts_name_nothing(split: str) -> None:
    share = sum(not named_in(row["text"]) for row in rows(split)) / len(rows(split))
    assert 0.05 <= share <= 0.1


def test_the_named_causes_mostly_lie_under_the_right_branch() -> None:
    right = wrong = 0
    for row in rows("train") + rows("test"):
        above = {a for c in named_in(row["text"]) & causes() for a in ontology().steps_up(c)}
        branches = {label for label, name in LABELLED_BY.items() if PH + name in above}
        right += row["label"] in branches
        wrong += bool(branches) and row["label"] not in branches
    assert right > 20 * wrong


def test_project_file_names_the_files_of_the_sample() -> None:
    project = yaml.safe_load(sample_path("project.yaml").read_text(encoding="utf-8"))
    corpus = project["corpus"]
    for name in (project["ontology"], corpus["train"], corpus["test"], corpus["label_names"]):
        assert sample_path(name).is_file()
