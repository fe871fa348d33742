from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline import Results
from ontograft.pipeline import results_rdf as module
from ontograft.pipeline.rdf_vocabulary import FIELD, LABEL, PREFIXES, TERMS, VOCABULARY_GRAPH
from ontograft.pipeline.results_rdf import Stream, ontology_graph, run_graph, trig

from .results import BASE, D, M, make_results

OA, OG, PROV, DCTERMS = (PREFIXES[name] for name in ("oa", "og", "prov", "dcterms"))


def store_of(results: Results) -> ox.Store:
    store = ox.Store()
    store.load(b"".join(trig(results)), ox.RdfFormat.TRIG)
    return store


def ask(store: ox.Store, text: str) -> list[tuple[str, ...]]:
    solutions = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(tuple(getattr(term, "value", "-") for term in row) for row in solutions)


@pytest.fixture(scope="module")
def store(results: Results) -> ox.Store:
    return store_of(results)


def test_a_mention_is_an_annotation_of_a_place_in_a_document(store: ox.Store) -> None:
    found = ask(
        store,
        """SELECT ?id ?body ?start ?end ?score {
          ?mention a oa:Annotation ; oa:motivatedBy oa:identifying ; oa:hasBody ?body ;
            og:score ?score ; oa:hasTarget ?target .
          ?target a oa:SpecificResource ; oa:hasSource/dcterms:identifier ?id ;
            oa:hasSelector ?selector .
          ?selector a oa:TextPositionSelector ; oa:start ?start ; oa:end ?end }""",
    )
    assert len(found) == 7
    assert found[0] == ("d0", BASE + "nephritis", "0", "9", "0.9")
    assert ("d2", OG + "NIL", "4", "10", "0") in found


def test_a_label_is_an_annotation_of_a_document(store: ox.Store) -> None:
    found = ask(
        store,
        """SELECT ?id ?body ?score { ?one a oa:Annotation ; oa:motivatedBy oa:classifying ;
          oa:hasBody ?body ; og:score ?score ; oa:hasTarget ?document .
          ?document a og:Document ; og:label ?body ; dcterms:identifier ?id }""",
    )
    assert found[0] == ("d0", LABEL + "C12", "0.95")
    assert len(found) == 5
    named = ask(store, 'SELECT ?l { ?l a og:Label ; rdfs:label "C14" }')
    assert named == [(LABEL + "C14",)]


def test_polarity_senses_and_sections_are_said_where_they_are(store: ox.Store) -> None:
    pattern = "?m og:%s ?x ; oa:hasBody ?body"
    assert ask(store, f"SELECT ?body ?x {{ {pattern % 'polarity'} }}") == [
        (BASE + "nephritis", OG + "negated")
    ]
    assert ask(store, f"SELECT ?body ?x {{ {pattern % 'sense'} }}") == [
        (BASE + "heart", OG + "family"),
        (BASE + "heart", OG + "historical"),
        (BASE + "lupus", OG + "family"),
    ]
    assert ask(store, f"SELECT ?x {{ {pattern % 'section'} }}") == [("Results",)]


def test_an_interrupted_mention_has_a_selector_for_each_piece(tmp_path: Path) -> None:
    text = "Kidney and heart disease."
    mention = M("Kidney and heart disease", "kidney", fragments=((0, 6), (17, 24)))
    store = store_of(make_results(tmp_path / "r", [D(text, mentions=[mention])]))
    found = ask(
        store,
        """SELECT ?start ?end { ?m og:discontinuous true ; oa:hasTarget/oa:hasSelector ?s .
          ?s oa:start ?start ; oa:end ?end }""",
    )
    assert found == [("0", "6"), ("17", "24")]


