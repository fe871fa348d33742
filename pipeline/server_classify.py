"""The routes that run the model: ``/classify`` and ``/link``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Discriminator, Tag
from starlette.responses import Response

from . import server_models as models
from .server_lifetime import ServedNow
from .serving import Served

if TYPE_CHECKING:
    from .. import kg
    from . import prediction

router = APIRouter()


def _kind(body: Any) -> str:
    """Return which of the three forms a body has, or is meant to have."""
    if isinstance(body, models.Model):
        return type(body).__name__
    if isinstance(body, dict) and "documents" in body:
        return "ManyDocuments"
    return "ManyTexts" if isinstance(body, dict) and "texts" in body else "OneText"


Texts = Annotated[
    Annotated[models.OneText, Tag("OneText")]
    | Annotated[models.ManyTexts, Tag("ManyTexts")]
    | Annotated[models.ManyDocuments, Tag("ManyDocuments")],
    Discriminator(_kind),
    Body(),
]
"""One text, several, or several with their ids."""


@router.post("/classify", response_model=models.Predictions)
async def classify(texts: Texts, served: ServedNow) -> Response:
    """Predict label, probabilities and linked concepts of texts."""
    ids, contents = ids_and_texts(texts)
    found = await served.predict(contents)
    return json_response(await served.write(_predictions, served, ids, found))


@router.post("/link", response_model=models.LinkedTexts)
async def link(texts: Texts, served: ServedNow) -> Response:
    """Find the concepts that texts mention."""
    ids, contents = ids_and_texts(texts)
    found = await served.mentions(contents)
    return json_response(await served.write(_linked, served, ids, found))


def ids_and_texts(texts: Texts) -> tuple[list[str | None], list[str]]:
    """Return the ids and the texts of a request."""
    if isinstance(texts, models.OneText):
        return [None], [texts.text]
    if isinstance(texts, models.ManyTexts):
        return [None] * len(texts.texts), texts.texts
    return [one.id for one in texts.documents], [one.text for one in texts.documents]


def json_response(content: bytes) -> Response:
    """Return JSON that is written already."""
    return Response(content, media_type="application/json")


def _predictions(
    served: Served, ids: Sequence[str | None], found: Sequence[prediction.Prediction]
) -> bytes:
    classifier = served.classifier
    model = models.ModelName(name=classifier.name, sha256=classifier.sha256)
    parts = (
        models.said_prediction(
            one,
            id=id,
            names=classifier.label_names,
            graph=served.graph,
            language=classifier.language,
        )
        for id, one in zip(ids, found, strict=True)
    )
    head = b'{"model":' + model.model_dump_json().encode()
    return head + b',"predictions":' + _array(parts) + b"}"


def _linked(
    served: Served, ids: Sequence[str | None], found: Sequence[tuple[kg.Mention, ...]]
) -> bytes:
    language = served.classifier.language
    parts = (
        models.LinkedText(
            id=id, mentions=[models.said(one, served.graph, language=language) for one in mentions]
        )
        for id, mentions in zip(ids, found, strict=True)
    )
    return b'{"documents":' + _array(parts) + b"}"


def _array(parts: Iterable[models.Model]) -> bytes:
    """Write a list part by part: another thread may run in between."""
    return b"[" + b",".join(part.model_dump_json().encode() for part in parts) + b"]"
