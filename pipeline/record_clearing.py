"""What in a results folder is of a run: what may lie there, and what is cleared away."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from ..errors import ResultsError
from .files import MANIFEST, sync
from .record import REJECTED
from .record_manifest import JOURNAL, part_path
from .record_schema import SHARDED, WHOLE

_FINISHED: Final = (MANIFEST, REJECTED, "store", *(f"{name}.parquet" for name in WHOLE))
"""What lies in the folder of a finished run; the store is what queries make from the record."""


def check_owner(folder: Path) -> None:
    """Refuse a folder with files that no run of ours left there.

    Raises:
        ResultsError: it holds some.
    """
    content = {path.name for path in folder.iterdir() if not _is_unfinished(path)}
    ours = {MANIFEST, JOURNAL} & content
    strange = sorted(content.difference(_FINISHED, SHARDED, {JOURNAL}))
    if strange or (content and not ours):
        raise ResultsError(
            f"{folder}: is not empty, and what it holds is not only results of Ontograft "
            f"({', '.join(strange or sorted(content))[:80]}); choose another --out"
        )


def remove_finished(folder: Path) -> None:
    """Remove what makes a run a finished one, the manifest first, and what queries made of it."""
    for name in _FINISHED:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        sync(folder)


def remove_unnoted(folder: Path, shards: Collection[int]) -> None:
    """Remove what a run that broke off left half-written, or wrote and could not note.

    Args:
        folder: the results folder.
        shards: the numbers of the shards that the journal notes.
    """
    noted = {part_path(table, number) for table in SHARDED for number in shards}
    for place in (folder, *(folder / table for table in SHARDED)):
        for path in place.iterdir():
            name = path.relative_to(folder).as_posix()
            if _is_unfinished(path) or (place != folder and name not in noted):
                path.unlink()


def _is_unfinished(path: Path) -> bool:
    """Return whether a file is one that ``replacing`` could not bring to its place."""
    return path.name.startswith(".") and path.name.endswith(".tmp")
