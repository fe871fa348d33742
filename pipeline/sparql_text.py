"""A user's SPARQL query, read as tokens before an engine sees it: refused, or given one reading.

Oxigraph's parser knows no tokens. It takes ``1SERVICE`` for a number and a keyword, and
``?a<?b#>`` for a comparison with a comment behind it, where the standard sees an IRI. A search for
forbidden words can be talked past by such a text. So what is sent on is not the text but its
tokens, one a line: without comments, strings in one form, and the first character of each IRI
escaped, so that nothing in it can be read in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..errors import QueryError

MAX_LENGTH: Final = 200_000
"""The most characters of a query."""

MAX_DEPTH: Final = 100
"""How deep brackets may nest; Oxigraph's parser overflows its stack from some 1,000 on."""

MAX_OPERATORS: Final = 1_000
"""The most operators and joins: ``UNION``, ``||``, ``.``, ``/`` and their like."""

MAX_TOKENS: Final = 50_000
"""The most words, names, numbers and signs."""

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE: Final = "\u00b7\u0300-\u036f\u203f\u2040"
_FIRST: Final = f"[{_BASE}_0-9]"
_INNER: Final = rf"[{_BASE}_0-9{_MORE}\-]"
_PREFIX: Final = rf"[{_BASE}](?:\.*{_INNER})*"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:{_FIRST}|:|{_ESCAPED})(?:\.*(?:{_INNER}|:|{_ESCAPED}))*"
_CODE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_CHARACTER: Final = rf"\\[tbnrf\\\"']|{_CODE}"

