"""Characters that are none: halves of surrogate pairs, which no file can hold."""

from __future__ import annotations

import re
from typing import Final

_HALF: Final = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> str:
    r"""Return the text with U+FFFD for each half of a surrogate pair; all offsets stay.

    Example:
        >>> whole_characters("a\ud800b")
        'a\ufffdb'
    """
    return _HALF.sub("\ufffd", text)
