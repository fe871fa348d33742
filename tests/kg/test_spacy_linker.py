from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import cast

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from ontograft.errors import OntologyError
from ontograft.kg import (
    BROADER,
    NIL,
    Concept,
    KnowledgeGraph,
    Label,
    LabelKind,
    Linker,
    LinkerOptions,
    Mention,
    build_nlp,
    mentions_of,
)
from ontograft.kg.spacy_linker import SpacyLinker, nlp_for


def concept(iri: str, name: str, *, language: str = "") -> Concept:
    return Concept(iri, labels=(Label(LabelKind.PREFERRED, language, name),))


def add_linker(nlp: Language, **config: object) -> SpacyLinker:
    return cast(SpacyLinker, nlp.add_pipe("ontograft_linker", config=config))


GRAPH = KnowledgeGraph(
    [concept("x:cancer", "cancer"), concept("x:breast", "breast cancer"), concept("x:z", "糖尿病")],
    [("x:breast", BROADER, "x:cancer")],
)
TEXT = "Post-breast-cancer care, and c\u0430ncer."


def test_spans_and_mentions_run_in_parallel() -> None:
    doc = build_nlp(GRAPH)(TEXT)
    group = doc.spans["ontograft"]
    assert [span.kb_id_ for span in group] == ["x:breast", "x:cancer", NIL]
    assert {span.label_ for span in group} == {"CONCEPT"}
    mentions = mentions_of(doc)
    assert [mention.iri for mention in mentions] == [span.kb_id_ for span in group]
    assert [mention.nested for mention in mentions] == [False, True, False]
    for span, mention in zip(group, mentions, strict=True):
        assert TEXT[mention.start : mention.end] == mention.text
        assert mention.text in span.text
    assert list(mentions) == Linker.build(GRAPH)(TEXT)


def test_a_span_covers_the_tokens_that_the_mention_cuts() -> None:
    nlp = build_nlp(GRAPH)
    doc = Doc(nlp.vocab, words=["post-cancer"], spaces=[False])
    nlp.get_pipe("ontograft_linker")(doc)
    assert [span.text for span in doc.spans["ontograft"]] == ["post-cancer"]
    assert [mention.text for mention in mentions_of(doc)] == ["cancer"]


def test_an_empty_text_has_no_mentions() -> None:
    doc = build_nlp(GRAPH)("")
    assert len(doc.spans["ontograft"]) == 0
    assert mentions_of(doc) == ()


def test_a_document_that_was_not_linked_is_refused() -> None:
    with pytest.raises(OntologyError, match="the document has no mentions: add 'ontograft_linker'"):
        mentions_of(spacy.blank("en")("text"))


@pytest.mark.parametrize("language", ["en", "de", "zh", "xx"])
def test_any_blank_pipeline_takes_the_component(language: str) -> None:
    nlp = spacy.blank(language)
    add_linker(nlp).linker = Linker.build(GRAPH, language=language)
    assert [mention.iri for mention in mentions_of(nlp("糖尿病, breast cancer"))] == [
        "x:z",
        "x:breast",
        "x:cancer",
    ]


def test_a_pipeline_without_an_ontology_says_what_to_do() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("ontograft_linker")
    with pytest.raises(OntologyError, match="ontograft_linker has no ontology: add it with config"):
        nlp("breast cancer")


def test_the_configuration_reaches_the_linker(tmp_path: Path) -> None:
    path = tmp_path / "cancer.ttl"
    path.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<http://x/c> a skos:Concept ; skos:prefLabel "cancer"@en .\n',
        "utf-8",
    )
    nlp = spacy.blank("en")
    component = add_linker(nlp, ontology=str(path), nested=False, threshold=0.9, label="DISEASE")
    doc = nlp("a cancer")
    assert [(span.label_, span.kb_id_) for span in doc.spans["ontograft"]] == [
        ("DISEASE", "http://x/c")
    ]
    assert component.options == LinkerOptions(nested=False, threshold=0.9)


def test_initialize_builds_from_a_graph() -> None:
    nlp = spacy.blank("en")
    add_linker(nlp).initialize(graph=GRAPH)
    assert len(mentions_of(nlp("cancer"))) == 1


