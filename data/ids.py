"""Document ids that were seen before, in little memory."""

from __future__ import annotations

from array import array

_EMPTY = 0  # row numbers start at 1


class SeenIds:
    """The row of each id so far, kept as 64-bit hashes: 32 to 64 bytes an id instead of 150.

    An open-addressed table that is at most half full. Two different ids could share a hash and
    be taken for one: among a million ids the chance is 1 in 30 million.
    """

    def __init__(self) -> None:
        self._clear(1024)
        self._count = 0

    def _clear(self, slots: int) -> None:
        self._mask = slots - 1
        self._hashes = array("q", bytes(8 * slots))
        self._rows = array("q", bytes(8 * slots))

    def add(self, document_id: str, row: int) -> int:
        """Remember the row of an id; return the row that used it before, or 0."""
        value = hash(document_id)
        slot = self._slot(value)
        if self._rows[slot] != _EMPTY:
            return self._rows[slot]
        self._hashes[slot], self._rows[slot] = value, row
        self._count += 1
        if 2 * self._count > self._mask:
            self._grow()
        return 0

    def _slot(self, value: int) -> int:
        """Return the slot that holds the hash, or the free one it belongs into."""
        hashes, rows, mask = self._hashes, self._rows, self._mask
        slot = value & mask
        while rows[slot] != _EMPTY and hashes[slot] != value:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = zip(self._hashes, self._rows, strict=True)
        self._clear(2 * (self._mask + 1))
        for value, row in old:
            if row != _EMPTY:
                slot = self._slot(value)
                self._hashes[slot], self._rows[slot] = value, row
