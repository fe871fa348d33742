"""Model folders without the encoder's own weights: finding the encoder that they were made with.

An encoder is told from any other by its fingerprint, so it does not matter where it is found: in
the model folder itself (as ``encoder``, a folder or a link), where this machine saw it when the
model was made, or under its name: in the hub's cache, an installed package, on the hub.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import EncoderError
from ..model import Adapter, load_adapted
from .cache import cache_folder
from .encoders import EncoderSource, load_encoder, resolve_encoder
from .files import write_text

if TYPE_CHECKING:
    from ..model import OntograftForSequenceClassification

BESIDE: Final = "encoder"
"""The folder, or link to one, in a model folder where its encoder is looked for first."""

logger = logging.getLogger(__name__)


def load_adapted_folder(
    folder: Path, settings: dict[str, Any]
) -> tuple[OntograftForSequenceClassification, Adapter]:
    """Load the model of a folder that lacks the weights of its encoder.

    Args:
        folder: the model folder.
        settings: its settings.

    Raises:
        ModelFolderError: the weights are damaged or do not fit.
        EncoderError: the encoder is not found, or is another one; or PEFT is not installed.
    """
    stated = settings["encoder"]
    source = find_encoder(
        folder,
        name=stated["name"],
        named=stated["origin"] != "folder",
        fingerprint=settings["run"]["encoder"],
    )
    return load_adapted(folder, load_encoder(source.folder))


def find_encoder(folder: Path, *, name: str, named: bool, fingerprint: str) -> EncoderSource:
    """Find the encoder that a model was made with.

    Args:
        folder: the model folder.
        name: what the model's project called the encoder.
        named: whether that is a name under which it can be found anywhere.
        fingerprint: that of the encoder; see ``EncoderSource.fingerprint``.

    Raises:
        EncoderError: it is nowhere to be found, or what is found is another one.
    """
    way_out = (
        f"copy or link the encoder's folder to {folder / BESIDE}, or fit the model again with "
        "training.lora.merge: true, which saves it whole"
    )
    beside = folder / BESIDE
    if beside.is_dir():
        return _checked(EncoderSource(name, beside, "folder"), fingerprint, way_out)
    seen = _seen(fingerprint)
    if seen is not None and seen.fingerprint() == fingerprint:
        return seen
    if not named:
        raise EncoderError(
            f"the model was saved without the weights of its encoder {name!r}, which this machine "
            f"does not know: {way_out}"
        )
    try:
        source = resolve_encoder(name)
    except EncoderError as error:
        raise EncoderError(
            f"the model was saved without the weights of its encoder: {error}; or {way_out}"
        ) from error
    return _checked(source, fingerprint, way_out)


def remember(source: EncoderSource, fingerprint: str) -> None:
    """Note where this machine has an encoder, in its cache; nothing of it goes into the model."""
    try:
        write_text(_note(fingerprint), str(source.folder.resolve()))
    except OSError as error:
        logger.info("the cache cannot be written: %s", error)


def _seen(fingerprint: str) -> EncoderSource | None:
    try:
        folder = Path(_note(fingerprint).read_text(encoding="utf-8"))
    except OSError:
        return None
    return EncoderSource(folder.name, folder, "folder") if folder.is_dir() else None


def _note(fingerprint: str) -> Path:
    return cache_folder() / "encoders" / f"{fingerprint}.txt"


def _checked(source: EncoderSource, fingerprint: str, way_out: str) -> EncoderSource:
    found = source.fingerprint()
    if found != fingerprint:
        raise EncoderError(
            f"the model was made with the encoder of fingerprint {fingerprint[:12]}, but "
            f"{source.folder} holds that of {found[:12]}: {way_out}"
        )
    return source
