"""The names of Greek letters inside names: "alpha1" and "alpha 1", "TNFalpha" and "TNF alpha"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# Shorter names ("eta", "pi", "chi") end too many other words.
_LETTERS: Final = "alpha|beta|gamma|delta|epsilon|zeta|theta|kappa|lambda|sigma|omega"
_ANY: Final = re.compile(_LETTERS)
_APART: Final = (
    (re.compile(rf"\b({_LETTERS})(?=\d|[a-z]\b)"), r"\1 "),
    (re.compile(rf"(?<=[a-z]{{2}})(?=(?:{_LETTERS})\b)"), " "),
    (re.compile(rf"(?<=\d)(?=(?:{_LETTERS})\b)"), " "),
)
# A text that writes the letter itself joins it to what it belongs to: "α1", "TNFα".
_TOGETHER: Final = (
    (re.compile(rf"\b({_LETTERS}) (?=\d)"), r"\1"),
    (re.compile(rf"(?<=\b\d) (?=(?:{_LETTERS})\b)"), ""),
    (re.compile(rf"(?<=\b[a-z0-9]{{2}}) (?=(?:{_LETTERS})\b)"), ""),
    (re.compile(rf"(?<=\b[a-z0-9]{{3}}) (?=(?:{_LETTERS})\b)"), ""),
)


def respaced(name: str) -> Iterator[str]:
    """Yield a folded name with its Greek letters apart from their neighbours, and joined."""
    if not _ANY.search(name):
        return
    for pairs in (_APART, _TOGETHER):
        changed = name
        for pattern, replacement in pairs:
            changed = pattern.sub(replacement, changed)
        if changed != name:
            yield changed
