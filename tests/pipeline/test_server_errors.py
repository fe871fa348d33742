from __future__ import annotations

import json

import pytest

from ontograft.errors import (
    OntograftError,
    OntologyError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    ResultsError,
)
from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_errors import ProblemError, busy, problem

from .served import client, make_served


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryError("wrong"), 400),
        (OntologyError("no such concept"), 400),
        (QueryLimitError("too slow"), 503),
        (QueryBusyError("too many"), 503),
        (ResultsError("damaged"), 503),
        (ProblemError(404, "not here", headers={"X-More": "1"}, extra={"suggestions": []}), 404),
        (busy("later"), 429),
    ],
)
def test_each_error_has_its_status(error: Exception, status: int) -> None:
    app = make_app(make_served())

    @app.get("/raises")
    def raises() -> None:
        raise error

    answer = client(app).get("/raises")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["detail"]) == (status, str(error))
    if isinstance(error, QueryBusyError) or status == 429:
        assert int(answer.headers["retry-after"]) > 0
    if status == 404:
        assert (said["suggestions"], answer.headers["x-more"]) == ([], "1")


def test_every_error_of_ours_has_a_status() -> None:
    from ontograft.pipeline.server_errors import status_of

    kinds = OntograftError.__subclasses__()
    assert {status_of(kind("x")) for kind in kinds} == {400, 503}


def test_a_problem_may_quote_what_is_no_text() -> None:
    answer = problem(400, "no concept '\ud800 \U0001f34e'")
    assert json.loads(bytes(answer.body))["detail"] == "no concept '\ufffd \U0001f34e'"


def test_many_faults_are_told_in_part() -> None:
    answer = client(make_served()).post("/classify", json={"texts": list(range(50))})
    assert answer.status_code == 422
    assert "; and 45 more; GET /openapi.json" in answer.json()["detail"]
    assert len(answer.content) < 1000
