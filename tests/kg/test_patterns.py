from __future__ import annotations

import numpy as np

from ontograft.kg.patterns import PatternBuilder


def test_rows_with_the_same_words_share_a_pattern() -> None:
    builder = PatternBuilder()
    builder.add(0, ["lung cancer", "cancer of lung"])
    builder.add(1, ["lung tumor"])
    builder.add(2, ["lung cancers"])
    assert list(builder.words) == ["lung", "cancer", "of", "tumor", "cancers"]
    patterns = builder.finish(np.array([0, 1, 2, 3, 1], dtype=np.int32))
    assert len(patterns.codes) == 3
    assert patterns.pointer.tolist() == [0, 2, 3, 4]
    assert patterns.rows.tolist() == [0, 2, 0, 1]


def test_a_row_is_in_a_pattern_once() -> None:
    builder = PatternBuilder()
    builder.add(0, ["cancer", "cancers"])
    patterns = builder.finish(np.array([0, 0], dtype=np.int32))
    assert patterns.rows.tolist() == [0]


def test_rows_can_be_left_out() -> None:
    builder = PatternBuilder()
    for row, order in enumerate(["a", "b", "a"]):
        builder.add(row, [order])
    patterns = builder.finish(np.array([0, 1], dtype=np.int32))
    fewer = patterns.with_rows(np.array([False, True, True]))
    assert (fewer.pointer.tolist(), fewer.rows.tolist()) == ([0, 1, 2], [2, 1])