def test_the_run_says_what_it_used(results: Results, store: ox.Store) -> None:
    found = ask(
        store,
        """SELECT ?run ?model ?corpus ?ontology ?version ?iri ?begin ?end {
          ?run a og:Run ; prov:wasGeneratedBy ?activity ; prov:generatedAtTime ?end .
          ?activity a prov:Activity ; prov:startedAtTime ?begin ; prov:endedAtTime ?end ;
            prov:used ?m, ?c, ?ontology .
          ?m rdfs:label ?model . ?c rdfs:label ?corpus .
          ?ontology owl:versionInfo ?version ; prov:specializationOf ?iri }""",
    )
    manifest = results.manifest
    expected = (
        f"urn:uuid:{manifest['run']}",
        "stub",
        "texts.jsonl",
        ontology_graph(results),
        "7",
        BASE,
        manifest["started"].replace("+00:00", "Z"),
        manifest["finished"].replace("+00:00", "Z"),
    )
    assert expected in found


def test_run_ontology_and_terms_are_named_graphs(results: Results, store: ox.Store) -> None:
    names = {graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
    assert names == {run_graph(results), ontology_graph(results), VOCABULARY_GRAPH}
    assert not list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def test_every_term_of_our_own_is_explained(store: ox.Store) -> None:
    used = {
        part.value.removeprefix(OG)
        for quad in store
        for part in (quad.predicate, quad.object)
        if isinstance(part, ox.NamedNode) and part.value.startswith(OG)
    }
    assert used <= set(TERMS)


def test_the_ontology_has_names_definitions_parents_and_ancestors(store: ox.Store) -> None:
    lupus = f"<{BASE}lupus>"
    assert ask(store, f"SELECT ?a {{ {lupus} og:within ?a }}") == [
        (BASE + name,) for name in ("disease", "kidney", "lupus", "nephritis")
    ]
    assert ask(store, f"SELECT ?a {{ {lupus} rdfs:subClassOf ?a }}") == [(BASE + "nephritis",)]
    assert ask(
        store, f"SELECT ?n ?d {{ <{BASE}nephritis> skos:altLabel ?n ; skos:definition ?d }}"
    ) == [("inflamed kidney", "An inflammation of the kidney.")]


@pytest.mark.parametrize(
    ("child", "parent", "relation"),
    [
        ("individual", "class", "rdf:type"),
        ("concept", "concept", "skos:broader"),
        ("individual", "individual", "skos:broader"),
    ],
)
def test_the_relation_to_a_parent_fits_the_kinds(
    tmp_path: Path, child: str, parent: str, relation: str
) -> None:
    label = (Label(LabelKind.PREFERRED, "en", "x"),)
    graph = KnowledgeGraph(
        [Concept(BASE + "a", child, label), Concept(BASE + "b", parent, label)],
        [(BASE + "a", "http://www.w3.org/2004/02/skos/core#broader", BASE + "b")],
        iri=BASE,
    )
    store = store_of(make_results(tmp_path / "r", [D("x")], graph=graph))
    assert ask(store, f"SELECT ?b {{ ?a {relation} ?b . ?a og:within ?b FILTER(?a != ?b) }}") == [
        (BASE + "b",)
    ]


def test_the_same_results_give_the_same_statements(results: Results) -> None:
    again = Results.open(results.folder)
    assert b"".join(trig(results)) == b"".join(trig(again))


def test_the_gold_label_and_the_columns_of_the_corpus_are_kept(tmp_path: Path) -> None:
    documents = [
        D("a", gold="C12", fields={"the year": "1999"}),
        D("b", gold='["C12", "C14"]'),
        D("c", gold="[odd"),
        D("d", gold="[1"),
    ]
    store = store_of(make_results(tmp_path / "r", documents))
    assert ask(store, f"SELECT ?v {{ ?d <{FIELD}the%20year> ?v }}") == [("1999",)]
    golds = ask(store, "SELECT ?id ?g { ?d og:gold ?g ; dcterms:identifier ?id }")
    assert golds == [
        ("d0", LABEL + "C12"),
        ("d1", LABEL + "C12"),
        ("d1", LABEL + "C14"),
        ("d2", LABEL + "%5Bodd"),
        ("d3", LABEL + "%5B1"),
    ]


def test_documents_of_several_labels_have_them_all(tmp_path: Path) -> None:
    made = make_results(tmp_path / "r", [D("a", "C12|C14", 0.7)], task="multi-label")
    store = store_of(made)
    assert len(ask(store, "SELECT ?l { ?d og:label ?l }")) == 2
    assert ask(store, "SELECT ?s { ?d a og:Document ; og:score ?s }") == []


def test_a_long_sentence_is_cut_around_the_mention(tmp_path: Path) -> None:
    text = "x" * 3000 + " nephritis " + "y" * 3000
    store = store_of(
        make_results(tmp_path / "r", [D(text, mentions=[M("nephritis", "nephritis")])])
    )
    ((sentence,),) = ask(store, "SELECT ?s { ?m og:sentence ?s }")
    assert sentence == text[2501:3510]


def test_a_text_that_is_too_long_for_a_literal_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TEXT", 3)
    store = store_of(make_results(tmp_path / "r", [D("long"), D("abc")]))
    assert ask(store, "SELECT ?t { ?d og:text ?t }") == [("abc",)]


def test_selectors_may_be_stated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [D("nephritis", mentions=[M("nephritis", "nephritis")]) for _ in range(5)]
    made = make_results(tmp_path / "r", documents, shard_size=1)
    once = set(store_of(made))
    monkeypatch.setattr(module, "MAX_KNOWN", 0)
    assert b"".join(trig(made)).count(b"TextPositionSelector") == 5
    assert set(store_of(made)) == once


def test_a_concept_without_a_valid_iri_is_given_one(tmp_path: Path) -> None:
    label = (Label(LabelKind.PREFERRED, "en", "x"),)
    graph = KnowledgeGraph([Concept('a "b> <c', "class", label)], [], iri="not an iri")
    store = store_of(make_results(tmp_path / "r", [D("x")], graph=graph))
    assert ask(store, "SELECT ?c { ?c a owl:Class }") == [
        ("https://ontograft.org/concept#a%20%22b%3E%20%3Cc",)
    ]


def test_results_without_an_ontology(tmp_path: Path) -> None:
    made = make_results(tmp_path / "r", [D("x")])
    made.manifest["ontology"] = None
    assert ontology_graph(made) is None
    assert len(list(store_of(made).named_graphs())) == 2


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(text=TEXTS, label=TEXTS, name=TEXTS.filter(bool), value=TEXTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, text: str, label: str, name: str, value: str
) -> None:
    document = D(text, label, id=value, fields={name: value})
    made = make_results(tmp_path_factory.mktemp("any") / "r", [document], labels=[label])
    store = store_of(made)
    assert ask(store, "SELECT ?t ?i { ?d og:text ?t ; dcterms:identifier ?i }") == [(text, value)]
    assert ask(store, "SELECT ?l { ?d og:label/rdfs:label ?l }") == [(label,)]
    (field,) = {quad for quad in store if quad.predicate.value.startswith(FIELD)}
    assert isinstance(field.object, ox.Literal)
    assert field.object.value == value


def test_a_stream_reads_pieces_as_one_file() -> None:
    pieces = [b"ab", b"", b"cdefg", b"h"]
    assert io.BufferedReader(Stream(pieces), 3).read() == b"abcdefgh"
    assert Stream([]).read(5) == b""


def test_numbers_that_are_none_are_written_as_xsd_does(tmp_path: Path) -> None:
    documents = [D("x", score=float("nan")), D("y", score=float("inf")), D("z", score=1e-7)]
    store = store_of(make_results(tmp_path / "r", documents))
    found = ask(store, "SELECT ?s { ?d a og:Document ; og:score ?s }")
    assert found == [("0.0000001",), ("INF",), ("NaN",)]
