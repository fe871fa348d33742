from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import GoldDocument, read_gold
from ontograft.errors import CorpusError


def read(folder: Path, content: str, name: str = "gold.conll") -> list[GoldDocument]:
    path = folder / name
    path.write_bytes(content.encode())
    return list(read_gold(path))


def found(document: GoldDocument) -> list[tuple[str, set[str], str]]:
    for mention in document.mentions:
        assert document.text[mention.start : mention.end] == mention.text
    return [(mention.text, set(mention.ids), mention.type) for mention in document.mentions]


def test_tags_hold_the_identifiers(tmp_path: Path) -> None:
    content = "Breast B-D001943\ncancer I-D001943\nand O\nflu B-D007251\n. O\n"
    (document,) = read(tmp_path, content)
    assert (document.id, document.text) == ("1", "Breast cancer and flu .")
    assert found(document) == [
        ("Breast cancer", {"D001943"}, "D001943"),
        ("flu", {"D007251"}, "D007251"),
    ]


@pytest.mark.parametrize("outside", ["_", "-", "O", ""])
def test_a_column_of_its_own_holds_the_identifiers(outside: str, tmp_path: Path) -> None:
    rows = [f"the\tO\t{outside}", "Breast\tB-Disease\tD1|D2", f"cancer\tI-Disease\t{outside}"]
    content = "\n".join(rows)
    (document,) = read(tmp_path, content)
    assert found(document) == [("Breast cancer", {"D1", "D2"}, "Disease")]
    assert document.mentions[0].composite


@pytest.mark.parametrize(
    ("tags", "mentions"),
    [
        ("B-X I-X O B-X", ["a b", "d"]),
        ("I-X I-X O I-X", ["a b", "d"]),  # IOB1
        ("I-X B-X I-Y I-Y", ["a", "b", "c d"]),
        ("B-X I-X E-X S-X", ["a b c", "d"]),  # BIOES
        ("B-X L-X U-X O", ["a b", "c"]),  # BILOU
        ("E-X I-X O S-X", ["a", "b", "d"]),
        ("O O O O", []),
    ],
)
def test_every_kind_of_tags(tags: str, mentions: list[str], tmp_path: Path) -> None:
    content = "".join(f"{word} {tag}\n" for word, tag in zip("abcd", tags.split(), strict=True))
    (document,) = read(tmp_path, content)
    assert [mention.text for mention in document.mentions] == mentions


def test_columns_between_token_and_tag_are_passed_over(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n")
    assert found(document) == [("EU", {"ORG"}, "ORG")]


def test_without_marks_a_sentence_is_a_document(tmp_path: Path) -> None:
    first, second = read(tmp_path, "Flu B-D1\n\n\nCold B-D2\r\nairs O\r\n")
    assert (first.id, first.text, second.id, second.text) == ("1", "Flu", "2", "Cold airs")


def test_with_marks_a_document_has_several_sentences(tmp_path: Path) -> None:
    content = (
        "-DOCSTART- -X- O\n\nFlu B-D1\n\ncold I-D1\n\n# newdoc id = b 7\n# text = Cold airs\n"
        "Cold B-D2\n# O\n"
    )
    first, second = read(tmp_path, content)
    assert (first.id, first.text) == ("1", "Flu cold")
    assert [mention.text for mention in first.mentions] == ["Flu", "cold"]
    assert (second.id, second.text) == ("b 7", "Cold #")


@pytest.mark.parametrize("name", ["gold.txt", "gold.tsv", "gold.iob", "gold.bio"])
def test_the_format_is_told_by_name_or_content(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, "Flu\tB-D1\n", name)[0].text == "Flu"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Flu B-D1\nis X-D1\n", "line 2: unknown tag 'X-D1'; expected O, or B-, I-, E-"),
        ("Flu NN B-D1\nis VB X-D1\n", "line 2: unknown tag 'X-D1'"),
        ("Flu\tB-D1\n\tO\n", "line 2: ' O' has too few cells; expected a token and its tag"),
        ("Flu B-D1\nis\n", "line 2: 'is' has too few cells; expected a token and its tag"),
        (
            "Flu B-D D1\nis O\n",
            "line 2: 'is O' has too few cells; expected a token, its tag and its identifier",
        ),
        (
            "Flu B-D D1\ncold I-D D2\n",
            "line 2: 'cold' has the identifier 'D2' inside a mention of 'D1'; expected the same",
        ),
    ],
)
def test_a_bad_line_is_named(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=rf"gold\.conll, {message}"):
        read(tmp_path, content)


def test_other_encodings_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.conll"
    path.write_bytes("Sjögren B-D1\n".encode("latin-1"))
    with pytest.raises(CorpusError, match="line 1: byte 0xF6 at offset 2 is not UTF-8"):
        list(read_gold(path))
