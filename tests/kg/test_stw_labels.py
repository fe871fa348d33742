"""Labels of the STW thesaurus link in German text as English ones do in English.

The texts are made of the labels: as they are, and as a text would inflect or spell them. The
inflections are those of the heads below, written down by hand, so that the rules of the lexicon are
measured and not repeated.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ontograft.kg import KnowledgeGraph, Linker

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", ""))
STW = DATA / "stw-skos.ttl"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "ONTOGRAFT_BENCHMARK_DATA" not in os.environ or not STW.is_file(),
        reason="needs stw-skos.ttl in the folder ONTOGRAFT_BENCHMARK_DATA",
    ),
]

# Heads of German compounds: nominative plural, genitive singular, dative plural.
GERMAN_HEADS = {
    "markt": "märkte marktes märkten",
    "politik": "politiken politik politiken",
    "steuer": "steuern steuer steuern",
    "recht": "rechte rechts rechten",
    "system": "systeme systems systemen",
    "theorie": "theorien theorie theorien",
    "modell": "modelle modells modellen",
    "unternehmen": "unternehmen unternehmens unternehmen",
    "verkehr": "verkehre verkehrs verkehren",
    "bank": "banken bank banken",
    "wirtschaft": "wirtschaften wirtschaft wirtschaften",
    "industrie": "industrien industrie industrien",
    "versicherung": "versicherungen versicherung versicherungen",
    "arbeiter": "arbeiter arbeiters arbeitern",
    "vertrag": "verträge vertrages verträgen",
    "preis": "preise preises preisen",
    "kosten": "kosten kosten kosten",
    "handel": "handel handels handel",
    "gesetz": "gesetze gesetzes gesetzen",
    "haus": "häuser hauses häusern",
    "land": "länder landes ländern",
    "plan": "pläne plans plänen",
    "analyse": "analysen analyse analysen",
    "gewerbe": "gewerbe gewerbes gewerben",
    "produkt": "produkte produkts produkten",
    "fonds": "fonds fonds fonds",
    "konto": "konten kontos konten",
    "index": "indizes index indizes",
    "zentrum": "zentren zentrums zentren",
    "prozess": "prozesse prozesses prozessen",
    "buch": "bücher buches büchern",
    "straße": "straßen straße straßen",
}
ENGLISH_HEADS = {
    "market": "markets",
    "policy": "policies",
    "tax": "taxes",
    "system": "systems",
    "theory": "theories",
    "model": "models",
    "company": "companies",
    "bank": "banks",
    "industry": "industries",
    "analysis": "analyses",
    "process": "processes",
    "business": "businesses",
    "index": "indices",
    "country": "countries",
    "price": "prices",
    "worker": "workers",
    "branch": "branches",
    "crisis": "crises",
    "man": "men",
    "child": "children",
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def german_texts(label: str) -> Iterator[tuple[str, str]]:
    """Yield what a German text may write for a label, with the kind of change."""
    yield "same", label
    if len(label) > 4:
        yield "capitals", label.upper()
    if "ß" in label:
        yield "ss", label.replace("ß", "ss")
    if label.translate(UMLAUTS) != label:
        yield "umlauts", label.translate(UMLAUTS)
    if "-" in label:
        yield "hyphen as space", label.replace("-", " ")
    head = next((head for head in GERMAN_HEADS if label.lower().endswith(head)), None)
    if head is None or not label.isalpha():
        return
    stem = label[: len(label) - len(head)]
    plural, genitive, dative = GERMAN_HEADS[head].split()
    for kind, form in (("plural", plural), ("genitive", genitive), ("dative", dative)):
        yield kind, stem + form if stem else form.capitalize()
    if len(stem) > 3:
        yield "compound hyphen", f"{stem}-{head.capitalize()}"


def english_texts(label: str) -> Iterator[tuple[str, str]]:
    """Yield what an English text may write for a label, with the kind of change."""
    yield "same", label
    if len(label) > 4:
        yield "capitals", label.upper()
    if "-" in label:
        yield "hyphen as space", label.replace("-", " ")
    words = label.split(" ")
    plural = ENGLISH_HEADS.get(words[-1].lower())
    if plural is not None:
        yield "plural", " ".join((*words[:-1], plural))
    if label.endswith("ization"):
        yield "british", label.removesuffix("ization") + "isation"
    if "Labor" in label:
        yield "british", label.replace("Labor", "Labour")


def shares(language: str) -> dict[str, float]:
    """Return for each kind of change the share of labels that link to their concept."""
    graph = KnowledgeGraph.read(STW)
    linker = Linker.build(graph, language=language)
    texts = {"de": german_texts, "en": english_texts}[language]
    # The numbered headings of subject categories are no labels that a text would hold.
    labels = {
        (graph.concepts[number].iri, label.text)
        for number in range(len(graph))
        for label in graph.names(number, language)
        if label.language == language and "." not in label.text and "(" not in label.text
    }
    found: dict[str, list[bool]] = {}
    for iri, label in sorted(labels)[::3]:
        for kind, text in texts(label):
            document = f"{text}: 1998"
            iris = {
                candidate.iri
                for mention in linker(document)
                if mention.text == text
                for candidate in mention.candidates
            }
            found.setdefault(kind, []).append(iri in iris)
    return {kind: sum(right) / len(right) for kind, right in found.items()}


def test_german_labels_link_as_english_ones_do() -> None:
    german, english = shares("de"), shares("en")
    print(german, english)  # noqa: T201 - the figures to report
    for share in (german, english):
        assert share["same"] > 0.995
        assert share["capitals"] > 0.99
        assert share["plural"] > 0.99
        assert share["hyphen as space"] > 0.95
    assert german["ss"] > 0.99
    assert german["umlauts"] > 0.99
    assert german["genitive"] > 0.99
    assert german["dative"] > 0.99
    assert german["compound hyphen"] > 0.9
    assert english["british"] > 0.97
