from __future__ import annotations

import pytest

from ontograft.kg.spellings import ENGLISH, Spelling, respell

PAIRS = (
    "leukemia leukaemia, anemia anaemia, ischemic ischaemic, thalassemia thalassaemia, "
    "septicemia septicaemia, uremic uraemic, esophagus oesophagus, "
    "gastroesophageal gastrooesophageal, hemorrhage haemorrhage, hemophilia haemophilia, "
    "immunohemolytic immunohaemolytic, hematoma haematoma, edema oedema, "
    "lymphedema lymphoedema, diarrhea diarrhoea, gonorrhea gonorrhoea, apnea apnoea, "
    "fetal foetal, fetus foetus, pediatric paediatric, orthopedic orthopaedic, "
    "encyclopedia encyclopaedia, anesthesia anaesthesia, paresthesia paraesthesia, "
    "estrogen oestrogen, etiology aetiology, celiac coeliac, cesium caesium, "
    "cesarean caesarean, cecum caecum, fecal faecal, amebiasis amoebiasis, "
    "gynecology gynaecology, maneuver manoeuvre, medieval mediaeval, sulfate sulphate, "
    "sulfur sulphur, organization organisation, localized localised, "
    "specializing specialising, paralyzed paralysed, analyze analyse, tumor tumour, "
    "color colour, behavioral behavioural, neighborhood neighbourhood, labor labour, "
    "fiber fibre, center centre, theater theatre, goiter goitre, kilometer kilometre, "
    "catalog catalogue, dialog dialogue, homolog homologue, defense defence, "
    "license licence, modeling modelling, enrollment enrolment, aluminum aluminium, "
    "program programme, disk disc, aging ageing, artifact artefact"
)


@pytest.mark.parametrize("pair", PAIRS.split(", "))
def test_american_and_british_spelling_lead_to_each_other(pair: str) -> None:
    american, british = pair.split()
    assert british in list(respell([american], ENGLISH))
    assert american in list(respell([british], ENGLISH))


@pytest.mark.parametrize("pair", ["leukocyte leucocyte", "sjogren sjoegren", "lacrimal lachrymal"])
def test_older_spelling(pair: str) -> None:
    new, old = pair.split()
    assert old in list(respell([new], ENGLISH))
    assert new in list(respell([old], ENGLISH))


@pytest.mark.parametrize(
    "word",
    [
        *("disease", "epidemic", "academic", "chemotherapy", "hemisphere", "size", "prize"),
        *("diameter", "parameter", "cancer", "ulcer", "promise", "humoral", "vaporize"),
    ],
)
def test_words_that_all_spell_the_same(word: str) -> None:
    assert not {form for form in respell([word], ENGLISH) if form not in (word, "vaporise")}


def test_only_the_words_that_change_are_changed() -> None:
    spelt = list(respell(["breast", "tumor", "center"], ENGLISH))
    assert spelt[0] == "breast tumour centre"


def test_a_spelling_replaces_in_order() -> None:
    assert Spelling.of(("a", "b"), ("b", "c"))("ab") == "cc"
