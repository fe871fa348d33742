"""What was learnt from gold mentions: the weights by which a linker judges its links."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import OntologyError
from .tagging import TAGS, Tagger, Weights
from .vocabularies import nearest_with

if TYPE_CHECKING:
    from .graph import KnowledgeGraph

_FORMAT: Final = "ontograft link weights 1"
_SHAPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "names_threshold": (int, float),
    "vocabularies": list,
    "transitions": list,
    "tags": dict,
    "links": dict,
    "words": dict,
    "instead": dict,
}


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """What ``ontograft link --tune`` learns from gold mentions.

    Args:
        names_threshold: the threshold of the linker that found names when this was learnt.
        vocabularies: the vocabularies of which the gold mentions' identifiers are; a concept
            without a cross-reference to any of them gives way to one above it. Empty where the
            gold mentions use the ontology's own identifiers.
        transitions: of the tagger, see ``Tagger``.
        tags: the weights of the tagger's features.
        links: the weights of the features of a link.
        words: for a word the concepts that gold mentions with this word are of, and the share of
            each; only where several different mentions in several documents agree.
        instead: for concepts without a cross-reference to the vocabularies the one that stands for
            it, see ``nearest_with``; filled by ``bound``.
    """

    names_threshold: float
    vocabularies: tuple[str, ...]
    transitions: tuple[Weights, ...]
    tags: Mapping[str, Weights]
    links: Mapping[str, float]
    words: Mapping[str, Mapping[str, float]]
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def tagger(self) -> Tagger:
        """The tagger with these weights."""
        return Tagger(self.tags, self.transitions)

    def bound(self, graph: KnowledgeGraph) -> LinkWeights:
        """Return the weights with what they need to know of an ontology."""
        if not self.vocabularies:
            return self
        return replace(self, instead=nearest_with(graph, self.vocabularies))

    def to_json(self) -> str:
        """Return the weights as JSON."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> LinkWeights:
        """Return the weights that ``to_json`` wrote.

        Raises:
            OntologyError: the text is no JSON of weights.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise OntologyError(f"expected JSON, as --tune writes it ({error})") from error
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise OntologyError(f"expected a file with 'format': {_FORMAT!r}, as --tune writes it")
        for name, kind in _SHAPES.items():
            if not isinstance(content.get(name), kind):
                raise OntologyError(f"{name!r} is missing or of the wrong kind: tune again")
        try:
            return cls._of(content)
        except (TypeError, ValueError, AttributeError) as error:
            raise OntologyError(f"a number is missing or wrong ({error}): tune again") from error

    @classmethod
    def _of(cls, content: dict[str, Any]) -> LinkWeights:
        transitions = tuple(map(_for_each_tag, content["transitions"]))
        if len(transitions) != len(TAGS):
            raise ValueError(f"{len(transitions)} rows of transitions, expected {len(TAGS)}")
        words = {
            word: {str(iri): float(share) for iri, share in shares.items()}
            for word, shares in content["words"].items()
        }
        return cls(
            float(content["names_threshold"]),
            tuple(map(str, content["vocabularies"])),
            transitions,
            {feature: _for_each_tag(row) for feature, row in content["tags"].items()},
            {feature: float(weight) for feature, weight in content["links"].items()},
            words,
            {str(iri): str(other) for iri, other in content["instead"].items()},
        )

    @classmethod
    def read(cls, path: str | Path) -> LinkWeights:
        """Read the weights from a file.

        Raises:
            OntologyError: it is missing, or holds no weights.
        """
        path = Path(path)
        if not path.is_file():
            raise OntologyError(
                f"weights: there is no file {path}; ontograft link --tune GOLD --out OPTIONS.yaml "
                "writes one beside the options"
            )
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OntologyError, UnicodeDecodeError) as error:
            raise OntologyError(f"weights: {path}: {error}") from error


def _for_each_tag(row: Any) -> Weights:
    outside, begin, inside = map(float, row)
    return outside, begin, inside
