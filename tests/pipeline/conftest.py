"""A tiny encoder, ontology and corpus, written to disk, so that a whole run takes a second."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
import yaml
from starlette.testclient import TestClient
from transformers import BertConfig, BertModel, BertTokenizer

from ontograft.pipeline import Classifier, Project, ResultQuery, Results, fit, open_store
from ontograft.pipeline.cli import main
from ontograft.pipeline.sparql import SparqlEndpoint, SparqlLimits

from . import browsing, explained
from .results import make_results
from .served import client, make_served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .browsing import Site, Watched

ONTOLOGY = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix : <http://example.org/fruit/> .
:scheme a owl:Ontology ; owl:versionInfo "7" .
:plant a skos:Concept ; skos:prefLabel "plant"@en, "Pflanze"@de .
:fruit a skos:Concept ; skos:broader :plant ; skos:prefLabel "fruit"@en ;
  skos:definition "The part of a plant that holds its seeds."@en .
:vegetable a skos:Concept ; skos:broader :plant ; skos:prefLabel "vegetable"@en .
:apple a skos:Concept ; skos:broader :fruit ;
  skos:prefLabel "apple"@en ; skos:altLabel "pippin"@en .
:pear a skos:Concept ; skos:broader :fruit ; skos:prefLabel "pear"@en ; skos:related :apple .
:plum a skos:Concept ; skos:broader :fruit ; skos:prefLabel "plum"@en .
:leek a skos:Concept ; skos:broader :vegetable ; skos:prefLabel "leek"@en .
:carrot a skos:Concept ; skos:broader :vegetable ; skos:prefLabel "carrot"@en .
:onion a skos:Concept ; skos:broader :vegetable ; skos:prefLabel "onion"@en .
"""

SWEET = ("apple", "pear", "plum", "pippin")
SAVOURY = ("leek", "carrot", "onion", "carrot")
FRAMES = ("we ate a {} today", "the {} was ripe", "a good {} from the garden", "one more {} please")


def rows() -> list[dict[str, str]]:
    """Return 32 labelled rows, the two labels in turn."""
    result: list[dict[str, str]] = []
    for frame in FRAMES:
        for sweet, savoury in zip(SWEET, SAVOURY, strict=True):
            for label, word in (("sweet", sweet), ("savoury", savoury)):
                text = frame.format(word)
                result.append({"id": f"d{len(result)}", "text": text, "label": label})
    return result


def write_jsonl(path: Path, content: list[dict[str, Any]]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    return path


def run(*arguments: object) -> int:
    """Run the command line in this process; return its exit code."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    return int(caught.value.code or 0)


def fit_fruit(
    base: Path,
    encoder_folder: Path,
    content: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> Path:
    """Return a model folder below ``base``: the frozen probe over the tiny ontology and corpus."""
    (base / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    write_jsonl(base / "train.jsonl", content or list(rows()))
    settings: dict[str, Any] = {
        "ontology": "fruit.ttl",
        "corpus": {"train": "train.jsonl", "id": "id"},
        "encoder": str(encoder_folder),
        "training": {"epochs": 0},
        "output": "model",
    }
    return fit(Project.of(settings | changes, base=base)).folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a Chromium."""
    with browsing.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Iterator[Site]:
    """Yield a server of the embedded sample."""
    with browsing.garden(tmp_path_factory.mktemp("garden"), encoder_folder) as running_site:
        yield running_site


@pytest.fixture
def seen(browser: Browser, served: Site) -> Iterator[Watched]:
    """Yield a page of that server that is watched."""
    with browsing.watched(browser, served, locale="en-GB") as page:
        yield page


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a random BERT of two layers, with its tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    words = sorted({word for row in rows() for word in row["text"].split()})
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *letters]
    pieces += [f"##{letter}" for letter in letters]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    BertTokenizer(vocab=vocabulary).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=32,
        )
        BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests, and fixtures of any scope, out of the user's cache."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture
