from __future__ import annotations

import numpy as np
import pytest

from ontograft.kg.hierarchy import expand, find_cycles


def cycles(size: int, *pairs: tuple[int, int]) -> list[list[int]]:
    child, parent = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return find_cycles(size, child, parent)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((), []),
        (((0, 1), (1, 2)), []),
        (((1, 1),), [[1]]),
        (((0, 1), (1, 0)), [[0, 1]]),
        (((2, 1), (1, 0), (0, 2), (0, 1)), [[0, 1]]),
        (((0, 1), (1, 2), (2, 0), (3, 4), (4, 3)), [[0, 1, 2], [3, 4]]),
    ],
)
def test_each_cycle_is_found_once(
    pairs: tuple[tuple[int, int], ...], expected: list[list[int]]
) -> None:
    assert cycles(5, *pairs) == expected


def test_expand_lists_the_entries_of_rows_with_repeats() -> None:
    pointer = np.array([0, 2, 2, 5])
    owner, position = expand(pointer, np.array([2, 1, 0, 2]))
    assert owner.tolist() == [0, 0, 0, 2, 2, 3, 3, 3]
    assert position.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
