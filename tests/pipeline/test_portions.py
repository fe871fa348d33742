from __future__ import annotations

from collections.abc import Iterator

from ontograft.pipeline import portions as module
from ontograft.pipeline.portions import portions, text_portions


def test_a_portion_ends_at_the_number_or_at_the_size() -> None:
    texts = ["a", "b", "c", "dddd", "e", "ffffff", "g"]
    found = portions(texts, most=3, size=len, limit=4)
    assert list(found) == [["a", "b", "c"], ["dddd"], ["e", "ffffff"], ["g"]]


def test_nothing_gives_nothing() -> None:
    assert list(portions([], most=3, size=len, limit=4)) == []


def test_no_item_is_asked_for_before_it_is_needed() -> None:
    asked: list[int] = []

    def stream() -> Iterator[str]:
        for number in range(9):
            asked.append(number)
            yield "x"

    found = portions(stream(), most=2, size=len, limit=9)
    assert next(found) == ["x", "x"]
    assert asked == [0, 1]


def test_texts_are_bounded_by_their_characters() -> None:
    long = "x" * (module.CHARACTERS - 1)
    assert [len(part) for part in text_portions([long, "y", "z"], most=9)] == [2, 1]
