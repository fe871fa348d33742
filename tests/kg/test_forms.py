from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

import pytest

from ontograft.kg import KnowledgeGraph
from ontograft.kg.forms import Forms
from ontograft.kg.guards import Guard, is_shouting, stop_words
from ontograft.kg.lexicon_building import LexiconBuilder
from ontograft.kg.word_codes import WordCodes, group_words

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", ""))
NAMES = {
    "en": [
        "cancer of the breast",
        "breast cancer",
        "anemia, hemolytic, autoimmune",
        "Alzheimer's disease",
        "non-Hodgkin lymphoma",
        "nephrotic syndrome (disorder)",
        "Ehlers-Danlos syndrome type IV",
        "alpha 1-antitrypsin deficiency",
        "familial renal cell carcinoma",
        "tumor",
        "ALS",
        "metastasis",
        "bacterium",
        "feet",
        "angiotensin II",
    ],
    "de": [
        "\u00f6ffentliche Ausgaben",
        "labiles \u00f6konomisches Gleichgewicht",
        "Theorie der Spiele",
        "Haus",
        "Steuerpolitik",
        "Au\u00dfenhandel",
        "Arzt",
        "Lehrerin",
    ],
    "fr": ["maladie d'Alzheimer", "cancer du sein"],
}


def forms_of(language: str, *, vary: bool = True) -> Forms:
    return Forms(language, vary, stop_words(language), shouting=False, known=frozenset({"politik"}))


def missed(forms: Forms, labels: list[str]) -> tuple[int, list[str]]:
    """Return how many forms the labels have, and those without an order of the same codes."""
    named = [(label, forms.fold(label)) for label in labels]
    guarded = [(label, name, forms.guard(label, name)[0]) for label, name in named if name]
    linked = [item for item in guarded if item[2] not in (Guard.NEVER, Guard.BARRED)]
    orders = [forms.orders(*item) for item in linked]
    vocabulary = dict.fromkeys(word for order in chain(*orders) for word in order.split(" "))
    codes = WordCodes(*group_words(vocabulary, map(forms.related, vocabulary)))
    count, wrong = 0, []
    for item, own in zip(linked, orders, strict=True):
        known = {codes.encode(order.split(" ")) for order in own}
        for form, _ in forms.of(*item):
            count += 1
            if codes.encode(form.split(" ")) not in known:
                wrong.append(form)
    return count, wrong


@pytest.mark.parametrize("language", sorted(NAMES))
def test_each_form_is_an_order_with_related_words(language: str) -> None:
    count, wrong = missed(forms_of(language), NAMES[language])
    assert count >= len(NAMES[language])
    assert wrong == []


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "stw-skos.ttl").is_file(), reason="needs ONTOGRAFT_BENCHMARK_DATA")
@pytest.mark.parametrize(
    ("file", "language"),
    [("doid-2016-03-04.obo", "en"), ("stw-skos.ttl", "en"), ("stw-skos.ttl", "de")],
)
def test_each_form_of_real_labels_is_an_order_with_related_words(file: str, language: str) -> None:
    graph = KnowledgeGraph.read(DATA / file)
    forms = LexiconBuilder(graph, language, vary=True).forms
    names = (graph.names(number, language) for number in range(len(graph)))
    count, wrong = missed(forms, [label.text for label in chain.from_iterable(names)])
    # German adjectives get a few endings that nobody writes.
    assert len(wrong) <= count / 10_000, wrong[:20]


def test_an_order_is_kept_once_whatever_its_inflections() -> None:
    orders = forms_of("en").orders("lung cancer", "lung cancer", Guard.FREE)
    assert {"lung cancer", "cancer of lung", "cancer of the lung"} <= orders
    assert "lung cancers" not in orders


def test_the_first_way_of_a_form_counts() -> None:
    forms = dict(reversed(list(forms_of("en").of("tumour", "tumour", Guard.FREE))))
    assert forms["tumour"] == "normalised"
    assert forms["tumor"] == "spelling"
    assert forms["tumours"] == "inflected"


@pytest.mark.parametrize(
    ("word", "other"),
    [("tumor", "tumours"), ("ii", "2"), ("2", "ii"), ("kidney", "renal"), ("disease", "disorders")],
)
def test_words_that_stand_for_each_other_are_related(word: str, other: str) -> None:
    forms = forms_of("en")
    given = sorted(forms.related(word))
    words, groups = group_words(given, map(forms.related, given))
    group = dict(zip(words, groups.tolist(), strict=True))
    assert group[word] == group[other]


def test_without_variation_a_name_is_all_there_is() -> None:
    forms = forms_of("en", vary=False)
    assert dict(forms.of("lung cancers", "lung cancers", Guard.FREE)) == {
        "lung cancers": "normalised"
    }
    assert forms.related("cancers") == {"cancers"}


def test_an_abbreviation_has_a_plural_and_no_other_form() -> None:
    forms = [form for form, _ in forms_of("en").of("FAP", "fap", Guard.CASED)]
    assert forms == ["fap", "faps", "fap"]


def test_a_shortened_name_is_varied_lightly() -> None:
    forms = forms_of("en")
    assert set(forms.of_short("renal cyst")) == {"renal cyst", "renal cysts"}
    assert forms.short_orders("renal cyst") == {"renal cyst"}


def test_shouting_is_known_to_the_guard() -> None:
    labels = ["MALARIA TROPICA", "YELLOW FEVER"]
    assert is_shouting(labels)
    quiet, loud = (
        Forms("en", vary=True, stop=frozenset(), shouting=shouting) for shouting in (False, True)
    )
    assert quiet.guard("MALARIA", "malaria")[0] is Guard.CASED
    assert loud.guard("MALARIA", "malaria")[0] is Guard.FREE
