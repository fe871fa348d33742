"""Requests of all kinds that the OpenAPI description allows, and some that it does not.

ONTOGRAFT_FUZZ_REQUESTS sets how many there are, about; 1,000 unless given.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest
from fastapi import FastAPI

from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_settings import ServerSettings
from ontograft.pipeline.serving import Served

from .conftest import fit_fruit
from .results import make_results
from .served import HOST, TOKEN

schemathesis = pytest.importorskip("schemathesis")
pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("ONTOGRAFT_FUZZ_REQUESTS", "1000"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> FastAPI:
    """Return the app with everything that can be served."""
    base = tmp_path_factory.mktemp("project")
    served = Served.load(
        fit_fruit(base, encoder_folder),
        results=make_results(base / "results").folder,
        corrections=base / "corrections",
        settings=ServerSettings(token=TOKEN),
    )
    return make_app(served)


def test_no_request_meets_an_error_of_the_server(app: FastAPI) -> None:
    from schemathesis.python.asgi import get_client

    described = copy.deepcopy(app.openapi())
    del described["security"], described["components"]["securitySchemes"]  # all have the token
    schema = schemathesis.openapi.from_dict(described)
    schema.app = app
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 15
    seen: Counter[int] = Counter()
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    rich = [one for one in operations if one.body.items or list(one.iter_parameters())]
    share = -(-REQUESTS // (len(modes) * len(rich)))
    with get_client(cast(Any, app)) as client:
        for operation in operations:
            for mode in modes:
                ask_much(client, operation, mode, share, seen)
    assert not [status for status in seen if status >= 500]
    assert seen[200] > REQUESTS / 20
    print(sum(seen.values()), "requests:", dict(sorted(seen.items())))  # noqa: T201


def ask_much(client: Any, operation: Any, mode: Any, share: int, seen: Counter[int]) -> None:
    """Send an operation its share of the requests, and count the answers by their status."""
    headers = {"Authorization": f"Bearer {TOKEN}"}

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=share,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    def ask(case: Any) -> None:
        answer = case.call(base_url=HOST, session=client, headers=headers)
        seen[int(answer.status_code)] += 1
        assert answer.status_code < 500, (case.method, case.formatted_path, case.body, answer.text)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        assert mode is schemathesis.GenerationMode.NEGATIVE  # there is nothing to get wrong
