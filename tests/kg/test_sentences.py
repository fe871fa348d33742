from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg import sentence_spans
from ontograft.kg.sentences import first_break


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["One ends.", "Another begins."],
        ["Is it so?", "It is!", "Good."],
        ["He said “no.”", "She left."],
        ["(It was so.)", "Then not."],
        ["The p value was 0.05.", "It fell."],
        ["We saw hepatitis B.", "In all, vitamin C."],
        ["It lasted 10 s.", "Ventricular rhythm returned."],
        ["This was in 1998.", "Then it ended."],
        ["It was graded 3.", "The rest was 4."],
        ["Ends here.", "p53 was found.", "mRNA too."],
        ["… so it ends…", "And begins."],
        ["Er kam am 3. Mai 1998.", "Dann ging er."],
        ["Z. n. Apoplex, z. B. links.", "V. a. Pneumonie."],
        ["Dr. J. Smith and John F. Kennedy met Prof. Long.", "We left."],
        ["This is so in E. coli, e.g. in vitro, i.e. here.", "See Fig. 3 and No. 4."],
        ["Smith et al. (1990) said so.", "Jones et al. [3] did not."],
        ["It is approx. five vs. Six.", "He came from the U.S. in May."],
        ["He came from the U.S.", "The rest stayed."],
        ["これは文です。", "次の文です！", "終わり"],
    ],
)
def test_where_sentences_end(parts: list[str]) -> None:
    joint = "" if parts[0].endswith("。") else " "
    assert sentences(joint.join(parts)) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("no mark", ["no mark"]),
        ("  A b. \n", ["A b."]),
        ("A title\n\nA text", ["A title", "A text"]),
        ("A title \nThe text of it begins here", ["A title", "The text of it begins here"]),
        ("No fever\n- Asthma\n- COPD", ["No fever", "- Asthma", "- COPD"]),
        ("first\nsecond line", ["first\nsecond line"]),
        ("1. One\n2. Two", ["1. One", "2. Two"]),
        (
            "This is a line that a margin of some eighty characters broke before\n"
            "Parkinson and went on.",
            None,
        ),
        (f"{'long ' * 45}line\nThe next", [f"{'long ' * 45}line", "The next"]),
    ],
)
def test_lines(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == ([text] if expected is None else expected)


def test_first_break_agrees_with_the_sentences() -> None:
    text = "No fever, e.g. at night. Asthma? Yes.\n\nEnd"
    spans = sentence_spans(text)
    for number, (start, end) in enumerate(spans):
        expected = end if number + 1 < len(spans) else -1
        for position in range(start, end):
            assert first_break(text, position, len(text)) == expected
    assert first_break(text, 0, spans[0][1]) == -1


PIECES = ["A", "b", ".", " ", "\n", "?", "Dr", "e.g", "1", "(", ")", '"', "。", "\u2026", "-", "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_sentences_hold_all_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(
        text.split()
    )
    assert all(start < end for start, end in spans)
    assert [place for span in spans for place in span] == sorted(
        place for span in spans for place in span
    )
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)


@pytest.mark.slow
@pytest.mark.parametrize("piece", [". ", ".", "\n", " ", "A. ", "\n A", "1.\n", "a"])
def test_time_is_in_proportion_to_the_length(piece: str) -> None:
    from time import process_time

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = process_time()
        sentence_spans(text)
        return process_time() - start

    assert seconds(800_000) < 10 * seconds(200_000) + 1  # quadratic time would be minutes
