"""The order of head and modifier in an English-like name: "cancer of the breast", "breast cancer".

A name comes folded, with two spaces where it has punctuation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .body import BODY
from .numerals import COUNTED

# "Renal disease" has no "disease of the renal" beside it.
_ADJECTIVES: Final = (
    *("al", "ic", "ous", "ary", "ive", "ed", "ing", "ar", "ory", "ile", "oid", "ent", "ian"),
    *("ean", "ish", "ese", "able", "ible", "less", "form"),
)
_OF_THE_BODY: Final = frozenset(("syndrome", "disease", "disorder"))
"""Heads that are said to be "of" a part of the body, and seldom of anything else."""

_LONG_HEADS: Final = frozenset(("deficiency", "dysfunction", "carcinoma", "cancer", "infection"))
"""Heads that are said to be "of" modifiers of many words too: "deficiency of X"."""

# What begins a remark and no modifier: "hypertension, due to kidney disease".
_REMARKS: Final = frozenset(
    (
        *("due", "with", "without", "in", "and", "or", "not", "other", "unspecified", "from", "by"),
        *("to", "for", "on", "at", "associated", "including", "except", "so", "nos", "as"),
    )
)
_OF_LENGTH: Final = range(2, 4)


def turned(name: str, plain: str) -> Iterator[str]:
    """Yield a name whose parts stand apart by commas the other way round, from the last part on.

    "Cancer, breast" becomes "breast cancer"; "anemia, hemolytic, autoimmune" becomes "autoimmune
    hemolytic anemia".
    """
    if name == plain:
        return
    parts = name.split("  ")
    has_remark = any(part.split(" ", 1)[0] in _REMARKS for part in parts[1:])
    if 2 <= len(parts) <= 3 and all(parts) and not has_remark:
        yield " ".join(reversed(parts))


def around_of(words: list[str], of: str, articles: tuple[str, ...]) -> Iterator[str]:
    """Yield "breast cancer" for "cancer of the breast", and the reverse.

    Args:
        words: the words of the name.
        of: the word that joins a head to what modifies it.
        articles: the articles that may follow it.
    """
    if of in words[1:-1]:
        at = words.index(of, 1)
        head, modifier = words[:at], words[at + 1 :]
        if modifier[0] in articles:
            modifier = modifier[1:]
        if not modifier or of in modifier or not _REMARKS.isdisjoint(modifier):
            return
        yield " ".join((*modifier, *head))
    else:
        head, modifier = words[-1:], words[:-1]
        if not _may_follow_of(head[0], modifier):
            return
    for article in ("", *articles):
        yield " ".join((*head, of, *([article] if article else []), *modifier))


def _may_follow_of(head: str, modifier: list[str]) -> bool:
    if not modifier or len(head) < 3 or (head in _OF_THE_BODY and modifier[-1] not in BODY):
        return False
    if len(modifier) + 1 not in _OF_LENGTH and head not in _LONG_HEADS:
        return False
    last = modifier[-1]
    if len(last) <= 3 or last.endswith(_ADJECTIVES):
        return False
    return head.isalpha() and all(map(str.isalpha, modifier))


def inverted(words: list[str], of: str) -> Iterator[str]:
    """Yield a name of head and modifier as an index has it: "cancer, breast", "breast, cancer of".

    Two spaces stand for the comma.
    """
    if not 2 <= len(words) <= 3 or of in words or not all(map(str.isalpha, words)):
        return
    head, modifier = words[-1], words[:-1]
    yield f"{head}  {' '.join(modifier)}"
    if _may_follow_of(head, modifier):
        yield f"{' '.join(modifier)}  {head} {of}"


def around_type(words: list[str]) -> Iterator[str]:
    """Yield "type 4 syndrome" for "syndrome type 4", with and without a comma, and the reverse."""
    if len(words) < 3:
        return
    if words[-2] in COUNTED and _is_mark(words[-1]):
        name, mark = words[:-2], words[-2:]
        yield " ".join((*mark, *name))
    elif words[0] in COUNTED and _is_mark(words[1]):
        name, mark = words[2:], words[:2]
        yield " ".join((*name, *mark))
    else:
        return
    yield f"{' '.join(name)}  {' '.join(mark)}"


def _is_mark(word: str) -> bool:
    """Return whether a word is a number or a letter, as after "type"."""
    return word[0].isdigit() or (len(word) <= 5 and not word.strip("ivx")) or len(word) == 1
