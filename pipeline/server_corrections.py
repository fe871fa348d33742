"""The routes below ``/corrections``: keep what users correct, hand it out as files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from . import server_models as models
from .corrections import Corrections, Kind, LabelCorrection, LinkCorrection
from .server_errors import ProblemError
from .server_lifetime import ServedNow

router = APIRouter()

Named = Annotated[str, Field(max_length=1000)]
Label = str | list[str] | float


class CorrectLabel(models.Model):
    """The label that a text ought to have: several for multi-label, a number for regression."""

    kind: Literal["label"]
    text: str
    document: Named | None = None
    label: Label
    predicted: Label | None = None


class CorrectLink(models.Model):
    """The concept that a stretch of a text names, or NIL. Offsets are in code points.

    A mention that is interrupted has start and end of its pieces in ``fragments``. An empty list
    stands for one piece; without it, the mention has the pieces that the linker finds there.
    """

    kind: Literal["link"]
    text: str
    document: Named | None = None
    start: int
    end: int
    concept: Annotated[str, Field(max_length=4000)]
    predicted: Annotated[str, Field(max_length=4000)] | None = None
    fragments: Annotated[list[tuple[int, int]], Field(max_length=100)] | None = None


class Kept(models.Model):
    """The number of a correction that is kept."""

    number: int


class Summary(models.Model):
    """How many corrections are kept; the latest ones, with the beginning of their texts."""

    labels: int
    links: int
    recent: list[dict[str, Any]]


Correction = Annotated[CorrectLabel | CorrectLink, Field(discriminator="kind")]


@router.post("/corrections", status_code=201)
async def correct(correction: Correction, served: ServedNow) -> Kept:
    """Keep the right label of a text, or the right concept of a mention."""
    kept = served.need_corrections()
    if isinstance(correction, CorrectLabel):
        served.check_texts([correction.text])
        right = LabelCorrection(
            text=correction.text,
            label=_label(correction.label),
            document=correction.document,
            predicted=_label(correction.predicted),
        )
        known = served.classifier.labels
        return Kept(number=await served.run(kept.add_label, right, known))
    if served.graph is None:
        raise ProblemError(404, "the model has no ontology, so that there are no links to correct")
    link = LinkCorrection(
        text=correction.text,
        start=correction.start,
        end=correction.end,
        concept=correction.concept,
        document=correction.document,
        predicted=correction.predicted,
        fragments=None if correction.fragments is None else tuple(correction.fragments),
    )
    (mentions,) = await served.mentions([correction.text])
    return Kept(number=await served.run(kept.add_link, link, served.graph, mentions))


@router.get("/corrections")
async def corrections(served: ServedNow) -> Summary:
    """Say how many corrections are kept, and which are the latest."""
    kept = served.need_corrections()
    return await served.run(_summary, kept)


@router.get("/corrections/labels.jsonl", response_class=Response)
async def corrected_labels(served: ServedNow) -> Response:
    """Return corrected labels: a corpus, one text a line, for training."""
    return await _file(served, "labels")


@router.get("/corrections/links.jsonl", response_class=Response)
async def corrected_links(served: ServedNow) -> Response:
    """Return corrected links: gold mentions, one text a line, for ``ontograft link --tune``."""
    return await _file(served, "links")


async def _file(served: ServedNow, kind: Kind) -> Response:
    content = await served.run(served.need_corrections().content, kind)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.jsonl"'}
    return Response(content, headers=headers, media_type="application/x-ndjson")


def _summary(kept: Corrections) -> Summary:
    return Summary(**kept.counts, recent=kept.recent())


def _label(label: Label | None) -> Any:
    return tuple(label) if isinstance(label, list) else label
