"""Prefixes that some write with a hyphen: "preeclampsia" and "pre-eclampsia".

A name comes folded, where a hyphen is a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

# Before any letter, and before a vowel only.
_ALWAYS: Final = (
    *("non", "anti", "post", "pre", "multi", "semi", "pseudo", "intra", "extra", "inter", "ante"),
    *("gastro", "musculo", "muco", "oculo", "cardio", "cerebro", "veno", "naso", "tracheo"),
    *("broncho", "utero", "cortico", "maxillo", "recto", "vesico", "fronto", "temporo"),
)
_BEFORE_VOWELS: Final = (
    *("micro", "macro", "neuro", "thrombo", "meningo", "osteo", "hypo", "poly", "co", "para"),
    *("peri", "auto", "angio", "electro", "socio", "bio", "lympho", "myelo", "immuno", "radio"),
    *("entero", "hepato", "spino", "retro", "ultra", "supra", "infra", "contra"),
)
_APART: Final = re.compile(
    rf"\b({'|'.join(_ALWAYS)}|(?:{'|'.join(_BEFORE_VOWELS)})(?=[aeiou]))(?=[a-z]{{4}})"
)
_TOGETHER: Final = re.compile(rf"\b({'|'.join((*_ALWAYS, *_BEFORE_VOWELS))}) (?=[a-z]{{3}})")


def rejoined(name: str) -> Iterator[str]:
    """Yield a folded name with its prefixes apart from their words, and joined to them."""
    if not any(map(_may_have_prefix, name.split(" "))):
        return
    for pattern, replacement in ((_APART, r"\1 "), (_TOGETHER, r"\1")):
        changed = pattern.sub(replacement, name)
        if changed != name:
            yield changed


@lru_cache(maxsize=65536)  # the same words make up thousands of names
def _may_have_prefix(word: str) -> bool:
    return word.startswith((*_ALWAYS, *_BEFORE_VOWELS))