def test_initialize_tells_at_once_of_a_missing_file(tmp_path: Path) -> None:
    component = add_linker(spacy.blank("en"), ontology=str(tmp_path / "no.obo"))
    with pytest.raises(OntologyError, match=r"no\.obo"):
        component.initialize()


def test_a_pipeline_survives_disk_and_bytes(tmp_path: Path) -> None:
    nlp = build_nlp(GRAPH)
    nlp.to_disk(tmp_path)
    from_disk = spacy.load(tmp_path)
    from_bytes = spacy.blank("en")
    from_bytes.add_pipe("ontograft_linker")
    from_bytes.from_bytes(nlp.to_bytes())
    for loaded in (from_disk, from_bytes):
        assert mentions_of(loaded(TEXT)) == mentions_of(nlp(TEXT))


def test_a_document_survives_bytes_with_its_mentions() -> None:
    nlp = build_nlp(GRAPH)
    doc = nlp(TEXT)
    loaded = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert mentions_of(loaded) == mentions_of(doc)
    (stored,) = DocBin(docs=[doc], store_user_data=True).get_docs(nlp.vocab)
    assert mentions_of(stored) == mentions_of(doc)


def test_a_stream_gives_what_single_documents_give() -> None:
    nlp = build_nlp(GRAPH)
    texts = [TEXT, "", "no concept", "cancer"] * 50
    streamed = [mentions_of(doc) for doc in nlp.pipe(texts, batch_size=7)]
    assert streamed == [mentions_of(nlp(text)) for text in texts]


@pytest.mark.slow
def test_several_processes_give_the_same() -> None:
    nlp = build_nlp(GRAPH)
    texts = [TEXT, "", "no concept", "cancer"] * 5
    found = [mentions_of(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=5)]
    assert found == [mentions_of(nlp(text)) for text in texts]


def test_every_option_of_the_linker_can_be_set_in_the_configuration(tmp_path: Path) -> None:
    options = LinkerOptions(nested=False, max_candidates=3, extend=False, trust={"inflected": 0.5})
    nlp = spacy.blank("en")
    component = add_linker(nlp, **asdict(options))
    assert component.options == options
    component.linker = Linker.build(GRAPH)
    nlp.to_disk(tmp_path)
    assert cast(SpacyLinker, spacy.load(tmp_path).get_pipe("ontograft_linker")).options == options


@pytest.mark.parametrize("config", [{"treshold": 0.5}, {"threshold": "much"}])
def test_a_wrong_option_is_refused_with_its_name(config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(config))):
        add_linker(spacy.blank("en"), **config)


def test_all_that_is_known_of_a_mention_survives_the_document() -> None:
    mention = Mention(
        0,
        4,
        "no c",
        "x:cancer",
        "cancer",
        0.9,
        (),
        nested=True,
        fragments=((0, 1), (3, 4)),
        polarity="negated",
        senses=("historical", "family"),
        section="methods",
    )
    nlp = build_nlp(GRAPH)
    doc = nlp.make_doc("no cancer")
    add_linker(spacy.blank("en")).set_annotations([doc], [[mention]])
    assert mentions_of(doc) == (mention,)
    assert mentions_of(Doc(nlp.vocab).from_bytes(doc.to_bytes())) == (mention,)


def test_new_words_are_forgotten_after_a_memory_zone() -> None:
    nlp = build_nlp(GRAPH)
    before = len(nlp.vocab.strings)
    with nlp.memory_zone():
        for doc in nlp.pipe(f"word{number} cancer" for number in range(20)):
            assert len(mentions_of(doc)) == 1
    assert len(nlp.vocab.strings) <= before + 2  # the label and the IRI at most


def test_a_language_that_spacy_cannot_tokenise_is_refused() -> None:
    linker = Linker.build(KnowledgeGraph([concept("x:a", "word")]), language="tlh")
    with pytest.raises(OntologyError, match="spaCy cannot tokenise language 'tlh'"):
        nlp_for(linker)


def test_a_run_of_punctuation_does_not_stall() -> None:
    nlp = build_nlp(GRAPH)
    start = time.process_time()
    doc = nlp("(" * 20_000 + " cancer")
    assert time.process_time() - start < 2  # spaCy alone takes half a minute
    assert doc.text == "(" * 20_000 + " cancer"
    assert [mention.text for mention in mentions_of(doc)] == ["cancer"]
