from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from ontograft.pipeline import ResultQuery, Results
from ontograft.pipeline.facets import co_occurrence, facet, trend
from ontograft.pipeline.filters import Filters

from .results import D, M, make_results
from .served import client, make_served

KIDNEY = Filters(mentions=("kidney disease",), include_narrower=True)
BODY = {"mentions": ["kidney disease"], "include_narrower": True}


def rows(table: Any) -> list[list[Any]]:
    return json.loads(json.dumps([list(row.values()) for row in table.to_pylist()]))  # type: ignore[no-any-return]


@pytest.mark.parametrize("show", [None, "documents", "sentences", "mentions"])
def test_rows(asking: TestClient, results: Results, show: Any) -> None:
    answer = asking.post("/query", json={"filters": BODY, "show": show})
    assert answer.status_code == 200, answer.text
    with ResultQuery(results) as asked:
        table = asked.table(KIDNEY, show or "documents")
    said = answer.json()
    assert said["columns"] == table.schema.names
    assert said["rows"] == rows(table)
    assert said["total"] == (4 if show in (None, "documents") else None)


@pytest.mark.parametrize(
    ("asked", "function"),
    [
        ({"facet": "label"}, lambda a: facet(a, KIDNEY, "label")),
        ({"facet": "concept"}, lambda a: facet(a, KIDNEY, "concept")),
        ({"facet": "section"}, lambda a: facet(a, KIDNEY, "section")),
        ({"facet": "field:year"}, lambda a: facet(a, KIDNEY, "field:year")),
        ({"co_occurrence": True}, lambda a: co_occurrence(a, KIDNEY)),
        ({"trend": "year"}, lambda a: trend(a, KIDNEY, "year")),
    ],
)
def test_counts(asking: TestClient, results: Results, asked: Any, function: Any) -> None:
    said = asking.post("/query", json={"filters": BODY, **asked}).json()
    with ResultQuery(results) as opened:
        table = function(opened)
    assert said == {"columns": table.schema.names, "rows": rows(table), "total": None}
    part = asking.post("/query", json={"filters": BODY, **asked, "limit": 1, "offset": 1}).json()
    assert part["rows"] == rows(table)[1:2]


def test_pages(asking: TestClient) -> None:
    bodies = [{"limit": 2, "offset": offset} for offset in (0, 2, 4, 6)]
    answers = [asking.post("/query", json=body).json() for body in bodies]
    assert [[row[0] for row in said["rows"]] for said in answers] == [[4, 0], [1, 2], [3], []]
    assert {said["total"] for said in answers} == {5}


def file(asking: TestClient, **body: Any) -> Any:
    answer = asking.post("/query", json={"filters": BODY, "show": "mentions", **body})
    assert answer.status_code == 200, answer.text
    name = f"results.{body['format']}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    return answer


def test_files_have_what_the_table_has(asking: TestClient, results: Results) -> None:
    with ResultQuery(results) as asked:
        table = asked.table(KIDNEY, "mentions")
    parquet = file(asking, format="parquet")
    assert pq.read_table(io.BytesIO(parquet.content)).to_pylist() == table.to_pylist()
    lines = file(asking, format="jsonl").content.decode().split("\n")[:-1]
    assert [list(json.loads(line).values()) for line in lines] == rows(table)
    csv = file(asking, format="csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.content.decode().count("\n") == len(table) + 1
    assert file(asking, format="csv", limit=1).content.decode().count("\n") == 2
    facets = file(asking, format="jsonl", show=None, facet="label").content
    assert json.loads(facets.split(b"\n")[0])["value"] == "C12"


def test_csv_is_harmless(tmp_path: Path) -> None:
    document = D("=HYPERLINK(1) stroke", mentions=[M("stroke", "stroke")], id="+1")
    served = make_served(results=make_results(tmp_path / "r", [document]))
    content = client(served).post("/query", json={"format": "csv"}).content.decode()
    assert "'=HYPERLINK(1)" in content
    assert ",'+1," in content
    served.close()


def test_no_file_is_left_behind(
    asking: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file(asking, format="csv")
    answer = asking.post(
        "/query", json={"filters": {"where": [["colour", "red"]]}, "format": "csv"}
    )
    assert answer.status_code == 400
    assert "no document has a column 'colour'" in answer.json()["detail"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"show": "mentions", "facet": "label"}, 422, "choose one of show, facet"),
        ({"facet": "label", "trend": "year"}, 422, "choose one of show, facet"),
        ({"limit": 1001}, 422, "as JSON there are at most 1000 rows; ask for a file"),
        ({"limit": 100_001, "format": "csv"}, 422, "limit"),
        ({"show": "everything"}, 422, "show"),
        ({"format": "xlsx"}, 422, "format"),
        ({"filters": {"colour": "red"}}, 422, "colour"),
        ({"filters": {"where": [["a"]]}}, 422, "where"),
        ({"filters": {"labels": ["C99"]}}, 400, "the model has no label 'C99'"),
        ({"filters": {"labels": ["C99"]}, "format": "csv"}, 400, "no label 'C99'"),
        ({"filters": {"where": [["colour", "red"]]}}, 400, "no document has a column 'colour'"),
        ({"facet": "colour"}, 400, "unknown facet 'colour'; choose one of: label, concept"),
        ({"facet": "field:colour"}, 400, "no document has a column 'colour'"),
        ({"trend": "colour"}, 400, "no document has a column 'colour'"),
    ],
)
def test_what_is_refused(asking: TestClient, body: Any, status: int, detail: str) -> None:
    answer = asking.post("/query", json=body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
