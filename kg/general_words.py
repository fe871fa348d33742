"""Words of a language that stand in any text, beyond its stop words.

As a synonym of one concept such a word would link in every other text; see ``label_checks``. A word
that names a disease, a substance or a thing in its own right is not among them.
"""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
able absent abstract accepted according account acid active activity actual adult affected age aged
agent aim al amount analysis animal annual answer applied approach area article assessed assessment
associated association author available average aware based basis beginning behavior benefit best
better big block body book boy broad call care case cases cause caused cell cells center central
century certain change changes chapter characteristic child children class clear clinical close cm
code combined common community comparison complete complex complicated component concept conclusion
condition conditions connection consequence considered content context contrast control cost country
course criteria critical current customer data date day days decision decrease decreased deep
degree department design detail detection determined development device diagnosis difference
different difficult direct direction disease disorder distribution document dose double drug due
duration early edge education effect effective effects element end entity environment error etc
evaluation event evidence examination example experience experiment extent extra factor factors
failure family fast father feature female field figure final finding findings finger fluid follow
following food force form forms found free frequency frequent full function future game general girl
given global goal good great group groups growth guide half hand head health healthy help high
higher history home hospital hour house human idea image impact important improved incidence
increase increased index individual infant information input inside interest intervention issue item
key kg kind knowledge known lack large late later law lead leader least left length less lesion
letter level levels life light limit line list little local location long loss low lower machine
main major male man manager management many market mass material matter mean measure mechanism
medical medicine member memory men method methods mg middle mild minor minute missing mixed ml mm
mode model moderate money month months morning mother mouse multiple name natural need new night
none normal note number object observation observed office old open operation option order organ
organization origin other outcome outside output page parameter part partial particular parts
party past patient patients people percent performance period person persons phase physical picture
place plan point policy poor population position positive possible potential power practice present
pressure primary private problem procedure process product production profile program progress
project property proposal protein public purpose quality question range rare rate rates ratio
reaction real reason recent recommended record reduced reduction region regular related relation
relationship remaining report reported research response responsible result results review right
rise risk role room rule sample samples scale school science score season second secondary section
selected series serious service set severe sex share short show shown side sign significant signs
similar simple single site size slow small social society solution source space special specific
stable staff stage standard start state states status step strong structure student studies study
subject subjects success sudden suitable sum summary surface survey survival symptom
symptoms syndrome system systems table target task teacher technique term terms test tests text
theory thing things third time times tissue title today tool top topic total town trade
training treated treatment trial true type types unique unit unknown unspecified upper use used
useful user usual valid value values variable variation various version very view visit vs wall
water way week weeks weight well white wide window woman women word work worker world worse writing
year years young
"""

_GERMAN: Final = """
abbildung ablauf abschnitt absicht abstand akt alltag alter analyse anfang angabe angebot anlass
ansatz ansicht anspruch anteil antwort anwendung anzahl arbeit art artikel aspekt aufgabe aufsatz
augenblick ausdruck ausgang auswahl auswirkung autor basis bedarf bedeutung bedingung begriff
beispiel beitrag bereich bericht beruf bestand besuch betrieb bewegung beziehung bezug bild buch
darstellung daten dauer definition dienst ding diskussion dokument druck ebene eigenschaft einfluss
einheit einsatz eintrag element ende entscheidung entwicklung erfahrung erfolg ergebnis erkenntnis
ermittlung ersatz fach fall familie farbe fehler feld film folge forderung form forschung frage frau
freund funktion gang gebiet gedanke gefahr gegend gegenstand gegenwart gelegenheit gemeinde
geschehen geschichte gesellschaft gesetz gespräch gesichtspunkt gewicht grad grenze größe grund
grundlage gruppe halt hand haus hilfe hinweis höhe idee inhalt interesse jahr jahre jahrhundert
kapitel kenntnis kern kind kinder klasse konzept kopf kosten kraft kreis kritik kunde lage land
lauf leben lehre leistung liste lösung macht mal mann maß maßnahme material mensch menschen merkmal
methode minute mitarbeiter mitglied mittel modell möglichkeit moment monat morgen mutter nachteil
name natur niveau norm nummer nutzen nutzung objekt ordnung organisation ort paar patient person
personen phase plan platz politik praxis preis problem produkt programm projekt prozent prozess
punkt quelle rahmen rand rate raum rede regel reihe rolle sache schluss schritt schrift schule
schutz seite sinn situation sprache staat stadt stand stelle stoff struktur stück studie stufe
stunde suche summe system tabelle tag tage tat tatsache teil test text thema theorie titel tod ton
typ überblick umfang umgang umwelt unterschied untersuchung ursache vater verfahren vergleich
verhalten verhältnis verlauf version versuch vertrag verwendung vorgang vorschlag vorteil wahl
wand ware weg weise welt werk wert wesen wirkung wissen woche wort zahl zeichen zeit ziel zugang
zukunft zusammenhang zustand zweck
"""

_LISTS: Final = {"en": _ENGLISH, "de": _GERMAN}


def general_words(language: str) -> frozenset[str]:
    """Return the general words of a language as it writes them; none where there is no list."""
    return frozenset(_LISTS.get(language.split("-")[0].lower(), "").split())
