from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from ontograft.errors import CorpusError, ModelFolderError, SettingsError
from ontograft.model import OntograftForSequenceClassification
from ontograft.model.pooling import MAX_TOKENS
from ontograft.pipeline import Classifier, Project, fit, predict, predict_corpus
from ontograft.pipeline.prediction import Prediction

from .conftest import rows, write_jsonl

TEXTS = [
    "a good apple from the garden",
    "",
    "leek",
    "nothing that is known",
    "we ate a pear and a carrot " * 9,
    "one more plum please",
]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Path:
    """Return a model folder, made once."""
    from .conftest import ONTOLOGY

    base = tmp_path_factory.mktemp("project")
    (base / "fruit.ttl").write_text(ONTOLOGY, encoding="utf-8")
    write_jsonl(base / "train.jsonl", rows())
    project = Project.of(
        {
            "ontology": "fruit.ttl",
            "corpus": {"train": "train.jsonl", "id": "id"},
            "encoder": str(encoder_folder),
            "training": {"epochs": 1, "batch_size": 8},
            "output": "model",
        },
        base=base,
    )
    return fit(project).folder


@pytest.fixture(scope="module")
def classifier(model_folder: Path) -> Classifier:
    return Classifier.load(model_folder)


def same(one: Prediction, other: Prediction) -> bool:
    close = all(
        abs(chance - other.probabilities[label]) < 1e-5
        for label, chance in one.probabilities.items()
    )
    return one.label == other.label and one.mentions == other.mentions and close


def test_a_prediction_says_label_probabilities_and_concepts(classifier: Classifier) -> None:
    prediction = classifier("a good apple from the garden")[0]
    assert prediction.label == "sweet"
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert [(m.text, m.iri) for m in prediction.mentions] == [
        ("apple", "http://example.org/fruit/apple")
    ]


def test_a_text_alone_in_company_or_in_another_order_is_the_same(classifier: Classifier) -> None:
    together = classifier(TEXTS)
    assert all(same(classifier(text)[0], p) for text, p in zip(TEXTS, together, strict=True))
    order = list(range(len(TEXTS)))
    random.Random(1).shuffle(order)
    shuffled = classifier([TEXTS[number] for number in order])
    assert all(same(together[n], p) for n, p in zip(order, shuffled, strict=True))


def test_several_threads_may_share_a_classifier(classifier: Classifier) -> None:
    alone = classifier(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(classifier, [TEXTS] * 8))
    assert all(same(a, b) for result in results for a, b in zip(alone, result, strict=True))


def test_no_texts_no_predictions(classifier: Classifier) -> None:
    assert classifier([]) == []


def test_saved_and_loaded_the_logits_are_bitwise_the_same(
    classifier: Classifier, model_folder: Path
) -> None:
    again = Classifier.load(model_folder)
    np.testing.assert_array_equal(classifier.logits(TEXTS), again.logits(TEXTS))


@pytest.mark.parametrize(
    "home", [OntograftForSequenceClassification, AutoModelForSequenceClassification]
)
def test_the_folder_is_a_hugging_face_model(model_folder: Path, home: Any) -> None:
    model = home.from_pretrained(model_folder)
    assert isinstance(model, OntograftForSequenceClassification)
    assert model.config.id2label == {0: "savoury", 1: "sweet"}


def test_evaluation_of_labelled_rows(classifier: Classifier, tmp_path: Path) -> None:
    from ontograft.data import CorpusColumns, read_corpus

    path = write_jsonl(tmp_path / "test.jsonl", rows())
    documents = read_corpus(path, columns=CorpusColumns(label="label"))
    assert classifier.evaluate(documents)["accuracy"] == 1.0


def test_evaluation_names_a_label_that_the_model_does_not_know(classifier: Classifier) -> None:
    from ontograft.data import Document

    with pytest.raises(
        CorpusError, match=r"t\.csv, row 3: label 'sour' is unknown .* knows: savoury, sweet"
    ):
        classifier.evaluate([Document("x", "a lemon", "sour", row=3, source="t.csv")])