_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|\#[^\n\r]*)
    |(?P<long>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_CHARACTER}))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|{_CHARACTER}))*''')
    |(?P<open>\"\"\"|''')
    |(?P<short>\"(?:[^\"\\\n\r]|{_CHARACTER})*\"|'(?:[^'\\\n\r]|{_CHARACTER})*')
    |(?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODE})*>)
    |(?P<blank>_:{_FIRST}(?:\.*{_INNER})*)
    |(?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)
    |(?P<variable>[?$]{_FIRST}[{_BASE}_0-9{_MORE}]*)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\^\^|&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|[][{{}}().;,*/|^?+\-=<>!~])
    """,
    re.VERBOSE,
)
_OPENING: Final = frozenset(("(", "[", "{", "<<(", "<<", "{|"))
_CLOSING: Final = frozenset((")", "]", "}", ")>>", ">>", "|}"))
_OPERATORS: Final = frozenset(
    ("||", "&&", "!", "+", "-", "*", "/", "|", "^", ".", ";", "=", "!=", "<", ">", "<=", ">=")
)
_JOINS: Final = frozenset(
    ("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "EXISTS", "GRAPH", "SELECT", "VALUES", "AS")
)
_WORDS: Final = _JOINS | frozenset(
    """
    BASE PREFIX VERSION DISTINCT REDUCED CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING
    ORDER ASC DESC LIMIT OFFSET UNDEF NOT IN A TRUE FALSE STR LANG LANGMATCHES LANGDIR HASLANG
    HASLANGDIR STRLANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE
    LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES
    SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT
    SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG
    SAMPLE GROUP_CONCAT SEPARATOR LATERAL TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST
    """.split()  # noqa: SIM905 (a hundred words in quotes are no easier to read)
)
_UPDATES: Final = frozenset(
    (
        *("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"),
        *("WITH", "USING", "DATA", "INTO", "TO", "SILENT", "ALL"),
    )
)
_GLUED: Final = frozenset(("CONCAT", "COALESCE"))  # Oxigraph wants their bracket at once
_UNSAID: Final = frozenset(("SERVICE", "LATERAL"))
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}


class Token(NamedTuple):
    """A token, and where it begins in the query as the user wrote it (from 1)."""

    kind: str
    text: str
    line: int
    column: int


@dataclass(frozen=True)
class CheckedQuery:
    """A query that may be run.

    Args:
        text: the query, one token a line (but ``CONCAT(`` and ``COALESCE(``).
        graphs: the graphs that ``FROM`` and ``FROM NAMED`` name.
        tokens: the token that each line begins with.
    """

    text: str
    graphs: tuple[str, ...]
    tokens: tuple[Token, ...]

    def explain(self, message: str) -> str:
        """Return a parser's message with the place that it means in the query as it was written."""
        found = re.match(r"error at (\d+):(\d+): (?P<what>(?s:.*))", message)
        if found is None:
            return message
        number, column, what = int(found[1]) - 1, int(found[2]), _expected(found["what"])
        if not self.tokens:
            return "the query is empty; expected SELECT, ASK, CONSTRUCT or DESCRIBE"
        token = self.tokens[min(number, len(self.tokens) - 1)]
        is_end = token is self.tokens[-1] and token.text not in _CLOSING
        if is_end and (number >= len(self.tokens) or column > len(_written(token))):
            return f"the query ends too early: {what}"
        return f"line {token.line}, column {token.column}, at {token.text!r}: {what}"


def check_query(text: str, prefixes: Mapping[str, str]) -> CheckedQuery:
    """Check a query of SPARQL 1.1, and write it in the form that is safe to run.

    Args:
        text: the query.
        prefixes: the prefixes that need no declaration.

    Raises:
        QueryError: it is too long or too deep, has what a query cannot have, or is an update, or
            asks another endpoint.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    tokens = tuple(_tokens(text))
    _check_size(tokens)
    declared = _prefixes(tokens)
    for token in tokens:
        _check_token(token, {**prefixes, **declared})
    graphs = _graphs(tokens, {**prefixes, **declared})
    lines: list[tuple[Token, str]] = []
    for token in tokens:
        if token.text == "(" and lines and lines[-1][1].upper() in _GLUED:
            lines[-1] = (lines[-1][0], lines[-1][1] + "(")
        else:
            lines.append((token, _written(token)))
    first = tuple(token for token, _ in lines)
    return CheckedQuery("\n".join(written for _, written in lines), graphs, first)


def _tokens(text: str) -> Iterator[Token]:
    position, line, start, count = 0, 1, 0, 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup == "open":
            raise QueryError(
                f"line {line}, column {position - start + 1}: {text[position]!r} cannot stand "
                "here; expected SPARQL (a quote that is not closed, or a sign in the wrong place)"
            )
        if found.lastgroup != "space":
            count += 1
            if count > MAX_TOKENS:
                raise QueryError(
                    f"the query has more than {MAX_TOKENS} words and signs; ask in several queries"
                )
            yield Token(str(found.lastgroup), found.group(), line, position - start + 1)
        breaks = found.group().count("\n")
        if breaks:
            line, start = line + breaks, found.start() + found.group().rindex("\n") + 1
        position = found.end()


def _check_size(tokens: tuple[Token, ...]) -> None:
    depth = operators = 0
    for token in tokens:
        operators += token.text in _OPERATORS or token.text.upper() in _JOINS
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > MAX_DEPTH:
            raise QueryError(
                f"line {token.line}, column {token.column}: brackets nest more than {MAX_DEPTH} "
                "deep; write the query flatter"
            )
    if operators > MAX_OPERATORS:
        raise QueryError(
            f"the query has {operators} operators and joins; at most {MAX_OPERATORS} are allowed: "
            "list values with VALUES instead"
        )


def _prefixes(tokens: tuple[Token, ...]) -> dict[str, str]:
    """Return the prefixes that a query declares, as far as their IRIs are absolute."""
    declared = {}
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri":
            prefix = name.text[:-1]
            if prefix.lower().startswith("service"):
                raise QueryError(f"the prefix {prefix!r} cannot be told from SERVICE; rename it")
            declared[prefix] = _unescaped(iri.text[1:-1])
    return declared


def _check_token(token: Token, prefixes: Mapping[str, str]) -> None:
    where = f"line {token.line}, column {token.column}"
    if token.kind == "word":
        word = token.text.upper()
        if word == "SERVICE":
            raise QueryError(
                f"{where}: SERVICE is refused: queries see this store only, not the network"
            )
        if word in _UPDATES:
            raise QueryError(
                f"{where}: {word} is refused: the store is read-only; ask with SELECT, ASK, "
                "CONSTRUCT or DESCRIBE"
            )
        if word not in _WORDS:
            raise QueryError(f"{where}: {token.text!r} is no word of SPARQL")
    elif token.kind == "name" and token.text.partition(":")[0] not in prefixes:
        known = ", ".join(sorted(filter(None, prefixes)))
        raise QueryError(
            f"{where}: the prefix of {token.text!r} is not declared; known are: {known}; declare "
            "it with PREFIX"
        )


def _graphs(tokens: tuple[Token, ...], prefixes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the IRIs after ``FROM`` and ``FROM NAMED``."""
    graphs = []
    for number, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() != "FROM":
            continue
        following = [one for one in tokens[number + 1 : number + 3] if one.text.upper() != "NAMED"]
        graph = following[0] if following else token
        if graph.kind == "iri":
            graphs.append(_unescaped(graph.text[1:-1]))
        elif graph.kind == "name":
            prefix, _, local = graph.text.partition(":")
            graphs.append(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))
    return tuple(graphs)


def _written(token: Token) -> str:
    if token.kind in ("long", "short"):
        quotes = 3 if token.kind == "long" else 1
        # What the user escaped stays as it is; only what the other form needs is escaped.
        return '"' + re.sub(r'\\[\s\S]|["\n\r]', _in_quotes, token.text[quotes:-quotes]) + '"'
    if token.kind == "iri" and len(token.text) > 2 and token.text[1] != "\\":
        return f"<\\U{ord(token.text[1]):08X}{token.text[2:]}"
    return token.text


def _expected(what: str) -> str:
    """Return what a parser expected, without the classes of characters that it also lists."""
    if not what.startswith("expected one of"):
        return what
    named = re.sub(r"\[[^]]*\]|'[^']*'", "", what)
    signs = [sign for sign in re.findall(r'"[^"]+"|[A-Z_]{2,}', named) if sign not in _UNSAID]
    return f"expected one of: {', '.join(signs[:12])}" if signs else "this cannot stand here"


def _in_quotes(found: re.Match[str]) -> str:
    piece = found.group()
    return _ESCAPES[piece] if len(piece) == 1 else piece


def _unescaped(text: str) -> str:
    return re.sub(_CODE, lambda found: chr(int(found.group()[2:], 16)), text)
