from __future__ import annotations

import pytest

from .marking import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kein Hinweis auf eine [Tuberkulose].", ["negated"]),
        ("Keine Zeichen einer [Sepsis] oder [Meningitis].", ["negated", "negated"]),
        ("Patienten mit [Asthma] ohne [COPD]", ["", "negated"]),
        ("Eine [Embolie] konnte ausgeschlossen werden.", ["negated"]),
        ("Eine [Embolie] konnte nicht sicher ausgeschlossen werden.", ["hypothetical"]),
        ("[Metastasen] ließen sich nicht nachweisen.", ["negated"]),
        ("Weder [Fieber] noch [Husten].", ["negated", "negated"]),
        ("Nicht-[Hodgkin-Lymphome] sind selten.", ["negated"]),
        ("Keiner der Patienten hatte eine [Sepsis].", ["negated"]),
        ("Eine [Hepatitis] trat bei keinem Patienten auf.", ["negated"]),
        ("Der Patient verneint [Fieber], [Husten], [Luftnot].", ["negated"] * 3),
        ("[HIV]-negative Patienten mit [Pneumonie]", ["negated", ""]),
        ("Nicht nur [Asthma], sondern auch [COPD].", ["", ""]),
        ("Mit und ohne [Diabetes].", [""]),
        ("Kein Einfluss der Therapie auf [Asthma].", [""]),
        ("Keine Therapie der [Hypertonie].", [""]),
        ("Z. n. [Herzinfarkt], V. a. [Pneumonie].", ["historical", "hypothetical"]),
        ("v. a. [Asthma] und [COPD]", ["", ""]),
        ("Ein [Herzinfarkt] vor 10 Jahren.", ["historical"]),
        ("Das Risiko einer [Thrombose] steigt bei [Krebs].", ["hypothetical", ""]),
        ("Falls eine [Sepsis] auftritt, hilft Penicillin bei [Fieber].", ["hypothetical", ""]),
        ("Seine Mutter starb an [Krebs], jedoch hat er [Asthma].", ["family", ""]),
        ("[Diabetes] bei seiner Mutter.", ["family"]),
        ("Familienanamnese: [Diabetes], [Gicht]. Befund: [Asthma].", ["family", "family", ""]),
    ],
)
def test_what_german_says(text: str, expected: list[str]) -> None:
    assert read(text, "de-AT") == expected
