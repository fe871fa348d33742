"""One correction by a user, and whether it can be one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..data.gold import check_fragments
from ..errors import CorpusError
from ..kg import NIL
from .labels import plain

if TYPE_CHECKING:
    from ..data import Label
    from ..kg import KnowledgeGraph
    from .labels import LabelSet


@dataclass(frozen=True, kw_only=True)
class LabelCorrection:
    """The label that a text ought to have.

    Args:
        text: the text.
        label: its label; several for multi-label, a number for regression.
        document: what the text is called, if it has a name.
        predicted: what the model said.
    """

    text: str
    label: Label
    document: str | None = None
    predicted: Label | None = None


@dataclass(frozen=True, kw_only=True)
class LinkCorrection:
    """The concept that a stretch of a text names.

    Args:
        text: the text.
        start: the first code point of the mention.
        end: one past its last.
        concept: the IRI of the concept, or ``NIL``.
        document: what the text is called, if it has a name.
        predicted: the concept that the linker found there, ``NIL``, or None if it found no mention.
        fragments: start and end of the pieces of a mention that is interrupted, as "breast ...
            cancer" in "breast and ovarian cancer"; empty for one piece; None for the pieces that
            the linker found from ``start`` to ``end``.
    """

    text: str
    start: int
    end: int
    concept: str
    document: str | None = None
    predicted: str | None = None
    fragments: tuple[tuple[int, int], ...] | None = None


def check_text(text: str, document: str | None) -> None:
    """Refuse a text that no corpus may hold.

    Raises:
        CorpusError: it has a NUL character, or half a character.
    """
    for what, value in (("text", text), ("document", document or "")):
        if "\0" in value:
            raise CorpusError(f"the {what} holds a NUL character; expected text; remove it")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"the {what} holds half a character (U+{ord(value[error.start]):04X}) at position "
                f"{error.start}; expected whole ones; send the text as it was read"
            ) from error


def checked_label(label: Label, known: LabelSet) -> Any:
    """Return a label as a file has it.

    Raises:
        CorpusError: it is none of the model's.
    """
    if known.task == "regression":
        if isinstance(label, str | tuple) or not math.isfinite(label):
            raise CorpusError(f"the label is {label!r:.80}; expected a finite number")
        return label
    names = label if isinstance(label, tuple) else (label,)
    if isinstance(label, tuple) != (known.task == "multi-label"):
        expected = "a list of labels" if known.task == "multi-label" else "one label"
        raise CorpusError(f"the label is {plain(label)!r:.80}; expected {expected}")
    for name in names:
        if name not in known.labels:
            listed = ", ".join(known.labels[:50])
            raise CorpusError(f"the model has no label {name!r:.80}; choose from: {listed}")
    return list(dict.fromkeys(names)) if known.task == "multi-label" else label


def check_link(correction: LinkCorrection, graph: KnowledgeGraph) -> None:
    """Refuse a mention that is not in its text, or a concept that is not in the ontology.

    Raises:
        CorpusError: so it is.
    """
    start, end = correction.start, correction.end
    if not 0 <= start < end <= len(correction.text):
        raise CorpusError(
            f"the mention is from {start} to {end} in a text of {len(correction.text)} characters; "
            "expected 0 <= start < end <= length, in Unicode code points"
        )
    check_fragments(correction.fragments or (), start, end, where="the correction")
    if correction.concept != NIL and correction.concept not in graph:
        raise CorpusError(
            f"the ontology has no concept {correction.concept!r:.200}; expected the IRI of one, "
            f"which GET /concepts?q= finds, or {NIL}"
        )
