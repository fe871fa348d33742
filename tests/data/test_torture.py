"""The torture set: each file is read right, or refused with its row and what to do."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontograft.data import CorpusColumns, Document, ReadReport, Task, read_corpus
from ontograft.errors import CorpusError

COLUMNS = CorpusColumns(id="id", text="text", label="label")
HEAD = b"id,text,label\n"
LONG = 200_000 * "x"
HUGE = 3_000_000 * "y"


def read(path: Path, task: Task = "single-label") -> list[tuple[str, str, object]]:
    documents = read_corpus(path, columns=COLUMNS, task=task)
    return [(document.id, document.text, document.label) for document in documents]


def rows_of_json(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


RIGHT: list[tuple[str, str, bytes, list[tuple[str, str, object]]]] = [
    ("plain", "c.csv", HEAD + b"a,Some text,x\n", [("a", "Some text", "x")]),
    ("byte order mark", "c.csv", b"\xef\xbb\xbf" + HEAD + b"a,t,x\n", [("a", "t", "x")]),
    ("no final line end", "c.csv", HEAD + b"a,t,x", [("a", "t", "x")]),
    ("Windows line ends", "c.csv", b"id,text,label\r\na,t,x\r\n", [("a", "t", "x")]),
    ("blank lines", "c.csv", HEAD + b"\na,t,x\n\n", [("a", "t", "x")]),
    ("long cell", "c.csv", HEAD + f"a,{LONG},x\n".encode(), [("a", LONG, "x")]),
    ("huge cell", "c.csv", HEAD + f'a,"{HUGE}",x\n'.encode(), [("a", HUGE, "x")]),
    ("line break in a cell", "c.csv", HEAD + b'a,"t\nu",x\n', [("a", "t\nu", "x")]),
    ("Windows break in a cell", "c.csv", HEAD + b'a,"t\r\nu",x\r\n', [("a", "t\r\nu", "x")]),
    ("quotes", "c.csv", HEAD + b'a,"say ""t""",x\n', [("a", 'say "t"', "x")]),
    ("quote inside a cell", "c.csv", HEAD + b'a,a 5" disk,x\n', [("a", 'a 5" disk', "x")]),
    ("NA is text", "c.csv", HEAD + b"NA,NA,NA\n", [("NA", "NA", "NA")]),
    ("null is text", "c.csv", HEAD + b"null,N/A,null\n", [("null", "N/A", "null")]),
    ("None is text", "c.csv", HEAD + b"None,nan,None\n", [("None", "nan", "None")]),
    ("empty text", "c.csv", HEAD + b"a,,x\n", [("a", "", "x")]),
    ("leading zeros", "c.csv", HEAD + b"007,1e5,01\n", [("007", "1e5", "01")]),
    ("formula", "c.csv", HEAD + b"a,=1+1,x\n", [("a", "=1+1", "x")]),
    ("U+2028", "c.csv", HEAD + "a,t\u2028u\x85v,x\n".encode(), [("a", "t\u2028u\x85v", "x")]),
    ("columns in another order", "c.csv", b"label,more,text,id\nx,m,t,a\n", [("a", "t", "x")]),
    ("unnamed columns", "c.csv", b",id,text,label,\n0,a,t,x,\n", [("a", "t", "x")]),
    ("spaces in the header", "c.csv", b"id , text, label\na,t,x\n", [("a", "t", "x")]),
    ("tabs", "c.tsv", b"id\ttext\tlabel\na\tt, u\tx\n", [("a", "t, u", "x")]),
    ("gzipped", "c.csv.gz", gzip.compress(HEAD + b"a,t,x\n"), [("a", "t", "x")]),
    ("gzipped, not named so", "c.csv", gzip.compress(HEAD + b"a,t,x\n"), [("a", "t", "x")]),
    ("JSON", "c.jsonl", b'{"id": "a", "text": "t", "label": "x"}\n\n', [("a", "t", "x")]),
    (
        "JSON, byte order mark",
        "c.jsonl",
        b'\xef\xbb\xbf{"id":"a","text":"t","label":"x"}\r\n',
        [("a", "t", "x")],
    ),
    (
        "JSON, U+2028",
        "c.jsonl",
        '{"id": "a", "text": "t\u2028u\x85", "label": "x"}'.encode(),
        [("a", "t\u2028u\x85", "x")],
    ),
    (
        "JSON, pair of surrogates",
        "c.jsonl",
        rb'{"id": "a", "text": "\ud83d\ude00", "label": "x"}',
        [("a", "\U0001f600", "x")],
    ),
    (
        "mixed labels become strings",
        "c.jsonl",
        rows_of_json(
            *({"id": i, "text": "t", "label": v} for i, v in enumerate([1, "1", 1.0, 2.5, True]))
        ),
        [(str(i), "t", v) for i, v in enumerate(["1", "1", "1", "2.5", "True"])],
    ),
    (
        "JSON, huge text, gzipped",
        "c.jsonl.gz",
        gzip.compress(rows_of_json({"id": 1, "text": HUGE, "label": "NA"})),
        [("1", HUGE, "NA")],
    ),
]

