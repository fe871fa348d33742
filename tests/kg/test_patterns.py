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
    assert patterns.codes == sorted(patterns.codes)
    assert patterns.pointer.tolist() == [0, 2, 3, 4]
    assert patterns.rows.tolist() == [0, 2, 1, 0]


def test_a_row_is_in_a_pattern_once() -> None:
    builder = PatternBuilder()
    builder.add(0, ["cancer", "cancers"])
    patterns = builder.finish(np.array([0, 0], dtype=np.int32))
    assert patterns.rows.tolist() == [0]


def test_what_another_builder_has_is_added_as_if_it_were_built_here() -> None:
    parts = [(0, ["lung cancer"]), (1, ["skin cancer", "cancer of skin"]), (2, ["a  b"])]
    whole, builder = PatternBuilder(), PatternBuilder()
    for row, found in parts:
        whole.add(row, found)
        other = PatternBuilder()
        other.add(row, found)
        builder.extend(other)
    builder.extend(PatternBuilder())
    assert list(builder.words) == list(whole.words)
    groups = np.arange(len(whole.words), dtype=np.int32)
    one, other_one = builder.finish(groups), whole.finish(groups)
    assert one.codes == other_one.codes
    assert one.rows.tolist() == other_one.rows.tolist()


def test_rows_can_be_left_out() -> None:
    builder = PatternBuilder()
    for row, order in enumerate(["a", "b", "a"]):
        builder.add(row, [order])
    patterns = builder.finish(np.array([0, 1], dtype=np.int32))
    fewer = patterns.with_rows(np.array([False, True, True]))
    assert (fewer.pointer.tolist(), fewer.rows.tolist()) == ([0, 1, 2], [2, 1])
