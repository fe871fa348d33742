"""The cache on disk: vectors that cost minutes to compute and depend on nothing but their key."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

Vectors = NDArray[np.float32]
CACHE_VARIABLE: Final = "ONTOGRAFT_CACHE"

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
        return found
    vectors = compute()
    try:
        _write(path, vectors)
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