REFUSED: list[tuple[str, str, bytes, str]] = [
    ("empty file", "c.csv", b"", "c.csv: is empty; expected a header"),
    ("only blank lines", "c.csv", b"\n\n", "c.csv: is empty; expected a header"),
    ("only a header", "c.csv", HEAD, "c.csv: there are no rows"),
    ("empty JSON", "c.jsonl", b"", "c.jsonl: there are no rows"),
    (
        "Latin-1",
        "c.csv",
        HEAD + b"a,t,x\nb,caf\xe9,x\n",
        r"c.csv, row 2 \(line 3\): byte 0xE9 at offset 25 is not UTF-8.*iconv",
    ),
    ("Latin-1 header", "c.csv", b"id,text,label,\xe9t\xe9\n", r"line 1: byte 0xE9.*iconv"),
    (
        "Latin-1 JSON",
        "c.jsonl",
        b'{"text": "caf\xe9"}',
        r"row 1 \(line 1\): byte 0xE9 at offset 13",
    ),
    ("UTF-16", "c.csv", "id,text,label".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    ("Excel", "c.csv", b"PK\x03\x04rest", "an Excel workbook; export the table"),
    (
        "unclosed quote",
        "c.csv",
        HEAD + b'a,t,x\nb,"t,x\nc,t,x\n',
        r"row 2 \(line 3\): a quote opens in this row and is never closed.*twice",
    ),
    (
        "unclosed quote, a later one closes it",
        "c.csv",
        HEAD + b'a,t,x\nb,"t,x\nc,"u",x\n',
        r"row 2 \(line 3\): its quotes do not pair up",
    ),
    ("text after a quote", "c.csv", HEAD + b'a,"t" u,x\n', r"row 1 \(line 2\): its quotes or line"),
    (
        "extra cell",
        "c.csv",
        HEAD + b"a,t,x\nb,t,u,x\n",
        r"row 2 \(line 3\): it has 4 cells, expect",
    ),
    ("missing cell", "c.csv", HEAD + b"a,t,x\nb,x\n", r"row 2 \(line 3\): it has 2 cells, expecte"),
    (
        "shift after a break",
        "c.csv",
        HEAD + b'a,"t\nu",x\nb,t\n',
        r"row 2 \(line 4\): it has 2 cel",
    ),
    ("column named twice", "c.csv", b"id,text,text\n", "header names a column twice: 'text'"),
    ("no such column", "c.csv", b"id,Text,label\n", "no column 'text'.*did you mean 'Text'"),
    ("semicolons", "c.csv", b"id;text;label\na;t;x\n", "separated by another character"),
    ("old Mac line ends", "c.csv", b"id,text,label\ra,t,x\r", "header cannot be read.*line ends"),
    ("NUL", "c.csv", HEAD + b"a,t\x00,x\n", r"row 1 \(line 2\): it holds a NUL"),
    ("JSON NUL", "c.jsonl", rb'{"id": 1, "text": "\u0000", "label": "x"}', "holds a NUL"),
    ("cut gzip", "c.csv.gz", gzip.compress(HEAD + b"a,t,x\n")[:-9], "it is damaged or cut short"),
    ("JSON array", "c.jsonl", b'[{"text": "t"}]', "one JSON array; expected JSON Lines.*jq -c"),
    ("pretty-printed", "c.jsonl", b'{\n "text": "t"\n}', "one pretty-printed document"),
    ("cut JSON", "c.jsonl", b'{"id": 1, "text": "t', r"row 1 \(line 1\): it is not JSON"),
    ("two objects", "c.jsonl", b'{"id": 1} {"id": 2}', "it is not JSON .Extra data, column 11"),
    ("JSON number", "c.jsonl", b"12\n", "it is 12; expected an object"),
    ("JSON key twice", "c.jsonl", b'{"text": "t", "text": "u"}', "names the key 'text' twice"),
    (
        "lone surrogate",
        "c.jsonl",
        rb'{"id": 1, "text": "a\ud800", "label": "x"}',
        r"half a character \(U\+D800\) at position 1",
    ),
    ("deep JSON", "c.jsonl", b'{"a": ' + 100_000 * b"[", "not usable JSON"),
    ("long integer", "c.jsonl", b'{"id": ' + 5000 * b"1" + b"}", "not usable JSON"),
    (
        "JSON without the column",
        "c.jsonl",
        b'{"id": 1, "txt": "t", "label": "x"}',
        "no column 'text'; the columns are: 'id', 'txt', 'label'; did you mean 'txt'",
    ),
    ("null text", "c.jsonl", b'{"id": 1, "text": null, "label": "x"}', "'text' has no text"),
    ("NaN text", "c.jsonl", b'{"id": 1, "text": NaN, "label": "x"}', "'text' has no text"),
    ("number as text", "c.jsonl", b'{"id": 1, "text": 5, "label": "x"}', "type int .5.; expected"),
    ("null label", "c.jsonl", b'{"id": 1, "text": "t", "label": null}', "'label' has no label"),
    ("NaN label", "c.jsonl", b'{"id": 1, "text": "t", "label": NaN}', "'label' has no label"),
    ("empty label", "c.csv", HEAD + b"a,t, \n", "'label' has no label"),
    ("list label", "c.jsonl", b'{"id": 1, "text": "t", "label": ["x"]}', "task to multi-label"),
    ("empty id", "c.csv", HEAD + b",t,x\n", "column 'id' is empty; expected an id"),
    (
        "id twice",
        "c.csv",
        HEAD + b"a,t,x\nb,t,x\na,u,x\n",
        r"row 3 \(line 4\): column 'id' holds 'a', which is the id of row 1 too",
    ),
    ("damaged Parquet", "c.parquet", b"PAR1 no", "cannot be read as Parquet"),
    ("Parquet named CSV", "c.csv", b"PAR1 rest", "is a Parquet file; let its name end in"),
]


def test_the_set_has_at_least_forty_files() -> None:
    assert len(RIGHT) + len(REFUSED) >= 40


@pytest.mark.parametrize(
    ("name", "data", "expected"), [c[1:] for c in RIGHT], ids=[c[0] for c in RIGHT]
)
def test_file_is_read_right(
    name: str, data: bytes, expected: list[tuple[str, str, object]], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert read(path) == expected


@pytest.mark.parametrize(
    ("name", "data", "message"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_file_is_refused_in_one_line(name: str, data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_documents_before_a_damaged_place_are_real(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(HEAD + b"a,t,x\nb,u\n")
    documents = read_corpus(path, columns=COLUMNS)
    assert next(documents) == Document("a", "t", "x", {}, 1, str(path))
    with pytest.raises(CorpusError, match="row 2"):
        next(documents)


TOKENS = [b'"', b",", b"\t", b"\n", b"\r", b"\0", b"\xff", b"{", b"}", b"[", b"\\u", b"\\", b"NaN"]


@pytest.mark.parametrize("name", ["c.csv", "c.tsv", "c.csv.gz", "c.jsonl", "c.parquet"])
def test_damaged_files_meet_no_other_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    table = HEAD + 'a,"some ""text""",x\nb,café,y\nc,"two\nlines",z\n'.encode()
    if name == "c.parquet":
        pq.write_table(pa.table({"id": [1, 2], "text": ["t", "é"], "label": ["x", "y"]}), path)
    elif name == "c.jsonl":
        path.write_bytes(rows_of_json(*({"id": i, "text": "é", "label": [i]} for i in range(3))))
    else:
        table = table.replace(b",", b"\t") if name == "c.tsv" else table
        path.write_bytes(gzip.compress(table) if name.endswith(".gz") else table)
    whole = path.read_bytes()
    generator = random.Random(name)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(generator.randint(1, 3)):
            at = generator.randrange(len(data) or 1)
            end = at + generator.randint(0, 6)
            data[at:end] = generator.choice([*TOKENS, generator.randbytes(1), b""])
        path.write_bytes(data)
        report = ReadReport()
        # Refused in one line, or read with each row accounted for.
        message = ""
        try:
            list(read_corpus(path, columns=COLUMNS, on_bad_row="skip", report=report))
        except CorpusError as error:
            message = str(error)
        assert "\n" not in message
        assert report.read + report.rejected == report.rows
