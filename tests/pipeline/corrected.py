"""What the tests of corrections correct."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ontograft.kg import Candidate, LabelKind, Mention
from ontograft.pipeline.corrections import LabelCorrection, LinkCorrection
from ontograft.pipeline.labels import LabelSet

from .predictors import BASE

KNOWN = LabelSet("single-label", ("bad", "good"))
TEXT = "an apple, a pear and an apple"


def label(text: str = TEXT, label: Any = "good", **changes: Any) -> LabelCorrection:
    return LabelCorrection(text=text, label=label, **changes)


def link(start: int = 3, end: int = 8, concept: str = BASE + "pear", **changes: Any) -> Any:
    return LinkCorrection(
        **{"text": TEXT, "start": start, "end": end, "concept": concept, **changes}
    )


def mention(start: int, word: str, concept: str = "", **changes: Any) -> Mention:
    iri = BASE + (concept or word)
    candidate = Candidate(iri, word, LabelKind.PREFERRED, 0.9, "exact")
    return Mention(start, start + len(word), word, iri, word, 0.9, (candidate,), **changes)


FOUND = (mention(3, "apple"), mention(12, "pear"), mention(24, "apple"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
