from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ontograft.data import GoldMention, read_gold
from ontograft.errors import CorpusError

GOOD = """\
11|t|Breast cancer.
11|a|Ovarian and breast cancer kill.
11\t0\t13\tBreast cancer\tSpecificDisease\tD001943
11\t15\t40\tOvarian and breast cancer\tCompositeMention\tD010051|D001943\tovarian|breast
11\tCID\tD000001\tD001943

12|t|Only a title
12\t7\t12\ttitle\tModifier
"""


def write(folder: Path, content: str, name: str = "gold.pubtator") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def test_documents_are_title_space_abstract_and_mentions(tmp_path: Path) -> None:
    first, second = read_gold(write(tmp_path, GOOD))
    assert (first.id, first.text) == ("11", "Breast cancer. Ovarian and breast cancer kill.")
    assert first.mentions == (
        GoldMention(0, 13, "Breast cancer", frozenset({"D001943"}), type="SpecificDisease"),
        GoldMention(
            15,
            40,
            "Ovarian and breast cancer",
            frozenset({"D010051", "D001943"}),
            composite=True,
            type="CompositeMention",
        ),
    )
    assert second.text == "Only a title"
    assert second.mentions == (GoldMention(7, 12, "title", frozenset(), type="Modifier"),)


def test_line_ends_byte_order_mark_gzip_and_missing_blank_lines_do_not_matter(
    tmp_path: Path,
) -> None:
    expected = list(read_gold(write(tmp_path, GOOD)))
    changed = "\ufeff\n\n" + GOOD.replace("D001943\n\n", "D001943\n").rstrip("\n")
    assert list(read_gold(write(tmp_path, changed.replace("\n", "\r\n"), "a.txt"))) == expected
    path = tmp_path / "b.pubtator.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert list(read_gold(path)) == expected


def test_offsets_count_code_points(tmp_path: Path) -> None:
    path = write(
        tmp_path, "1|t|\U0001f9ec β-thalassemia\n1\t2\t15\tβ-thalassemia\tDisease\tD017086\n"
    )
    assert next(read_gold(path)).mentions[0].text == "β-thalassemia"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("11\t0\t13\tbreast\tDisease\tD1", "line 3: the text from 0 to 13 is 'Breast cancer', but"),
        ("11\t0\t99\tBreast\tDisease\tD1", "line 3: mention from 0 to 99 in a text of 46"),
        ("12\t0\t13\tBreast cancer\tDisease\tD1", "line 3: a line of document '12' among those of"),
        (
            "11\t0\t13",
            "line 3: .* is no mention; expected, with tabs between them: document, start",
        ),
        ("11\t0\tx\tBreast cancer\tDisease\tD1", "line 3: .* is no mention; expected"),
        ("11 0 13 Breast cancer", "line 3: .* is no mention; expected"),
        ("11|a|Again.", "line 3: an abstract where document '11' has one already; expected one"),
        ("12|a|Other.", "line 3: a line of document '12' among those of '11'; expected each"),
    ],
)
def test_a_bad_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    head = "\n".join(GOOD.split("\n")[:2])
    path = write(tmp_path, f"{head}\n{line}\n")
    with pytest.raises(CorpusError, match=rf"gold\.pubtator, {message}"):
        list(read_gold(path))


def test_an_abstract_after_mentions_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "1|t|Flu\n1\t0\t3\tFlu\tDisease\tD1\n1|a|It is.\n")
    with pytest.raises(CorpusError, match="line 3: an abstract where document '1' has its mention"):
        list(read_gold(path))


def test_a_mention_before_any_title_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "11\t0\t13\tBreast cancer\tDisease\tD1\n")
    with pytest.raises(CorpusError, match="line 1: '11.* belongs to no document; expected a title"):
        list(read_gold(path))


def test_other_encodings_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.pubtator"
    path.write_bytes("1|t|Flu\n1|a|Sjögren\n".encode("latin-1"))
    with pytest.raises(CorpusError, match="line 2: byte 0xF6 at offset .* is not UTF-8"):
        list(read_gold(path))


@pytest.mark.parametrize("start", ["9" * 5000, "\u0660", "-1"])
def test_an_offset_that_is_no_small_number_is_refused(start: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"1|t|abc\n1\t{start}\t3\tabc\tDisease\tD1\n")
    with pytest.raises(CorpusError, match=r"gold\.pubtator, line 2: .* is no mention; expected"):
        list(read_gold(path))
