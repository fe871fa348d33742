"""The lines of an OBO file: stanzas of clauses, with the numbers of their lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import OntologyError

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "W": " "}
_STANZA: Final = re.compile(r"\[([A-Za-z_]+)\]\s*(!.*)?")
_TAG: Final = re.compile(r"[A-Za-z_][\w-]*")
_COMMENT: Final = re.compile(r"(?:^|\s)!.*", re.DOTALL)
_MODIFIERS: Final = re.compile(r"\s*\{[^{}]*\}\s*$")


class Clause(NamedTuple):
    """One line: a tag, its value as written, and the number of the line."""

    tag: str
    value: str
    line: int


class Stanza(NamedTuple):
    """A term, a relation or an instance: its kind, identifier, first line and clauses."""

    kind: str
    id: str
    line: int
    clauses: list[Clause]


def read_stanzas(content: bytes, path: Path) -> tuple[list[Clause], list[Stanza]]:
    """Return the header and the stanzas of an OBO file.

    Args:
        content: the file, in UTF-8.
        path: its name, for messages.

    Raises:
        OntologyError: a line is neither a stanza's name nor ``tag: value``, a stanza has no
            identifier, or the text is not UTF-8.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        bad_line = content.count(b"\n", 0, error.start) + 1
        raise OntologyError(
            f"{path}, line {bad_line}: byte {error.start} is not UTF-8; expected OBO in UTF-8"
        ) from error
    header: list[Clause] = []
    stanzas: list[Stanza] = []
    clauses = header
    for number, raw_line in enumerate(text.split("\n"), start=1):
        line = raw_line.strip()
        if not line or line[0] == "!":
            continue
        tag, colon, value = line.partition(":")
        if colon and _TAG.fullmatch(tag):
            clauses.append(Clause(tag, value.strip(), number))
        elif found := _STANZA.fullmatch(line):
            clauses = []
            stanzas.append(Stanza(found[1], "", number, clauses))
        else:
            raise OntologyError(
                f"{path}, line {number}: expected 'tag: value' or '[Term]' as in OBO, "
                f"got {line[:60]!r}"
            )
    return header, [_with_id(stanza, path) for stanza in stanzas]


def _with_id(stanza: Stanza, path: Path) -> Stanza:
    for clause in stanza.clauses:
        if clause.tag == "id" and identifier(clause.value):
            return stanza._replace(id=identifier(clause.value))
    raise OntologyError(
        f"{path}, line {stanza.line}: the stanza [{stanza.kind}] has no 'id:'; expected one in "
        f"each stanza of OBO"
    )


def quoted(value: str) -> tuple[str, str] | None:
    """Return the text in quotes at the start of a value, and what follows; None without quotes."""
    found = _QUOTED.match(value)
    return None if found is None else (unescape(found[1]), found[2])


def unescape(text: str) -> str:
    r"""Return a text with the escapes of OBO undone, such as ``\n`` and ``\:``."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def identifier(value: str) -> str:
    """Return a value without its comment, trailing modifiers, description and escapes."""
    if "!" in value:
        value = _COMMENT.sub("", value)
    if "{" in value:
        value = _MODIFIERS.sub("", value)
    if ' "' in value:
        value = value.split(' "', 1)[0]
    return unescape(value.strip())
