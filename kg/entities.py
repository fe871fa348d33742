"""A guard against XML entities that blow up, which Oxigraph expands without a limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ..errors import OntologyError
from .formats import chunks

MAX_EXPANSION: Final = 512
"""The most bytes that one entity may stand for; a namespace has some 50."""

_START: Final = re.compile(rb"<!ENTITY\b")
_ENTITY: Final = re.compile(
    rb"""<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[^\s"'%]+)\s+"""
    rb"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<external>SYSTEM|PUBLIC)\b)"""
)
_REFERENCE: Final = re.compile(rb"&([^;\s]+);")


def check_entities(path: Path) -> bool:
    """Refuse an RDF/XML file whose entities could expand without bound.

    The whole file is searched, because the parser takes a document type wherever it stands.

    Args:
        path: the file.

    Returns:
        whether an entity is written in single quotes, which XML allows and Oxigraph does not.

    Raises:
        OntologyError: an entity lies outside the file, is a parameter entity, or stands for more
            than ``MAX_EXPANSION`` bytes when those it refers to are put in.
    """
    values: dict[bytes, bytes] = {}
    any_single = False
    for piece in chunks(path):
        for start in _START.finditer(piece):
            found = _ENTITY.match(piece, start.start())
            if found is None:
                # At the end of a piece a declaration is cut; the next piece begins before it.
                if len(piece) - start.start() <= MAX_EXPANSION * 2:
                    continue
                raise _refusal(path, "an entity declaration is malformed or too long")
            name = found["name"].decode(errors="replace")
            if found["external"] or found["parameter"]:
                raise _refusal(path, f"entity {name!r} lies outside the file or is a parameter")
            any_single = any_single or found["single"] is not None
            values[found["name"]] = found["double"] or found["single"] or b""
    for entity in values:
        _check_expansion(path, entity, values)
    return any_single


def double_quoted(content: bytes) -> bytes:
    """Return RDF/XML with its entity values in double quotes."""
    return re.sub(rb"""(<!ENTITY\s+[^\s"'%]+\s+)'([^'"]*)'""", rb'\1"\2"', content)


def _check_expansion(path: Path, entity: bytes, values: dict[bytes, bytes]) -> None:
    """Expand one entity step by step, and stop as soon as it is too long or does not end."""
    text = values[entity]
    for _ in range(8):
        if len(text) > MAX_EXPANSION:
            break
        if not any(name in values for name in _REFERENCE.findall(text)):
            return
        text = _REFERENCE.sub(lambda found: values.get(found[1], found[0]), text)
    name = entity.decode(errors="replace")
    raise _refusal(path, f"entity {name!r} stands for more than {MAX_EXPANSION} bytes or itself")


def _refusal(path: Path, what: str) -> OntologyError:
    return OntologyError(
        f"{path}: {what}; expected entities that stand for namespaces: write them out, "
        f"for example by converting the file to Turtle"
    )
