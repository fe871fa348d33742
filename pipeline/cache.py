"""The cache on disk: what costs minutes to compute and depends on nothing but its key.

That is vectors of texts and concepts, and the weights of pre-trained encoders. All together they
take no more than ``MOST_BYTES``: what has not been used for the longest time makes room.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

Vectors = NDArray[np.float32]
CACHE_VARIABLE: Final = "ONTOGRAFT_CACHE"

MOST_BYTES: Final = 8 * 2**30
"""How much the cache may hold, at least the file that was written last."""

logger = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return the cache folder: ``$ONTOGRAFT_CACHE``, or the platform's own place for caches."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "ontograft"


def cached_vectors(
    kind: str,
    key: Mapping[str, str | int],
    compute: Callable[[], Vectors],
    *,
    rows: int,
    folder: Path | None = None,
) -> Vectors:
    """Return vectors from the cache, or compute and keep them.

    A damaged or unfitting file is made anew; a folder that cannot be written is no obstacle.

    Args:
        kind: what they are, such as ``concepts``; the start of the file's name.
        key: everything that decides their values.
        compute: how to make them; shape (rows, width).
        rows: how many there must be.
        folder: the cache folder; ``cache_folder()`` unless given.
    """
    stated = json.dumps(dict(key), sort_keys=True)
    name = f"{kind}-{hashlib.sha256(stated.encode()).hexdigest()[:32]}.safetensors"
    path = (folder or cache_folder()) / name
    found = _read(path, rows)
    if found is not None:
        with suppress(OSError):
            path.touch()  # it was used
        return found
    vectors = compute()
    try:
        _write(path, vectors)
        _make_room(path)
    except OSError as error:
        logger.info("the cache %s cannot be written: %s", path.parent, error)
    return vectors


def _read(path: Path, rows: int) -> Vectors | None:
    try:
        content = load_file(path)
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, ValueError) as error:
        logger.warning("the cached %s is damaged and is made anew: %s", path.name, error)
        return None
    vectors: Vectors | None = content.get("vectors")
    digest = content.get("sha256")
    # safetensors does not notice a flipped byte in the numbers themselves.
    intact = (
        vectors is not None
        and digest is not None
        and len(vectors) == rows
        and digest.tobytes() == hashlib.sha256(vectors.tobytes()).digest()
    )
    if not intact:
        logger.warning("the cached %s is damaged and is made anew", path.name)
        return None
    return vectors


def _write(path: Path, vectors: Vectors) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    digest = np.frombuffer(hashlib.sha256(vectors.tobytes()).digest(), dtype=np.uint8)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        save_file({"vectors": vectors, "sha256": digest.copy()}, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _make_room(newest: Path) -> None:
    """Remove the files that were not used for the longest time, if there is too much."""
    left = MOST_BYTES - newest.stat().st_size
    others = [path for path in newest.parent.glob("*.safetensors") if path != newest]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True):
        left -= path.stat().st_size
        if left < 0:
            path.unlink(missing_ok=True)
