import pytest

from ontograft.pipeline.characters import whole_characters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("é \U0001f600 \ufffd", "é \U0001f600 \ufffd"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
    ],
)
def test_half_a_pair_is_replaced_and_all_else_stays(text: str, expected: str) -> None:
    assert whole_characters(text) == expected
    assert len(text) == len(expected)
