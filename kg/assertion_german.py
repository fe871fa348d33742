"""The triggers of German, for abstracts as well as clinical notes; see ``assertion_rules``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .assertion_rules import NUMBER, AssertionRules, Scope, triggers, words

_CLAUSE: Final = words(
    "aber jedoch sondern doch weil da dass daß obwohl obgleich während wohingegen wenn falls ob",
    "außer trotz sowie welche welcher welches welchen deren dessen dann ohne kein keine keinen",
    "keinem keiner keines nicht weder als",
)
_AUXILIARIES: Final = words(
    "war waren ist sind wird werden wurde wurden worden sei hat haben hatte hatten habe kann",
    "können konnte konnten könnte könnten darf dürfen soll sollte sollten muss müssen musste",
    "mussten mag besteht bestehen bestand bestanden ließ ließen lässt lassen",
)
_PREPOSITIONS: Final = words(
    "in im ins an am auf aus bei beim mit nach vor von vom zu zum zur für durch gegen um über",
    "unter zwischen seit bis wegen aufgrund neben innerhalb unterhalb gegenüber pro per",
)
_VERBS: Final = words(
    "zeigte zeigten zeigt zeigen fand fanden findet finden trat traten tritt treten entwickelte",
    "entwickelten entwickelt litt litten leidet leiden starb starben erhielt erhielten klagte",
    "ergab ergaben ergibt verursacht verursachte führt führte führten verbessert verhindert",
)
_OTHERS: Final = words("er sie es wir ich man dies diese dieser dieses auch nur")
_GENITIVES: Final = words("der des einer eines")
_STOPS: Final = _CLAUSE | _AUXILIARIES | _PREPOSITIONS | _VERBS | _OTHERS | _GENITIVES
_HAVING: Final = words(
    "hatte hatten hat haben zeigte zeigten zeigt zeigen entwickelte entwickelten entwickelt litt",
    "litten erlitt erlitten wies wiesen bekam bekamen",
)
_ARTICLES: Final = words("ein eine einen einem einer eines der die das den dem des")
_LIGHT: Final = words(
    "erkrankung erkrankungen infektion infektionen syndrom beschwerden anamnestisch klinisch",
    "sicher eindeutig jedoch aber auch daher somit",
)

_BE: Final = words(
    "wurde wurden war waren ist sind wird werden worden sei konnte konnten kann können"
)
_POSSESSIVES: Final = words("seine seiner seinem ihre ihrer ihrem sein ihr der dem des")
_KIN_VERBS: Final = words("hatte hat hatten litt leidet starb erkrankte verstarb mit an")
_COUNTS: Final = words(
    "etwa rund ca über mehr als vielen einigen mehreren zwei drei vier fünf zehn zwanzig"
)

_PHRASE: Final = Scope(stops=_STOPS, most_words=6, commas="or", spreads=True, whole=True)
_DENIAL: Final = replace(_PHRASE, most_words=12, commas="any")
_ONE: Final = Scope(stops=_STOPS, most_words=3, whole=True)
_NEXT: Final = Scope(only=_ARTICLES, most_words=2, spreads=True, whole=True)
_SUBJECT: Final = replace(
    _PHRASE,
    stops=_STOPS - _HAVING - _GENITIVES - {"von"},
    needs=_HAVING,
    most_words=8,
)
_CONDITION: Final = Scope(
    stops=_CLAUSE | _PREPOSITIONS - {"an", "auf"}, most_words=7, spreads=True, whole=True
)
_KIN: Final = Scope(stops=_CLAUSE, needs=_KIN_VERBS, most_words=9, spreads=True)
_HEADING: Final = Scope(stops=_STOPS, most_words=6, commas="any", colon=True, spreads=True)
_PREFIX: Final = Scope(only=frozenset(), most_words=0, prefix=True)
_SUFFIX: Final = Scope(only=frozenset(), most_words=0)
_FINDING: Final = Scope(only=_LIGHT | _BE, most_words=4, colon=True, spreads=True, subject=True)
_PREDICATE: Final = Scope(only=_LIGHT | _BE, most_words=5, spreads=True, subject=True)
_PASSIVE: Final = replace(_PREDICATE, needs=_BE)
_PLACE: Final = Scope(only=_LIGHT, most_words=2, spreads=True)
_AGO: Final = Scope(only=_COUNTS | {NUMBER, "vor"}, needs=words("vor"), most_words=4)
_IN_KIN: Final = Scope(only=_POSSESSIVES | {"bei", "beim"}, most_words=3, spreads=True)
_IN_NONE: Final = replace(_PREDICATE, only=_LIGHT | _BE | words("bei in trat traten"))

_KIN_WORDS: Final = (
    "(mutter|vater|eltern|bruder|schwester|geschwister|sohn|tochter|tante|onkel|großmutter|"
    "großvater|grossmutter|grossvater|großeltern|cousin|cousine)"
)

_NEGATED: Final = (
    *triggers(
        *("negated", "before", _PHRASE),
        "(kein|keine|keinen|keinem|keiner|keines|keinerlei|ohne|weder)",
        "fehlen (von|der|des|einer|eines|jeglicher)",
        "(fehlend|fehlende|fehlender|fehlendes|fehlenden)",
        "(ausschluss|abwesenheit) (von|der|des|einer|eines)",
        "frei von",
        "(nicht|nie|niemals) an",
    ),
    *triggers(
        *("negated", "before", _DENIAL),
        "(verneint|verneinte|verneinen|negiert|negierte|negativ für|negativ auf)",
    ),
    *triggers(
        *("negated", "before", _SUBJECT),
        "(kein|keine) (patient|patientin|patienten|fall|kind|tier)",
        "(niemand|keiner|keines)",
    ),
    *triggers("negated", "before", _NEXT, "(nicht|statt|anstatt|anstelle)"),
    *triggers("negated", "before", _PREFIX, "(nicht|non)"),
    *triggers("negated", "after", _SUFFIX, "(frei|freie|freien|freies|freier)"),
    *triggers("negated", "after", _SUFFIX, "(negativ|negative|negativen|negatives|negativer)"),
    *triggers("negated", "after", _FINDING, "(negativ|ausgeschlossen|verneint)"),
    *triggers("negated", "after", _PASSIVE, "(negiert|unwahrscheinlich)"),
    *triggers(
        *("negated", "after", _PREDICATE),
        "(nicht|nicht mehr|nie) (nachgewiesen|gefunden|festgestellt|beobachtet|gesehen|bestätigt)",
        "(nicht|nicht mehr|nie) (vorhanden|erkennbar|nachweisbar|feststellbar|aufgetreten)",
        "nicht (nachzuweisen|zu erkennen|zu sehen)",
        "(ließ|lässt|ließen|lassen) sich (nicht nachweisen|nicht finden|ausschließen)",
        "(fehlt|fehlte|fehlten|fehlen)",
        "(liegt|lag|liegen|lagen) nicht vor",
        "(besteht|bestand|bestehen|bestanden|fand sich|fanden sich|findet sich) nicht",
        "(trat|traten|tritt|treten) nicht auf",
    ),
    *triggers("negated", "after", _IN_NONE, "keinem (patienten|der patienten|fall|der fälle)"),
)
_HISTORICAL: Final = (
    *triggers(
        *("historical", "before", _PHRASE),
        "(zustand nach|status nach|z. n.|z.n.|st. n.|st.n.|vorgeschichte von|anamnese von)",
        "(anamnestisch|anamnestische|anamnestischer)",
        "(vorgeschichte|anamnese) (mit|einer|eines)",
        "in der (vorgeschichte|anamnese)",
        "(früher|ehemals) an",
    ),
    *triggers(
        *("historical", "before", _ONE),
        "(frühere|früherer|früheren|früherem|früheres|vorausgegangene|vorausgegangener)",
        "(vorausgegangenen|vorausgegangenem|vorangegangene|vorangegangener|vorangegangenen)",
        "(stattgehabte|stattgehabter|stattgehabten|stattgehabtem|abgelaufene|abgelaufener)",
        "(durchgemachte|durchgemachter|durchgemachten|zurückliegende|zurückliegender)",
        "(alte|alten|altes|abgeheilte|abgeheilter|abgeheilten)",
    ),
    *triggers(
        *("historical", "before", _HEADING),
        "(vorerkrankungen|vorgeschichte|anamnese|eigenanamnese|frühere erkrankungen)",
    ),
    *triggers("historical", "after", _PLACE, "in der (vergangenheit|vorgeschichte|anamnese)"),
    *triggers("historical", "after", _AGO, "(jahren|jahrzehnten)"),
)
_HYPOTHETICAL: Final = (
    *triggers(
        *("hypothetical", "before", _PHRASE),
        "(verdacht auf|V. a.|V.a.)",
        "(verdächtig|suspekt) auf",
        "(risiko|risiken|gefahr|wahrscheinlichkeit|möglichkeit) (für|von|der|des|einer|eines)",
        "(risikofaktor|risikofaktoren) (für|von|der|des|einer|eines)",
        "(anfälligkeit|empfänglichkeit|prädisposition|disposition|neigung) (für|zu|zur)",
        "(anfällig|prädisponiert|prädisponieren) (für|zu)",
        "(vermutete|vermuteter|vermuteten|vermutetem|mutmaßliche|mutmaßlicher)",
        "(vorbeugung|prävention|prophylaxe|verhütung) (von|der|des|einer|eines|gegen|vor)",
        "(schutz|impfung|impfstoff|impfungen) (gegen|vor)",
        "(zum|zur) (ausschluss|abklärung) (von|der|des|einer|eines)",
        "(screening|früherkennung|vorsorge) (auf|für|von|der|des)",
        "im falle (von|einer|eines)",
    ),
    *triggers(
        *("hypothetical", "before", _ONE),
        "(mögliche|möglicher|möglichen|mögliches|eventuelle|eventueller|fragliche|fraglicher)",
    ),
    *triggers("hypothetical", "before", _CONDITION, "(falls|wenn|sofern)"),
    *triggers("hypothetical", "after", _PASSIVE, "(vermutet|möglich|denkbar)"),
    *triggers(
        *("hypothetical", "after", _PREDICATE),
        "nicht (sicher|) (ausgeschlossen|auszuschließen)",
    ),
)
_FAMILY: Final = (
    *triggers(
        *("family", "before", _PHRASE),
        "(familienanamnese|familiengeschichte) (mit|für|von|einer|eines)",
        "(positive|positiver) familienanamnese (für|mit|bezüglich)",
        "(verwandte|verwandten|angehörige|angehörigen|familienangehörige) mit",
    ),
    *triggers("family", "before", _KIN, _KIN_WORDS),
    *triggers("family", "before", _HEADING, "(familienanamnese|fa)"),
    *triggers("family", "after", _IN_KIN, _KIN_WORDS),
    *triggers(
        *("family", "after", _PLACE),
        "in der (familie|verwandtschaft|familienanamnese)",
        "bei (verwandten|angehörigen)",
    ),
)
_PSEUDO: Final = triggers(
    *(None, "before", Scope()),
    "nicht (nur|allein|bloß|ausschließlich|immer|zwingend|notwendigerweise|zuletzt)",
    "(keine|kein|keinen) (änderung|veränderung|zunahme|abnahme|zweifel|unterschied|unterschiede)",
    "keinen (einfluss|effekt|zusammenhang)",
    "(keine|kein) (wirkung|weitere|weiteren|anderen|andere)",
    "ohne (weiteres|schwierigkeiten|probleme|rücksicht|unterschied)",
    "(mit|vorliegen) (und|oder) (ohne|fehlen)",
    "(jahre|monate|tage|wochen) (alt|alter|alte|alten)",
    "im alter",
    "als ob",
)

GERMAN: Final = AssertionRules(
    triggers=(*_NEGATED, *_HISTORICAL, *_HYPOTHETICAL, *_FAMILY, *_PSEUDO),
    joined_heads=words(
        "hinweis hinweise hinweisen anhalt anhaltspunkt anhaltspunkte zeichen symptome symptom",
        "verdacht nachweis beleg diagnose auftreten vorliegen vorhandensein entwicklung episode",
        "episoden anfall anfälle fall fälle anamnese vorgeschichte befund beweis entstehung",
    ),
    joints=words("auf für von vom") | _GENITIVES,
    prepositions=_PREPOSITIONS,
    verbs=_CLAUSE | _AUXILIARIES | _VERBS,
    conjunctions=("und",),
    alternatives=("oder", "noch"),
)
