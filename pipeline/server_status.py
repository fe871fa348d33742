"""The routes that say how the server is and what it serves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from .. import __version__
from . import server_models as models
from .server_lifetime import Lifetime, ServedNow
from .server_metrics import MEDIA_TYPE, ServerMetrics
from .serving import Served

router = APIRouter()
_UNREADY = {503: {"model": models.Ready, "description": "It is starting or stopping."}}


@router.get("/health")
async def health() -> models.Health:
    """Say that the process answers."""
    return models.Health(status="ok")


@router.get("/ready", response_model=models.Ready, responses=_UNREADY)  # type: ignore[arg-type]
async def ready(request: Request) -> Response:
    """Say whether the server takes requests: the model is loaded, and it is not stopping."""
    lifetime: Lifetime = request.app.state.lifetime
    return JSONResponse(
        {"status": lifetime.status}, status_code=200 if lifetime.status == "ready" else 503
    )


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Return figures for Prometheus."""
    figures: ServerMetrics = request.app.state.metrics
    return Response(figures.text(), headers={"Content-Type": MEDIA_TYPE})


@router.get("/about")
async def about(served: ServedNow) -> models.About:
    """Say what is served: the model, its labels, the ontology, the results."""
    classifier = served.classifier
    names = classifier.label_names
    graph = served.graph
    return models.About(
        version=__version__,
        model=models.AboutModel(
            name=classifier.name,
            sha256=classifier.sha256,
            task=classifier.labels.task,  # type: ignore[arg-type]
            labels=[
                models.LabelName(label=label, name=names.get(label, label))
                for label in classifier.labels.labels
                if classifier.labels.task != "regression"
            ],
        ),
        language=classifier.language,
        ontology=None
        if graph is None
        else models.AboutOntology(concepts=len(graph), fingerprint=graph.fingerprint),
        results=await served.run(_about_results, served) if served.asked else None,
        corrections=served.corrections is not None,
    )


def _about_results(served: Served) -> models.AboutResults:
    from .results_rdf import run_graph

    asked = served.need_results()
    counts = asked.results.manifest["counts"]
    return models.AboutResults(
        run=run_graph(asked.results),
        documents=counts["documents"],
        mentions=counts["mentions"],
        fields=served.fields(),
    )
