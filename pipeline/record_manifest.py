"""The manifest of a results folder, and the journal that a run keeps until it is written.

Both are JSON with a checksum of themselves, so that a change in them is noticed, too. The first
line of the journal is what the run was begun with; each other line is a shard that is finished.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..errors import ResultsError
from .files import MANIFEST, to_json
from .record_schema import FORMAT

JOURNAL: Final = "journal.jsonl"
"""The file in which a run notes each shard that it has finished; gone when the run has."""

IDENTITY: Final = ("model", "ontology", "corpus", "settings")
"""What a run is of: the parts of the manifest that decide what comes out."""

_RUNS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://ontograft.org/ns#run")


def part_path(table: str, shard: int) -> str:
    """Return where the rows of a shard are, below the results folder."""
    return f"{table}/part-{shard:06d}.parquet"


def stamped(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with a checksum of itself, so that a change in it is noticed."""
    return {**content, "checksum": _checksum(content)}


def unstamped(text: str) -> dict[str, Any] | None:
    """Return what ``stamped`` was given; None if the text is not that, or was changed."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "checksum" not in content:
        return None
    stated = content.pop("checksum")
    return content if stated == _checksum(content) else None


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def read_manifest(folder: Path, *, partial: bool = False) -> dict[str, Any]:
    """Return the manifest of a results folder; see ``Results.open``.

    Raises:
        ResultsError: there is none, it is damaged, or of another version.
    """
    path = folder / MANIFEST
    if not path.is_file():
        if not (folder / JOURNAL).is_file():
            raise ResultsError(
                f"{folder}: {MANIFEST} is missing: this is no results folder; make one with "
                "'ontograft predict ... --out'"
            )
        if not partial:
            raise ResultsError(
                f"{folder}: the run in this folder is not finished; continue it with the same "
                "'ontograft predict' command"
            )
        return partial_manifest(folder)
    try:
        manifest = unstamped(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        manifest = None
    if manifest is None:
        raise ResultsError(
            f"{path}: is damaged, or was not written by 'ontograft predict'; copy the folder "
            "again, or predict anew with --overwrite"
        )
    if manifest.get("format") != FORMAT:
        raise ResultsError(
            f"{path}: has format {manifest.get('format')}, expected {FORMAT}; use the version of "
            "Ontograft that wrote it, or predict anew"
        )
    return manifest


def partial_manifest(folder: Path) -> dict[str, Any]:
    """Return a manifest of what a run has finished so far, from its journal.

    Raises:
        ResultsError: the journal is damaged at its beginning.
    """
    started, shards = read_journal(folder / JOURNAL)
    return manifest_of(started, list(shards.values()), status="partial")


def manifest_of(
    started: Mapping[str, Any],
    shards: Sequence[Mapping[str, Any]],
    *,
    status: str,
    rejected: int | None = None,
) -> dict[str, Any]:
    """Return a manifest.

    Args:
        started: what the run was begun with: model, ontology, corpus, settings, time, files.
        shards: what it finished.
        status: ``complete`` or ``partial``.
        rejected: how many rows could not be read; those up to the last shard unless given.
    """
    documents, labels, mentions, linked, refused = (
        sum(shard[name] for shard in shards)
        for name in ("documents", "labels", "mentions", "linked", "rejected")
    )
    refused = refused if rejected is None else rejected
    return {
        "format": FORMAT,
        "run": run_id(started),
        "status": status,
        **started,
        "counts": {
            "rows": documents + refused,
            "read": documents,
            "rejected": refused,
            "documents": documents,
            "labels": labels,
            "mentions": mentions,
            "linked": linked,
        },
        "shards": list(shards),
    }


def run_id(started: Mapping[str, Any]) -> str:
    """Return the UUID of a run: the same for the same model, ontology, corpus and settings."""
    return str(uuid.uuid5(_RUNS, _canonical({name: started[name] for name in IDENTITY})))


def read_journal(path: Path) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """Return what a run was begun with, and the shards that it has finished, by number.

    A line that is not whole, as the last one may be after a crash, is passed over: its shard
    counts as not finished. If a shard is noted twice, the later line holds.

    Raises:
        ResultsError: the first line is not whole.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    started = unstamped(lines[0])
    if started is None:
        raise ResultsError(
            f"{path}: is damaged; start anew with --overwrite, or choose another --out"
        )
    noted = [content for line in lines[1:] if (content := unstamped(line)) is not None]
    shards = {content["number"]: content for content in noted}
    return started, dict(sorted(shards.items()))


def journal_line(content: Mapping[str, Any]) -> str:
    """Return a line of the journal."""
    return to_json(stamped(content), indent=None) + "\n"
