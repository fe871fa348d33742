"""Many strings as one array of bytes: small, quick to load, each decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

# A careless ontology may hold lone surrogates, which have no other form in a file.
_ERRORS: Final = "surrogatepass"


class Strings(Sequence[str]):
    """An immutable sequence of strings, held as UTF-8.

    Args:
        content: the strings, one after the other.
        offsets: where each starts, and the end of the last; shape (string + 1,).
    """

    def __init__(self, content: bytes, offsets: NDArray[np.int64]) -> None:
        self.content = content
        self.offsets = offsets
        # One offset of an array takes five times as long to get.
        self._ends = np.ascontiguousarray(offsets).data
        self._count = len(offsets) - 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the strings as what they were made of; a view cannot be pickled."""
        return Strings, (self.content, self.offsets)

    @classmethod
    def pack(cls, strings: Iterable[str]) -> Strings:
        """Hold some strings."""
        encoded = [string.encode("utf-8", _ERRORS) for string in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        return cls(b"".join(encoded), offsets)

    def __len__(self) -> int:
        """Return the number of strings."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """Decode one string, or some."""
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        ends, count = self._ends, self._count
        if not -count <= index < count:
            raise IndexError(f"there are {count} strings, asked for number {index}")
        place = index if index >= 0 else index + count
        return self.content[ends[place] : ends[place + 1]].decode("utf-8", _ERRORS)

    def __iter__(self) -> Iterator[str]:
        """Decode all strings, one after the other."""
        ends = self.offsets.tolist()
        for start, end in zip(ends[:-1], ends[1:], strict=True):
            yield self.content[start:end].decode("utf-8", _ERRORS)
