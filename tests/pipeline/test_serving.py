from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from ontograft.errors import OntograftError
from ontograft.kg import NIL, Candidate, Concept, KnowledgeGraph, LabelKind, Mention
from ontograft.pipeline import Filters
from ontograft.pipeline.corrections import Corrections
from ontograft.pipeline.server_errors import ProblemError
from ontograft.pipeline.server_models import said
from ontograft.pipeline.server_settings import ServerSettings
from ontograft.pipeline.serving import Served

from .conftest import fit_fruit
from .results import make_results
from .served import TOKEN, client, make_served, resident


def test_without_results_and_corrections_it_says_how_to_get_them() -> None:
    served = make_served()
    with pytest.raises(ProblemError, match="no results are served; .* with --results RESULTS"):
        served.need_results()
    with pytest.raises(ProblemError, match="no results are served"):
        served.endpoint()
    with pytest.raises(ProblemError, match="start the server with --corrections FOLDER"):
        served.need_corrections()
    served.close()


def test_results_can_be_asked_in_both_ways(tmp_path: Path) -> None:
    served = make_served(results=make_results(tmp_path / "results"), queries=1)
    filters = Filters(labels=("C14",))
    table = asyncio.run(served.run(served.need_results().table, filters))
    assert len(table) == 2
    endpoint = asyncio.run(served.run(served.endpoint))
    assert served.endpoint() is endpoint
    assert endpoint.query("ASK { ?document og:label label:C14 }").value
    assert served.fields() == ["journal", "year"]
    served.close()


def test_who_asks_while_the_store_is_built_is_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = make_served(results=make_results(tmp_path / "results"))
    gate, begun = threading.Event(), threading.Event()

    def slow(*_: object) -> Path:
        begun.set()
        gate.wait()
        return tmp_path

    monkeypatch.setattr("ontograft.pipeline.store.open_store", slow)
    builder = threading.Thread(target=served.endpoint)
    builder.start()
    begun.wait()
    with pytest.raises(ProblemError, match="store of the results is being built") as caught:
        served.endpoint()
    assert caught.value.status == 503
    gate.set()
    builder.join()
    served.close()


def test_a_model_folder_is_served_as_it_predicts(tmp_path: Path, encoder_folder: Path) -> None:
    model = fit_fruit(tmp_path, encoder_folder)
    served = Served.load(
        model, results=make_results(tmp_path / "r").folder, corrections=tmp_path / "corrections"
    )
    assert served.corrections is not None
    assert served.asked is not None
    texts = ["a good apple from the garden", "", "leek", "\ud800 pear", "one more plum " * 20] * 3

    async def several() -> list[list[object]]:
        asked = [served.predict([text]) for text in texts]
        return list(await asyncio.gather(*asked, served.predict(texts)))  # type: ignore[arg-type]

    *singly, together = asyncio.run(several())
    for text, (one,), other in zip(texts, singly, together, strict=True):
        (alone,) = served.classifier(text)
        for found in (one, other):
            assert (found.label, found.mentions) == (alone.label, alone.mentions)  # type: ignore[attr-defined]
            for label, chance in alone.probabilities.items():
                assert found.probabilities[label] == pytest.approx(chance, abs=1e-5)  # type: ignore[attr-defined]
    linked = asyncio.run(served.mentions(texts))
    assert linked == [alone.mentions for alone in served.classifier(texts)]
    assert (
        asyncio.run(served.on_model(served.classifier.logits, ["leek"], text="leek")).shape[0] == 1
    )
    served.close()


def test_work_on_the_model_keeps_to_the_limits() -> None:
    served = make_served(characters=10)
    with pytest.raises(ProblemError, match="text 0 has 11 characters, expected at most 10"):
        asyncio.run(served.on_model(len, "x", text="x" * 11))
    assert asyncio.run(served.on_model(len, "abc", text="abc")) == 3
    served.close()


def test_a_mention_is_said_with_the_definition_of_its_concept() -> None:
    concept = Concept("urn:a", definitions=(("de", "Eine Frucht."), ("en", "A fruit.")))
    graph = KnowledgeGraph([concept])
    candidates = (
        Candidate("urn:b", "other", LabelKind.EXACT, 0.9, "head"),
        Candidate("urn:a", "apple", LabelKind.PREFERRED, 0.8, "exact"),
    )
    mention = Mention(
        0,
        5,
        "apple",
        "urn:a",
        "apple",
        0.8,
        candidates,
        fragments=((0, 2), (3, 5)),
        polarity="negated",
        senses=("family",),
        section="Results",
    )
    told = said(mention, graph, language="en")
    assert (told.definition, told.way) == ("A fruit.", "exact")
    assert said(mention, graph, language="DE").definition == "Eine Frucht."
    assert said(mention, None).definition == ""
    assert (told.polarity, told.senses, told.section) == ("negated", ["family"], "Results")
    assert told.fragments == [(0, 2), (3, 5)]
    assert [one.kind for one in told.candidates] == ["exact", "preferred"]
    nil = said(Mention(0, 1, "x", NIL, "", 0.0, ()), graph)
    assert (nil.concept, nil.definition, nil.way) == (NIL, "", "")


@pytest.mark.slow
def test_memory_stays_flat_whatever_words_come(tmp_path: Path, encoder_folder: Path) -> None:
    settings = ServerSettings(token=TOKEN)
    served = Served.load(fit_fruit(tmp_path, encoder_folder), settings=settings)
    known = client(served)

    def ask(numbers: range) -> None:
        for start in range(numbers.start, numbers.stop, 50):
            texts = [f"word{number}x of apple w{number}" for number in range(start, start + 50)]
            assert known.post("/classify", json={"texts": texts}).status_code == 200

    ask(range(2000))
    before = resident()
    ask(range(2000, 10_000))
    assert resident() - before < 20


def test_at_the_end_the_folder_of_corrections_is_free_again(tmp_path: Path) -> None:
    served = make_served(corrections=tmp_path)
    served.close()
    with Corrections(tmp_path) as again:
        assert again.counts == {"labels": 0, "links": 0}


def test_what_cannot_be_loaded_leaves_the_folder_of_corrections_free(tmp_path: Path) -> None:
    with pytest.raises(OntograftError, match="nowhere"):
        Served.load(tmp_path / "nowhere", corrections=tmp_path / "kept")
    Corrections(tmp_path / "kept").close()


def test_a_folder_of_corrections_that_is_held_is_told_before_the_model_is_loaded(
    tmp_path: Path,
) -> None:
    with (
        Corrections(tmp_path / "kept"),
        pytest.raises(OntograftError, match="another process keeps its corrections here"),
    ):
        Served.load(tmp_path / "nowhere", corrections=tmp_path / "kept")