def test_evaluation_needs_labels(classifier: Classifier) -> None:
    from ontograft.data import Document

    with pytest.raises(CorpusError, match="document 'x' has no label; name the label column"):
        classifier.evaluate([Document("x", "a lemon")])
    with pytest.raises(CorpusError, match="there are no documents to evaluate"):
        classifier.evaluate([])


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_a_corpus_is_predicted_into_a_file(
    classifier: Classifier, tmp_path: Path, name: str
) -> None:
    corpus = [{"id": row["id"], "text": row["text"]} for row in rows()]
    report = predict(classifier, corpus, tmp_path / name)
    if name.endswith(".parquet"):
        found = pq.read_table(tmp_path / name).to_pylist()
    else:
        opener: Any = gzip.open if name.endswith(".gz") else open
        with opener(tmp_path / name, "rt", encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
    assert report.read == len(found) == 32
    assert [row["id"] for row in found] == [row["id"] for row in corpus]
    assert found[0]["label"] == "sweet"
    assert set(found[0]["probabilities"]) == {"savoury", "sweet"}
    assert found[0]["concepts"][0]["iri"] == "http://example.org/fruit/apple"


def test_an_error_leaves_the_file_that_was_there(classifier: Classifier, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    corpus = [{"id": "1", "text": "leek"}, {"id": "2", "text": None}]
    with pytest.raises(CorpusError, match="row 2"):
        predict(classifier, corpus, out)
    assert out.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_bad_rows_can_be_left_out_and_are_counted(classifier: Classifier, tmp_path: Path) -> None:
    corpus = [{"id": "1", "text": "leek"}, {"id": "2", "text": None}]
    report = predict(classifier, corpus, tmp_path / "out.jsonl", skip_bad_rows=True)
    assert (report.read, report.rejected) == (1, 1)


def test_an_unknown_ending_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot write \.csv; expected a name that ends in"):
        predict(classifier, [{"id": "1", "text": "x"}], tmp_path / "out.csv")


def files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_every_file_of_a_model_folder_is_checked(
    model_folder: Path, tmp_path: Path, harm: str
) -> None:
    for number, name in enumerate(files(model_folder)):
        copy = shutil.copytree(model_folder, tmp_path / str(number))
        content = (copy / name).read_bytes()
        if harm == "missing":
            (copy / name).unlink()
        else:
            middle = len(content) // 2
            changed = bytes(byte ^ 1 for byte in content[middle : middle + 1]) or b"x"
            (copy / name).write_bytes(content[:middle] + changed + content[middle + 1 :])
        with pytest.raises(ModelFolderError, match=f"{name} is (missing|damaged)|manifest.json"):
            Classifier.load(copy)


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(ModelFolderError, match="no such model folder; make one with 'ontograft"):
        Classifier.load("/nowhere/model")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"manifest\.json is missing: this is no model"):
        Classifier.load(tmp_path)


def test_a_run_that_is_not_finished_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(ModelFolderError, match="the run in this folder is not finished; continue"):
        Classifier.load(tmp_path)


def test_another_layout_is_refused(model_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model_folder, tmp_path / "copy")
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"ontograft_model_folder": 1', '"x": 1'))
    with pytest.raises(ModelFolderError, match="has layout None, expected 1"):
        Classifier.load(copy)


def test_the_model_card_states_ontology_settings_and_limits(model_folder: Path) -> None:
    card = (model_folder / "README.md").read_text()
    assert card.startswith("---\nlanguage: en\n")
    for words in ("Fingerprint", "- `sweet`", "## Limits", "channels:", "Not evaluated"):
        assert words in card
    assert str(model_folder.parent) not in card


def test_the_model_folder_does_not_tell_where_it_was_made(model_folder: Path) -> None:
    for name in ("settings.json", "manifest.json", "README.md", "config.json"):
        assert str(model_folder.parent) not in (model_folder / name).read_text()


def test_a_long_text_is_read_to_its_end(classifier: Classifier) -> None:
    start = "one more please " * 20
    assert not np.array_equal(classifier.logits([start + "leek"]), classifier.logits([start]))


@pytest.mark.parametrize(
    "text", ["half \ud800 a pair, leek", "\x00 leek", "leek\u2028", "\U0001f955"]
)
def test_odd_characters_are_no_obstacle(classifier: Classifier, text: str) -> None:
    prediction = classifier(text)[0]
    assert all(text[m.start : m.end] == m.text for m in prediction.mentions)


def test_texts_beyond_spacys_limit_are_read(classifier: Classifier) -> None:
    assert classifier("x" * 1_000_001)[0].label in {"sweet", "savoury"}


def test_a_very_long_text_is_encoded_a_bounded_number_of_tokens_at_a_time(
    classifier: Classifier,
) -> None:
    sizes: list[int] = []
    hook = classifier.model.encoder.register_forward_pre_hook(
        lambda _, __, options: sizes.append(options["input_ids"].numel()), with_kwargs=True
    )
    try:
        classifier("leek and carrot " * 12_000)
    finally:
        hook.remove()
    assert len(sizes) > 2
    assert max(sizes) <= MAX_TOKENS


def test_scores_are_the_same_to_the_last_digit_for_the_same_texts(classifier: Classifier) -> None:
    one, other = classifier.scores(TEXTS), classifier.scores(TEXTS)
    np.testing.assert_array_equal(one.values, other.values)
    assert one.mentions == other.mentions


def test_a_model_is_known_by_its_content(model_folder: Path, tmp_path: Path) -> None:
    one = Classifier.load(model_folder).identity()
    assert one["model"]["name"] == "model"
    assert one["model"]["labels"] == ["savoury", "sweet"]
    assert set(one["settings"]) == {"device", "threads", "libraries"}
    copy = Classifier.load(shutil.copytree(model_folder, tmp_path / "copy")).identity()
    assert copy["model"] == {**one["model"], "name": "copy"}


def test_a_model_without_a_folder_is_known_by_its_weights(model_folder: Path) -> None:
    parts = Classifier.load(model_folder).parts
    before = Classifier(parts).identity()["model"]["sha256"]
    assert before == Classifier(parts).identity()["model"]["sha256"]
    with torch.no_grad():
        parts.model.text_head.bias.add_(1)
    assert before != Classifier(parts).identity()["model"]["sha256"]


def test_a_corpus_is_predicted_into_a_results_folder(
    classifier: Classifier, tmp_path: Path
) -> None:
    results = predict_corpus(classifier, rows(), tmp_path / "results", shard_size=20)
    documents = results.dataset("documents").to_table().to_pylist()
    expected = classifier([row["text"] for row in rows()])
    assert [row["label"] for row in documents] == [prediction.label for prediction in expected]
    assert [row["gold"] for row in documents] == [row["label"] for row in rows()]
    mentions = results.dataset("mentions").to_table().to_pylist()
    assert [(row["document"], row["concept"], row["way"]) for row in mentions] == [
        (number, mention.iri, mention.candidates[0].way)
        for number, prediction in enumerate(expected)
        for mention in prediction.mentions
    ]
    assert results.manifest["ontology"]["version"] == "7"
    plant = "http://example.org/fruit/plant"
    closure = results.dataset("closure").to_table().to_pylist()
    assert sum(row["ancestor"] == plant for row in closure) == 9


def test_predicting_leaves_the_model_ready_for_more(classifier: Classifier) -> None:
    classifier(TEXTS)
    assert not classifier.model.training
    assert torch.is_grad_enabled()


def test_fit_result_loads_its_classifier(make_project: Callable[..., Project]) -> None:
    result = fit(make_project(training={"epochs": 0}))
    assert result.classifier()("leek")[0].label == "savoury"


def test_cleaned_texts_have_mentions_where_the_original_has_them(
    make_project: Callable[..., Project],
) -> None:
    folder = fit(make_project(corpus={"clean": True}, training={"epochs": 0})).folder
    classifier = Classifier.load(folder)
    text = "  <p>a good&nbsp;ap<b>p</b>le &amp; one\u00ad more  plum</p>"
    plain = "a good apple & one more plum"
    found, expected = classifier([text, plain])
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert [mention.iri for mention in found.mentions] == [m.iri for m in expected.mentions]
    assert [mention.text for mention in found.mentions] == ["ap<b>p</b>le", "plum"]
    assert all(text[mention.start : mention.end] == mention.text for mention in found.mentions)
