"""How a linker decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..errors import OntologyError
from .trust import WAY_TRUST


@dataclass(frozen=True, slots=True)
class LinkerOptions:
    """How a linker decides.

    Args:
        threshold: a mention whose best candidate scores less is NIL; between 0 and 1.
        margin: a mention whose two best candidates are unrelated concepts and less than this apart
            is NIL; between 0 and 1.
        nested: whether mentions inside a longer one are kept too, marked ``nested``.
        max_candidates: how many candidates a mention keeps; at least 1.
        context_width: how many characters on either side of a mention speak for its candidates.
        vary: whether inflected, respelt and reordered variants of the names are found as well.
        link_top: whether the names of a concept that stands above more than nine tenths of all
            others link too, such as "disease" in an ontology of diseases: they tell nothing about a
            text. In an ontology of fewer than 100 concepts they always link.
        max_shared: a name of more concepts than this is reported in ``lexicon.flagged``.
        abbreviations: whether the short forms that a text defines link to what it defines them as,
            and to nothing else.
        coordination: whether names that share a word are found: "breast and ovarian cancer".
        misspellings: whether names are found in which one letter of a long word is wrong.
        extend: whether a mention grows over general modifiers before it: "familial breast cancer".
        similar: phrases that are no name but like one link from this score on, between 0 and 1;
            0 leaves them alone. It finds a little more and is wrong as often as right.
        trust: for a way of ``Candidate.way`` the factor, between 0 and 1, by which it is trusted,
            where it shall not be the usual one (``kg.trust``); 0 switches the way off.
        weights: a file of what was learnt from gold mentions, by which links are judged; then
            ``threshold`` is how likely a link must be right.
    """

    threshold: float = 0.5
    margin: float = 0.02
    nested: bool = True
    max_candidates: int = 20
    context_width: int = 400
    vary: bool = True
    link_top: bool = False
    max_shared: int = 5
    abbreviations: bool = True
    coordination: bool = True
    misspellings: bool = True
    extend: bool = True
    similar: float = 0.0
    trust: Mapping[str, float] = field(default_factory=dict)
    weights: str | None = None

    def __post_init__(self) -> None:
        for name in ("threshold", "margin", "similar"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise OntologyError(f"{name} must be between 0 and 1, got {value!r}")
        for name, least in (("max_candidates", 1), ("context_width", 0), ("max_shared", 1)):
            value = getattr(self, name)
            if value < least:
                raise OntologyError(f"{name} must be at least {least}, got {value!r}")
        for way, value in self.trust.items():
            if way not in WAY_TRUST:
                raise OntologyError(
                    f"trust: unknown way {way!r}; choose one of: {', '.join(WAY_TRUST)}"
                )
            if not 0 <= value <= 1:
                raise OntologyError(f"trust of {way!r} must be between 0 and 1, got {value!r}")


DEFAULTS: Final = LinkerOptions()
"""The options of a linker that is given none."""