def make_project(tmp_path: Path, encoder_folder: Path) -> Callable[..., Project]:
    """Return a function that makes a project of the tiny parts; sections can be overridden."""
    (tmp_path / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    content = rows()
    write_jsonl(tmp_path / "train.jsonl", content[:24])
    write_jsonl(tmp_path / "test.jsonl", content[24:])

    def make(**changes: Any) -> Project:
        settings: dict[str, Any] = {
            "ontology": "fruit.ttl",
            "corpus": {"train": "train.jsonl", "test": "test.jsonl", "id": "id"},
            "encoder": str(encoder_folder),
            "training": {"epochs": 2, "batch_size": 8, "learning_rate": 1e-3},
            "output": "model",
        }
        for key, value in changes.items():
            if isinstance(value, dict):
                value = {**settings.get(key, {}), **value}
            settings[key] = value
        return Project.of(settings, base=tmp_path)

    return make


@pytest.fixture
def folder(make_project: Callable[..., Project], tmp_path: Path, encoder_folder: Path) -> Path:
    """Return a folder with ontology, corpus and project file."""
    make_project()
    settings = {
        "ontology": "fruit.ttl",
        "corpus": {"train": "train.jsonl", "test": "test.jsonl", "id": "id"},
        "encoder": str(encoder_folder),
        "training": {"epochs": 0},
        "output": "model",
    }
    (tmp_path / "project.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


@pytest.fixture(scope="session")
def model_folder_of(
    tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path
) -> Callable[..., Path]:
    """Return a function that makes a model folder, once for the same settings."""
    base = tmp_path_factory.mktemp("project")
    (base / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    made: dict[str, Path] = {}

    def make(task: str = "single-label", content: Any = None, **knowledge: Any) -> Path:
        key = repr((task, content, knowledge))
        if key not in made:
            train = f"train{len(made)}.jsonl"
            write_jsonl(base / train, content or rows())
            settings = {
                "ontology": "fruit.ttl",
                "task": task,
                "corpus": {"train": train, "id": "id", "clean": knowledge.pop("clean", False)},
                "encoder": str(encoder_folder),
                "knowledge": knowledge,
                "training": {"epochs": 0},
                "output": f"model{len(made)}",
            }
            made[key] = fit(Project.of(settings, base=base)).folder
        return made[key]

    return make


@pytest.fixture
def make_classifier(model_folder_of: Callable[..., Path]) -> Callable[..., Classifier]:
    """Return a function that loads a classifier, fresh for each test."""
    return lambda *args, **changes: Classifier.load(model_folder_of(*args, **changes))


@pytest.fixture
def classifier(make_classifier: Callable[..., Classifier]) -> Classifier:
    """Return a classifier with all channels at work."""
    return explained.opened(make_classifier())


@pytest.fixture
def linking(make_classifier: Callable[..., Classifier]) -> Classifier:
    """Return a classifier that retrieves nothing."""
    return explained.opened(make_classifier(retrieved=0))


@pytest.fixture
def short_bilstm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the recurrent network read the texts twice only."""
    monkeypatch.setattr("ontograft.pipeline.bilstm.EPOCHS", (2, 2))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the results of the five documents."""
    return make_results(tmp_path_factory.mktemp("made") / "results")


@pytest.fixture(scope="module")
def asked(results: Results) -> Iterator[ResultQuery]:
    """Yield these results, opened for queries."""
    with ResultQuery(results) as opened:
        yield opened


@pytest.fixture(scope="module")
def store(results: Results) -> Path:
    """Return the folder of the store of these results."""
    return open_store(results)


@pytest.fixture(scope="module")
def endpoint(store: Path) -> Iterator[SparqlEndpoint]:
    """Yield the endpoint that answers SPARQL over that store."""
    with SparqlEndpoint(store, limits=SparqlLimits(timeout_s=20)) as opened:
        yield opened


@pytest.fixture(scope="module")
def asking(results: Results) -> Iterator[TestClient]:
    """Yield a client of a server of these results."""
    served = make_served(results=results)
    yield client(served)
    served.close()
