from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from ontograft.data import Label
from ontograft.errors import CorpusError
from ontograft.model.pooling import MAX_TOKENS
from ontograft.pipeline import Classifier, Project, fit, predict_corpus
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


@pytest.mark.parametrize(
    ("label", "labels", "score"),
    [
        ("a", ("a",), 0.25),
        (("a", "b"), ("a", "b"), 0.75),
        ((), (), None),
        (2.5, (), None),
    ],
)
def test_the_score_is_that_of_the_likeliest_label(
    label: Label, labels: tuple[str, ...], score: float | None
) -> None:
    prediction = Prediction(label, {"a": 0.25, "b": 0.75, "c": 0.875}, ())
    assert (prediction.labels, prediction.score) == (labels, score)


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
