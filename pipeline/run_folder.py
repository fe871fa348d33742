"""The folder of a training run: one run at a time, continued only as what it began as.

output/run/run.json       what the run was started with
output/run/checkpoints/   sealed checkpoints
output/manifest.json      written last: from then on the folder is a finished model
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from ..errors import RunError
from .closing import Closing
from .files import MANIFEST, damage, to_json, write_text

logger = logging.getLogger(__name__)

Identity = Mapping[str, Any]
"""What a run is of: settings, and the fingerprints of corpus, ontology, encoder and libraries."""

_WORDS = {
    "settings": "the settings",
    "corpus": "the corpus",
    "labels": "the names of the labels",
    "label_concepts": "the concepts that labels stand for",
    "ontology": "the ontology",
    "linker": "what the linker learnt from gold mentions",
    "encoder": "the encoder",
    "libraries": "the library versions",
}


class RunFolder(Closing):
    """Hold the output folder for the length of a run; to be used with ``with``.

    Args:
        output: the output folder; made if it is not there.
        resume: whether to continue what is there.

    Raises:
        RunError: it holds something else, or another run is at work in it.
    """

    def __init__(self, output: Path, *, resume: bool) -> None:
        self.output = output
        self.run = output / "run"
        self.checkpoints = self.run / "checkpoints"
        self._lock: IO[str] | None = None
        self._check(resume=resume)

    @property
    def finished(self) -> bool:
        """Whether the folder holds a finished model."""
        return (self.output / MANIFEST).is_file()

    def __enter__(self) -> RunFolder:
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.run / "lock", self.output)
        return self

    def close(self) -> None:
        """Let the folder go; once it is finished, forget how to resume it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self.finished:
            shutil.rmtree(self.run, ignore_errors=True)

    def begin(self, identity: Identity) -> Path | None:
        """Note what the run is of, or check that it is still of the same.

        Returns:
            the newest checkpoint that is whole, to continue from; None to start at the beginning.

        Raises:
            RunError: the run was started with other settings, texts, ontology or encoder.
        """
        started = self.run / "run.json"
        if started.is_file():
            try:
                before = json.loads(started.read_text(encoding="utf-8"))
            except ValueError as error:
                raise RunError(f"{started}: is damaged; remove the folder to start anew") from error
            _refuse_changes(self.output, before, json.loads(to_json(dict(identity))))
            return self._newest_whole()
        write_text(started, to_json(dict(identity)))
        return None

    def _newest_whole(self) -> Path | None:
        """Return the newest whole checkpoint; the broken ones are removed, with a note."""
        found = [path for path in self.checkpoints.glob("checkpoint-*") if path.is_dir()]
        whole: list[Path] = []
        for path in sorted(found, key=_step, reverse=True):
            fault = damage(path)
            if fault is None:
                whole.append(path)
                continue
            logger.warning("%s is passed over and removed: %s", path.name, fault)
            shutil.rmtree(path)
        return whole[0] if whole else None

    def publish(self, folder: Path) -> None:
        """Move a finished, sealed model folder into place; its manifest comes last."""
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
            target = self.output / path.name
            if target.is_dir():
                shutil.rmtree(target)
            path.replace(target)
        shutil.rmtree(folder, ignore_errors=True)

    def _check(self, *, resume: bool) -> None:
        output = self.output
        if output.exists() and not output.is_dir():
            raise RunError(f"{output}: is a file; choose another --out")
        if not output.exists() or not any(output.iterdir()) or self._is_unbegun() or resume:
            if resume and output.exists() and any(output.iterdir()) and not self._ours():
                raise RunError(
                    f"{output}: holds no run of Ontograft that could be continued; choose another "
                    "--out"
                )
            return
        if self.finished:
            raise RunError(
                f"{output}: holds a finished model; choose another --out, or remove the folder"
            )
        if self._ours():
            raise RunError(
                f"{output}: holds an unfinished run; use --resume to continue it, or choose "
                "another --out"
            )
        raise RunError(f"{output}: is not empty; choose another --out")

    def _is_unbegun(self) -> bool:
        """Whether a run ended before it began: its texts or its ontology could not be read."""
        return (
            self.run.is_dir()
            and [path.name for path in self.output.iterdir()] == ["run"]
            and {path.name for path in self.run.iterdir()} <= {"lock", "checkpoints"}
        )

    def _ours(self) -> bool:
        return self.finished or self.run.is_dir()


def _step(path: Path) -> int:
    number = path.name.rsplit("-", 1)[-1]
    return int(number) if number.isdigit() else -1


def _refuse_changes(output: Path, before: Any, now: Any) -> None:
    for part, words in _WORDS.items():
        if before.get(part) == now.get(part):
            continue
        detail = difference(before.get(part), now.get(part))
        raise RunError(
            f"{output}: cannot be resumed: {words} changed since the run began{detail}; undo that, "
            "or choose another --out"
        )


def difference(before: Any, now: Any, name: str = "") -> str:
    """Name the first place where two settings differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key):
                return difference(before.get(key), now.get(key), f"{name}.{key}" if name else key)
    return f" ({name}: {before!r}, now {now!r})" if name else ""


def _lock(path: Path, output: Path) -> IO[str] | None:
    """Lock a file for this process; the system lets go of it however the process ends."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows; two runs in one folder stay the user's care
        return None
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise RunError(
            f"{output}: another run is at work in this folder; wait for it, or choose another --out"
        ) from error
    return file
