from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from ontograft.errors import QueryError, SettingsError
from ontograft.kg import NIL
from ontograft.pipeline.concept_search import ConceptSearch, Suggestion

BASE = "http://example.org/"
CONCEPTS = {
    "X_1": ("kidney disease", "renal disease"),
    "X_2": ("nephritis", "inflamed kidney", "kidney inflammation"),
    "X_3": ("stroke", "insult"),
    "X_4": ("heat stroke", "insult", "stroke"),
    "X_5": ("Kidney-disease of the young", "???"),
}


@pytest.fixture(scope="module")
def search() -> ConceptSearch:
    return ConceptSearch(
        pa.table(
            {
                "concept": [BASE + name for name in CONCEPTS],
                "label": [names[0] for names in CONCEPTS.values()],
                "labels": [list(names) for names in CONCEPTS.values()],
            }
        )
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kidney disease", "X_1"),
        ("Kidney  Disease", "X_1"),
        ("renal-disease", "X_1"),
        (BASE + "X_2", "X_2"),
        ("X_2", "X_2"),
        ("X:2", "X_2"),
        ("stroke", "X_3"),
    ],
)
def test_a_name_means_a_concept(search: ConceptSearch, name: str, expected: str) -> None:
    assert search.resolve(name) == BASE + expected


def test_nil_means_no_concept(search: ConceptSearch) -> None:
    assert search.resolve(NIL) == NIL


def test_a_name_of_several_concepts_lists_them(search: ConceptSearch) -> None:
    with pytest.raises(QueryError) as caught:
        search.resolve("Insult")
    assert str(caught.value) == (
        "'Insult' is the name of 2 concepts: stroke, also called Insult (http://example.org/X_3); "
        "heat stroke, also called Insult (http://example.org/X_4); give the IRI of one"
    )


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("kidny diseas", "kidney disease"),
        ("disease of the kidney", "kidney disease"),
        ("nephrtis", "nephritis"),
        ("kidny", "kidney disease"),
    ],
)
def test_a_name_of_none_says_what_may_be_meant(
    search: ConceptSearch, name: str, likely: str
) -> None:
    with pytest.raises(
        QueryError, match=f"no concept is called '{name}'; did you mean: .*{likely}"
    ):
        search.resolve(name)


@pytest.mark.parametrize("name", ["", "???", "qqqqqqqqqq"])
def test_a_name_like_none_is_just_not_found(search: ConceptSearch, name: str) -> None:
    with pytest.raises(QueryError, match="no concept is called "):
        search.resolve(name)


def test_names_are_completed_from_their_beginning_first(search: ConceptSearch) -> None:
    found = [(one.iri[-1], one.name) for one in search.complete("kidney")]
    assert found == [
        ("1", "kidney disease"),
        ("2", "kidney inflammation"),
        ("5", "Kidney-disease of the young"),
    ]
    assert search.complete("kidney", limit=1)[0] == Suggestion(
        BASE + "X_1", "kidney disease", "kidney disease"
    )


def test_names_are_completed_from_a_later_word(search: ConceptSearch) -> None:
    assert [one.label for one in search.complete("dis")] == [
        "kidney disease",
        "Kidney-disease of the young",
    ]
    assert [one.name for one in search.complete("the y")] == ["Kidney-disease of the young"]
    assert search.complete("isease") == []


def test_an_exact_name_comes_first(search: ConceptSearch) -> None:
    assert [one.label for one in search.complete("stroke")] == ["stroke", "heat stroke"]


@pytest.mark.parametrize("text", ["", " ", "?"])
def test_nothing_is_completed_to_nothing(search: ConceptSearch, text: str) -> None:
    assert search.complete(text) == []


def test_without_rapidfuzz_one_is_told_what_to_install(
    search: ConceptSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(SettingsError, match="no concept is called 'x'; .* needs RapidFuzz, which"):
        search.resolve("x")
