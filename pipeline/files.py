"""Files that are there whole or not at all, and manifests that notice damage."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = "manifest.json"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json(content: Any, *, indent: int | None = 2) -> str:
    """Return standard JSON: numbers that are not finite are refused, not written as NaN."""
    return json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place if all goes well.

    What stood there before stays as it is until then, and for good after an error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield unfinished
        sync(unfinished)
        unfinished.replace(path)
        sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write a file of bytes whole or not at all."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it however the process ends.

    Raises:
        BlockingIOError: another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: there two processes stay the user's care
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def sync(path: Path) -> None:
    """Ask the system to bring a file, or the entries of a folder, to the disk now."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_below(folder: Path) -> list[Path]:
    """Return all files in a folder and its folders, sorted, without the folder's own manifest."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST
    )


def seal(folder: Path, *, about: Mapping[str, Any] | None = None) -> None:
    """Bring every file of a folder to the disk, then write a manifest with their SHA-256.

    A folder with a manifest is complete: it is written last.
    """
    digests: dict[str, str] = {}
    for path in files_below(folder):
        sync(path)
        digests[path.relative_to(folder).as_posix()] = file_sha256(path)
    for path in sorted({folder, *(file.parent for file in files_below(folder))}):
        sync(path)
    write_text(folder / MANIFEST, to_json({**(about or {}), "sha256": digests}))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return a folder's manifest; None if there is none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "sha256" in content else None


def damage(folder: Path) -> str | None:
    """Say what is wrong with a sealed folder: no manifest, or a file missing or changed."""
    manifest = read_manifest(folder)
    if manifest is None:
        return f"{MANIFEST} is missing or damaged"
    for name, digest in manifest["sha256"].items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if file_sha256(path) != digest:
            return f"{name} is damaged: its content does not match {MANIFEST}"
    return None
