"""The sections of a document, where headings name them.

Found are headings of Markdown, headings on a line of their own ("2. Methods"), and those that a
text runs on from ("METHODS: We ..."), as abstracts and clinical notes have them. Apart from
Markdown's, only names that are known to head sections count, so that a text without headings has
no sections.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .mentions import Mention

# One line a name: the first is what a section is called, the others are what headings write.
_NAMES: Final = """
abstract, summary
acknowledgements, acknowledgments, acknowledgement, acknowledgment
aims, aim, study aim
allergies
assessment
assessment and plan
background
case report, case presentation, case reports
chief complaint, presenting complaint
comparison
conclusions, conclusion
course, hospital course, clinical course
data extraction
data sources, data source, data identification
data synthesis
design, study design
diagnosis, diagnoses, discharge diagnosis, discharge diagnoses
discussion
examination, physical examination, physical exam
family history, fh
findings
funding
history
history of present illness, hpi
hypothesis, study hypothesis
imaging
impression
indication, indications
interpretation
interventions, intervention
introduction
laboratory, laboratory data, laboratory results, labs
limitations, limitation
measurements, measurement, main outcome measures, main outcome measure, outcome measures
medications, medication, current medications, discharge medications
methods, method, methodology, materials and methods, material and methods, patients and methods,\
 subjects and methods, participants and methods
objectives, objective, study objective, study objectives
participants, subjects, patients, population, type of participants
past medical history, pmh, medical history, past history
past surgical history
plan
procedure
purpose, study purpose
question, study question
recommendations, recommendation
references
results, result, main results, results of data synthesis
review of systems
setting
significance, clinical relevance, clinical significance
social history
statistical analysis
study selection
technique
trial registration
vital signs

anamnese, eigenanamnese, vorgeschichte
befund, befunde, untersuchungsbefund
beurteilung
diagnosen, diagnose
diskussion
einleitung
ergebnisse, ergebnis
familienanamnese
fazit
fragestellung
hintergrund
medikation
methoden, methode, methodik, material und methoden, material und methode, patienten und methoden,\
 patienten und methodik, patienten und methode
schlussfolgerungen, schlussfolgerung
therapie
verlauf
vorerkrankungen
ziele, ziel, zielsetzung
zusammenfassung
"""
_CALLED: Final = {
    name.strip(): names[0].strip()
    for names in (line.split(",") for line in _NAMES.splitlines() if line)
    for name in names
}
_LAST_WORDS: Final = frozenset(name.split()[-1] for name in _CALLED)
_LONGEST: Final = 60
_MARKUP: Final = "*_ \t"
_TRIMMED: Final = "*_: \t\r"
_MARKDOWN: Final = re.compile(r"#{1,6}[ \t]+(\S.*?)[ \t#]*")
_NUMBER: Final = re.compile(
    r"\A\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.|[A-Z]\.|\d{1,2}\))\s+"
)
_JOINT: Final = re.compile(r"\s*(?:,|/|&|\band\b|\bund\b)\s*")
_FOLLOWING: Final = frozenset("*_ \t\r\n")
# A heading that a text runs on from stands at the start of a line or after a sentence.
_BOUNDARY: Final = re.compile(r"\n\s*|[.?!)\]\"'\u201d]\s+")
_MARKS: Final = (":", " -", " \u2013", " \u2014")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading.

    Args:
        name: the heading in small letters, without number and markup; of common headings that
            mean the same one name stands for all, so that "Patients and Methods" is ``methods``.
        start: where its heading starts, in code points.
        end: where the next heading starts, or the text ends.
    """

    name: str
    start: int
    end: int


def section_spans(text: str) -> list[Section]:
    """Return the sections of a document in order; none where it has no headings.

    What stands before the first heading, as a title does, is in no section. Sections of Markdown
    do not nest: each heading starts a new one, whatever its level.
    """
    found = dict(_running(text))
    found.update(_own_lines(text))
    starts = sorted(found)
    ends = (*starts[1:], len(text))
    return [Section(found[start], start, end) for start, end in zip(starts, ends, strict=False)]


def place_mentions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of a document with ``section`` set to the section each starts in."""
    sections = section_spans(text) if mentions else []
    if not sections:
        return list(mentions)
    starts = [section.start for section in sections]
    placed = []
    for mention in mentions:
        number = bisect_right(starts, mention.start) - 1
        placed.append(mention._replace(section=sections[number].name) if number >= 0 else mention)
    return placed


def _own_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the headings that have a line of their own: where each starts, and its name."""
    start = 0
    for line in text.split("\n"):
        if len(line) <= _LONGEST or line[0] == "#":
            name = _markdown(line) if line[:1] == "#" else _known(line.rstrip(_TRIMMED))
            if name:
                yield start + len(line) - len(line.lstrip()), name
        start += len(line) + 1


def _running(text: str) -> Iterator[tuple[int, str]]:
    """Yield the headings that a text runs on from: where each starts, and its name."""
    for mark in _MARKS:
        end = text.find(mark)
        while end >= 0:
            first = max(0, end - _LONGEST)
            follows = text[end + len(mark) : end + len(mark) + 1]
            if (not follows or follows in _FOLLOWING) and _ends_heading(text[first:end]):
                start = _heading_start(text, first, end)
                name = _known(text[start:end]) if start >= 0 else ""
                # After a dash only capitals make a heading.
                if name and (mark == ":" or text[start:end].isupper()):
                    yield start, name
            end = text.find(mark, end + 1)


def _ends_heading(text: str) -> bool:
    """Return whether the last word is the last of a known heading; most are not."""
    start = max(text.rfind(" "), text.rfind("\n"), text.rfind("/")) + 1
    return text[start:].strip(_MARKUP).lower() in _LAST_WORDS


def _heading_start(text: str, first: int, end: int) -> int:
    """Return where the line or sentence starts that is in ``text[first:end]``, or -1."""
    start = -1 if first else len(text) - len(text.lstrip())
    for boundary in _BOUNDARY.finditer(text, first, end):
        start = boundary.end()
    return start


def _markdown(line: str) -> str:
    heading = _MARKDOWN.fullmatch(line.rstrip())
    return " ".join(heading.group(1).strip(_TRIMMED).lower().split()) if heading else ""


def _known(heading: str) -> str:
    """Return the name of a section that this may be the heading of; empty if it heads none."""
    heading = heading.strip(_MARKUP)
    if not _ends_heading(heading):
        return ""
    heading = _NUMBER.sub("", heading, count=1)
    if not heading[:1].isupper():
        return ""
    name = " ".join(heading.lower().split())
    if name in _CALLED:
        return _CALLED[name]
    parts = _JOINT.split(name)
    return name if len(parts) > 1 and all(part in _CALLED for part in parts) else ""
