"""How a linker decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import OntologyError


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
    """

    threshold: float = 0.5
    margin: float = 0.02
    nested: bool = True
    max_candidates: int = 20
    context_width: int = 400
    vary: bool = True
    link_top: bool = False
    max_shared: int = 5

    def __post_init__(self) -> None:
        for name in ("threshold", "margin"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise OntologyError(f"{name} must be between 0 and 1, got {value!r}")
        for name, least in (("max_candidates", 1), ("context_width", 0), ("max_shared", 1)):
            value = getattr(self, name)
            if value < least:
                raise OntologyError(f"{name} must be at least {least}, got {value!r}")


DEFAULTS: Final = LinkerOptions()
"""The options of a linker that is given none."""
