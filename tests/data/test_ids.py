from __future__ import annotations

from ontograft.data.ids import SeenIds


def test_the_row_that_used_an_id_before_is_known_beyond_many_others() -> None:
    seen = SeenIds()
    assert all(seen.add(f"id {row}", row) == 0 for row in range(1, 5001))
    assert all(seen.add(f"id {row}", 9999) == row for row in range(1, 5001))
