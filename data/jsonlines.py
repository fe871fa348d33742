"""Rows of JSON Lines files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import CorpusError
from .rows import BadRow, Row, open_lines, shown


class _DuplicateKey(ValueError):
    """A JSON object names a key twice."""


def read_json_lines(source: Path | BinaryIO) -> Iterator[Row | BadRow]:
    """Yield the rows of JSON Lines, a file or a stream: one object a line; blank lines are no rows.

    Raises:
        CorpusError: the file is one JSON array, or not a text file.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_unique)
    number = 0
    with open_lines(source) as lines:
        for line in lines:
            flaw = lines.flaw
            lines.start_row()
            if not line.strip():
                continue
            number += 1
            if number == 1 and line.lstrip().startswith("["):
                name = source.name if isinstance(source, Path) else "array.json"
                raise CorpusError(
                    f"{lines.name}: is one JSON array; expected JSON Lines, one object a line; "
                    f"convert it: jq -c '.[]' {name} > rows.jsonl"
                )
            if flaw:
                yield BadRow(number, lines.number, *flaw)
            else:
                yield _row(line, number, lines.number, decoder)


def _row(line: str, number: int, line_number: int, decoder: json.JSONDecoder) -> Row | BadRow:
    kind = "JSON"
    try:
        value = decoder.decode(line)
        if isinstance(value, dict):
            return Row(number, line_number, value)
        found = json.dumps(value)[:40]
        reason = f'it is {found}; expected an object such as {{"text": "..."}}'
    except json.JSONDecodeError as error:
        reason = f"it is not JSON ({error.msg}, column {error.colno}); expected one whole object"
        if line.strip() == "{":
            reason += "; is the file one pretty-printed document? Write each object on one line"
    except _DuplicateKey as error:
        kind = "duplicate key"
        reason = (
            f"it names the key {shown(error.args[0])} twice; expected each key once; remove one"
        )
    except (RecursionError, ValueError) as error:  # too deep; an integer of thousands of digits
        reason = f"it is not usable JSON ({str(error)[:80]}); expected a flat object"
    return BadRow(number, line_number, kind, reason)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        keys = Counter(key for key, _ in pairs)
        raise _DuplicateKey(keys.most_common(1)[0][0])
    return values
