"""The triggers of English, for abstracts as well as clinical notes; see ``assertion_rules``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .assertion_rules import NUMBER, AssertionRules, Scope, triggers, words

_CLAUSE: Final = words(
    "but however which who whom whose that because although though while whereas then yet except",
    "unless since until despite versus vs than no not nor neither without if whether",
)
_AUXILIARIES: Final = words(
    "was were is are be been being has have had having do does did can could may might will would",
    "shall should must",
)
_PREPOSITIONS: Final = words(
    "in on at by with for from to into of after before during when where as between among amongst",
    "against through throughout via over under within toward towards upon about per due",
)
_VERBS: Final = words(
    "occurred developed died showed found caused causing causes received receiving required",
    "requiring compared following including underwent undergoing followed remained revealed using",
    "suggests suggest correlated differed affect affects influence influences prevent prevents",
    "reduce reduces cause produce produces produced induce induces improve improves",
)
_OTHERS: Final = words(
    "it he she they we i you there these those this also only so thus therefore", "what how why"
)
_STOPS: Final = _CLAUSE | _AUXILIARIES | _PREPOSITIONS | _VERBS | _OTHERS
_HAVING: Final = words(
    "had has have having developed develops showed experienced suffered exhibited contracted",
    "demonstrated manifested presented reported fulfilled met",
)
_FOLLOWERS: Final = (
    _STOPS
    | _HAVING
    | words(
        "and or nor either alone itself themselves infection infections disease diseases syndrome",
        "syndromes disorder disorders attack attacks episode episodes activity type types",
        "lesion lesions symptoms more less later prior again ago earlier previously here",
        "present evident visible develop develops occur occurs recur recurs taking resulting seem",
        "seems appear appears s",
    )
)
_ARTICLES: Final = words("a an the any true")
_LIGHT: Final = words(
    "infection infections disease diseases syndrome syndromes disorder disorders itself lesions",
    "symptoms also therefore thus then clinically ever s",
)
_BE: Final = words("was were is are be been being")
_POSSESSIVES: Final = words("his her their my whose the a patient s maternal paternal affected")
_KIN_VERBS: Final = words("had has have having died suffered suffers diagnosed developed affected")
_COUNTS: Final = words("a about some many several few two three four five six ten over more than")

_PHRASE: Final = Scope(stops=_STOPS, most_words=6, commas="or", spreads=True, whole=True)
_DENIAL: Final = replace(_PHRASE, most_words=12, commas="any")
_ONE: Final = Scope(stops=_STOPS, most_words=3, whole=True)
_NEXT: Final = Scope(only=_ARTICLES, most_words=2, spreads=True, whole=True)
_SUBJECT: Final = replace(_PHRASE, stops=_STOPS - _HAVING - {"of"}, needs=_HAVING, most_words=8)
_CONDITION: Final = Scope(
    stops=_CLAUSE | _PREPOSITIONS - {"of", "to"}, most_words=7, spreads=True, whole=True
)
_KIN: Final = Scope(stops=_CLAUSE, needs=_KIN_VERBS, most_words=9, spreads=True)
_HEADING: Final = Scope(stops=_STOPS, most_words=6, commas="any", colon=True, spreads=True)
_PREFIX: Final = Scope(only=frozenset(), most_words=0, prefix=True)
_SUFFIX: Final = Scope(only=frozenset(), most_words=0)
_FINDING: Final = Scope(only=_LIGHT | _BE, most_words=4, colon=True, spreads=True, subject=True)
_PREDICATE: Final = Scope(
    only=_LIGHT | _AUXILIARIES | {"seems", "appears"}, most_words=5, spreads=True, subject=True
)
_PASSIVE: Final = replace(_PREDICATE, needs=_BE)
_AGO: Final = Scope(only=_COUNTS | {NUMBER}, most_words=4)
_PLACE: Final = Scope(only=_LIGHT, most_words=2, spreads=True)
_IN_KIN: Final = Scope(only=_POSSESSIVES | {"in"}, needs=words("in"), most_words=5, spreads=True)

_KIN_WORDS: Final = (
    "(mother|father|brother|sister|son|daughter|aunt|uncle|grandmother|grandfather|cousin)"
)

_NEGATED: Final = (
    *triggers(
        *("negated", "before", _PHRASE),
        "(no|without|neither|nor|lacks|lacking|lacked)",
        "no (case|cases|instance|instances) of",
        "(absence|lack|exclusion) of",
        "(free|freedom|devoid) (of|from)",
        "(ruled|rules|ruling) out",
        "(not|never) (had|have|having|develop|developed|experience|experienced|suffer from)",
        "not (show|exhibit|reveal|demonstrate|display|disclose|present with|meet|fulfil|fulfill)",
        "(didn't|doesn't|don't) (have|develop|show|exhibit|reveal|demonstrate)",
        "(failed|fails) to (show|reveal|demonstrate|disclose|develop)",
    ),
    *triggers("negated", "before", _DENIAL, "(denied|denies|denying|negative for)"),
    *triggers("negated", "before", _DENIAL, "seronegative for"),
    *triggers("negated", "before", _SUBJECT, "(none|nobody|no one|neither)"),
    *triggers(
        *("negated", "before", _SUBJECT),
        "no (patient|patients|subject|subjects|case|child|children|infant|animal|animals)",
    ),
    *triggers("negated", "before", _NEXT, "(not|instead of|rather than)"),
    *triggers("negated", "before", _PREFIX, "non"),
    *triggers("negated", "after", _SUFFIX, "(free|negative)"),
    *triggers("negated", "after", _FINDING, "(negative|absent)"),
    *triggers("negated", "after", _PASSIVE, "(excluded|ruled out|denied)"),
    *triggers(
        *("negated", "after", _PREDICATE),
        "not (found|seen|observed|detected|present|identified|demonstrated|evident|apparent)",
        "not be (found|seen|observed|detected|identified|demonstrated)",
        "not been (found|seen|observed|detected|identified|demonstrated)",
        "not (noted|encountered|detectable|demonstrable|clinically evident)",
        "not (occur|develop|exist|appear)",
        "(didn't|doesn't|don't) (occur|develop|exist|appear)",
        "never (occurred|developed|seen|found|observed)",
        "(seen|found|observed|noted|occurred) in (none|no patient|no case)",
        "unlikely",
    ),
)
_HISTORICAL: Final = (
    *triggers(
        *("historical", "before", _PHRASE),
        "(history|histories) of",
        "previously (had|diagnosed|diagnosed with|treated for|documented)",
        "(recovered|recovering) from",
        "(survivor|survivors) of",
        "(status post|s/p|h/o)",
    ),
    *triggers("historical", "before", _ONE, "(previous|prior|past|old|remote|healed|antecedent)"),
    *triggers("historical", "before", _HEADING, "(past|previous|) medical history"),
    *triggers("historical", "before", _HEADING, "(history|past history|pmh)"),
    *triggers("historical", "after", _SUFFIX, "(survivor|survivors)"),
    *triggers("historical", "after", _PLACE, "in the (past|remote past)"),
    *triggers(
        "historical", "after", _AGO, "(year|years|decades) (ago|earlier|previously|before|prior)"
    ),
)
_HYPOTHETICAL: Final = (
    *triggers(
        *("hypothetical", "before", _PHRASE),
        "(risk|risks|chance|chances|likelihood|probability|possibility) of",
        "(threat|danger|fear|suspicion|hazard) of",
        "(risk|risks) for",
        "risk (factor|factors|marker|markers|indicator|indicators) (of|for|in)",
        "(susceptibility|predisposition|vulnerability|susceptible|vulnerable|prone) to",
        "(predispose|predisposes|predisposed|predisposing) (to|for|toward)",
        "(predisposition|susceptibility) (for|toward)",
        "(suspicious for|concerning for|suspected|suspect|suspecting|questionable)",
        "(rule out|r/o|exclude)",
        "(prevent|prevents|preventing)",
        "(prevention|prophylaxis) (of|for|against)",
        "(protect|protects|protection|vaccination|vaccine|immunization) (against|from)",
        "(screening|screened|screen) for",
        "in (the event|case) of",
    ),
    *triggers("hypothetical", "before", _ONE, "possible"),
    *triggers(
        *("hypothetical", "before", _CONDITION),
        "(if|should the patient|should the patients|should he|should she|should they|should you)",
    ),
    *triggers("hypothetical", "before", _NEXT, "should"),
    *triggers(
        *("hypothetical", "after", _SUFFIX),
        "(risk|risks|susceptibility|predisposition|prevention|prophylaxis|screening)",
        "(vaccine|vaccines|vaccination)",
    ),
    *triggers("hypothetical", "after", _PASSIVE, "(suspected|possible)"),
    *triggers(
        *("hypothetical", "after", _PREDICATE),
        "(cannot|not) (be excluded|be ruled out|excluded|ruled out|been excluded|been ruled out)",
        "(may|might|could|should) (develop|ensue|recur|supervene)",
    ),
)
_FAMILY: Final = (
    *triggers(
        *("family", "before", _PHRASE),
        "(family|familial|parental|maternal|paternal) (history|histories) (of|for)",
        "family history (is|was) (positive|significant|notable) for",
        "(relative|relatives|family members) (with|had|having|diagnosed with|affected by)",
    ),
    *triggers("family", "before", _KIN, _KIN_WORDS),
    *triggers("family", "before", _HEADING, "family (medical|) history", "fh"),
    *triggers("family", "after", _SUFFIX, "family history"),
    *triggers("family", "after", _IN_KIN, _KIN_WORDS, "family"),
    *triggers(
        "family", "after", _PLACE, "in (a|his|her|the|) (first degree|) (relative|relatives)"
    ),
)
_PSEUDO: Final = triggers(
    *(None, "before", Scope()),
    "no (increase|increased|decrease|change|longer|further|more|less|other|better|worse)",
    "no (doubt|matter)",
    "not (only|just|merely|simply|necessarily|always|without|all|every)",
    "not (found|seen|observed|noted|detected|demonstrated) to",
    "(with|presence) (and|or) (without|absence of)",
    "presence (and|or) absence",
    "without (difficulty|delay|further|any further)",
    "(gram|false|true) negative",
    "negative (predictive|pressure|correlation|regulator|feedback|control|controls)",
    "free (radical|radicals|flap|of charge|fatty acids)",
    "(natural|life|case|modified) (history|histories) (of|)",
    "(year|month|week|day|years|months|weeks|days|long|short|brief) history of",
    "(determine|determining|investigate|assess|examine|see|evaluate|know|ask|test|whether or) if",
    "in the past (year|years|decade|decades|few|several|month|months|two|three|four|five|six|ten)",
    "in the past (2|3|4|5|6|7|8|9|10|12|15|18|20|24|25|30)",
    "(prior|previous) to",
    "past (year|years|decade|decades|month|months|few|two|three|five|ten)",
    "(year|years|yr|month|months|day|days) old",
    "old age",
    "(as|even|what|only) if",
    "if not",
)

ENGLISH: Final = AssertionRules(
    triggers=(*_NEGATED, *_HISTORICAL, *_HYPOTHETICAL, *_FAMILY, *_PSEUDO),
    joined_heads=words(
        "evidence sign signs symptom symptoms indication indications suggestion suspicion history",
        "histories case cases episode episodes attack attacks instance instances occurrence",
        "occurrences diagnosis diagnoses presence development finding findings feature features",
        "manifestation manifestations complaint complaints onset proof",
        "criteria trace traces stigmata bout bouts developing",
    ),
    joints=words("of for"),
    followers=_FOLLOWERS,
    endings=("ed", "ly"),
    prepositions=_PREPOSITIONS,
    verbs=_CLAUSE | _AUXILIARIES | _VERBS,
    conjunctions=("and",),
    alternatives=("or", "nor"),
)
