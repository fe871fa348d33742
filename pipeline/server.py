"""The app behind ``ontograft serve``: routes, and the layers that guard them."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from .. import __version__
from . import (
    server_classify,
    server_concepts,
    server_corrections,
    server_documents,
    server_explain,
    server_page,
    server_sparql,
    server_status,
)
from .server_access import Access
from .server_errors import MEDIA_TYPE, add_error_handlers
from .server_headers import Outermost
from .server_lifetime import Lifetime
from .server_limits import Limits
from .server_metrics import ServerMetrics
from .server_models import Problem
from .server_settings import ServerSettings
from .serving import Served

logger = logging.getLogger(__name__)

DESCRIPTION: Final = """Classify texts with an ontology-aware model, link them to its concepts, and
ask the results of a run. Offsets count Unicode code points. Errors are problem details (RFC 9457).
"""
PARTS: Final = (
    server_status,
    server_classify,
    server_explain,
    server_concepts,
    server_documents,
    server_sparql,
    server_corrections,
    server_page,
)
"""The parts of the interface; each has a ``router``."""

_PROBLEMS: Final = {
    "400": "What was asked for makes no sense.",
    "401": "The token is missing or wrong.",
    "403": "A page of another site sent the request.",
    "404": "There is no such thing.",
    "408": "The body came too slowly.",
    "413": "The body, a text or their number is too large.",
    "415": "The body is not JSON.",
    "421": "The server is not known by this host name.",
    "422": "The request does not have the form described here.",
    "429": "Too many texts or queries wait; try again after the seconds in Retry-After.",
    "431": "The head of the request is too large.",
    "500": "An error that nobody expected.",
    "503": "The server is starting, stopping or too busy, or a query took too long.",
}


def make_app(
    served: Served | Callable[[], Served], *, settings: ServerSettings | None = None
) -> FastAPI:
    """Return the app.

    Args:
        served: what is served; or what loads it, which is called in a thread when the app starts,
            while ``/ready`` says ``starting``.
        settings: how it is reached and what it bears; those of ``served`` unless given.
    """
    loaded = served if isinstance(served, Served) else None
    stated = settings or (loaded.settings if loaded else ServerSettings())
    metrics = ServerMetrics()
    lifetime = Lifetime(metrics.batch)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        if callable(served):
            threading.Thread(target=_load, args=(served, lifetime), daemon=True).start()
        yield
        if lifetime.served is not None:
            lifetime.served.close()

    app = FastAPI(
        title="Ontograft",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        redirect_slashes=False,
    )
    app.state.lifetime, app.state.metrics = lifetime, metrics
    for part in PARTS:
        app.include_router(part.router, responses=_responses())
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    add_error_handlers(app)
    # The last one added is the first to see a request.
    app.add_middleware(Limits, settings=stated, lifetime=lifetime)
    app.add_middleware(Access, settings=stated, login=server_page.login_page)
    app.add_middleware(Outermost, metrics=metrics)
    metrics.watch(
        waiting=lambda: lifetime.served.batcher.waiting if lifetime.served else 0,
        queries=lambda: lifetime.served.asking if lifetime.served else 0,
        at_work=lambda: lifetime.at_work,
        ready=lambda: lifetime.status == "ready",
    )
    if loaded is not None:
        lifetime.begin(loaded)
    return app


def _load(load: Callable[[], Served], lifetime: Lifetime) -> None:
    try:
        lifetime.begin(load())
    except BaseException as error:  # whoever runs the server is told
        lifetime.failure = error


def _responses() -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": meaning, "content": content}
        for status, meaning in _PROBLEMS.items()
    }


def _description(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, with problems and the token, which FastAPI knows not of."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        components = described.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
        described["paths"]["/health"]["get"]["security"] = []
    return app.openapi_schema or {}
