"""What users correct, kept in files that training and tuning read as they are.

labels.jsonl   one line for each text with a corrected label: id, text, label
links.jsonl    one line for each text with corrected links: id, text, mentions

docs/corrections.md describes them.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from ..errors import CorpusError
from .closing import Closing
from .correction_checks import (
    LabelCorrection,
    LinkCorrection,
    check_link,
    check_text,
    checked_label,
)
from .correction_places import others_than, pieces_of, places_of, span_of
from .files import held
from .keyed_lines import KeyedLines, Row
from .labels import plain

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Mention
    from .labels import LabelSet

__all__ = ["Corrections", "Kind", "LabelCorrection", "LinkCorrection"]

Kind = Literal["labels", "links"]
"""What was corrected: the label of a text, or the concept of a mention."""

RECENT: Final = 20
"""How many of the latest corrections are listed."""

_SHOWN: Final = 120


class Corrections(Closing):
    """A folder of corrections; may be used from many threads, and by one process at a time.

    A correction is on the disk before it is acknowledged. A later one of the same text, or of the
    same place in it, replaces the earlier. See ``KeyedLines`` for what a crash leaves behind.

    Args:
        folder: the folder; it is made if it is not there.

    Raises:
        CorpusError: it cannot be made, another process keeps its corrections there, or a file is
            damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(
                f"{self.folder}: cannot be made a folder ({error.strerror}); name another folder "
                "with --corrections"
            ) from error
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._closed = False
        try:
            self._held.enter_context(held(self.folder))
        except BlockingIOError as error:
            raise CorpusError(
                f"{self.folder}: another process keeps its corrections here; end it, or name "
                "another folder with --corrections"
            ) from error
        try:
            self._files: dict[Kind, KeyedLines] = {
                kind: KeyedLines(self.folder / f"{kind}.jsonl", _key) for kind in get_args(Kind)
            }
        except BaseException:
            self._held.close()
            raise
        self._ids: dict[str, str] = {}
        self._links = 0
        said: list[Row] = []
        for kind, rows in self._files.items():
            for row in rows:
                self._ids.setdefault(row["id"], _key(row))
                for one in _said(kind, row):
                    self._links += kind == "links"
                    said.append(one)
        said.sort(key=lambda one: int(one["number"]))
        self._number = int(said[-1]["number"]) if said else 0
        self._recent = deque(said[-RECENT:], maxlen=RECENT)

    def close(self) -> None:
        """Let go of the folder, after a correction that is being written; no more are kept."""
        with self._lock:
            self._closed = True
            self._held.close()

    @property
    def counts(self) -> dict[Kind, int]:
        """How many texts have a corrected label, and how many mentions a corrected concept."""
        with self._lock:
            return {"labels": len(self._files["labels"]), "links": self._links}

    def recent(self) -> list[Row]:
        """Return the latest corrections, the last one first; of each text the beginning."""
        with self._lock:
            return list(reversed(self._recent))

    def content(self, kind: Kind) -> bytes:
        """Return the file of labels or of links, as it is."""
        with self._lock:
            return self._files[kind].content()

    def add_label(self, correction: LabelCorrection, known: LabelSet) -> int:
        """Keep the label of a text; return the number of the correction.

        Args:
            correction: the label.
            known: the labels of the model.

        Raises:
            CorpusError: the model has no such label, no file can hold the text, or they are closed.
            OSError: it cannot be written.
        """
        check_text(correction.text, correction.document)
        label = checked_label(correction.label, known)
        with self._writing():
            row = self._begun(correction.text, correction.document, "labels")
            row |= {"label": label, "predicted": plain(correction.predicted)}
            row |= self._stamp()
            self._files["labels"].put(row)
            return self._told("labels", row, row)

    def add_link(
        self,
        correction: LinkCorrection,
        graph: KnowledgeGraph,
        mentions: Sequence[Mention] = (),
    ) -> int:
        """Keep the concept of a mention; return the number of the correction.

        Args:
            correction: the concept.
            graph: the ontology.
            mentions: what the linker finds in the text. Of these, the linked ones that cross no
                correction are kept beside it, so that the line is of the whole text: a mention
                that a line has not would count as wrong when a linker is measured on it.

        Raises:
            CorpusError: the concept is unknown, the place is not in the text, no file can hold
                the text, or they are closed.
            OSError: it cannot be written.
        """
        check_text(correction.text, correction.document)
        check_link(correction, graph)
        with self._writing():
            row = self._begun(correction.text, correction.document, "links")
            corrected = {
                (one["start"], one["end"]): one
                for one in row.get("mentions", ())
                if "number" in one
            }
            span = correction.start, correction.end
            new = span_of(correction.text, *span, pieces_of(correction, mentions)) | {
                "iri": correction.concept,
                "predicted": correction.predicted,
            }
            is_new = span not in corrected
            corrected[span] = new | self._stamp()
            others = others_than(
                correction.text, mentions, [places_of(one) for one in corrected.values()]
            )
            order = sorted(
                [*corrected.values(), *others], key=lambda one: (one["start"], -one["end"])
            )
            row["mentions"] = order
            self._files["links"].put(row)
            self._links += is_new
            return self._told("links", row, corrected[span])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise CorpusError(
                    f"{self.folder}: no more corrections are kept here: the server is stopping; "
                    "send it again when it is back"
                )
            yield

    def _begun(self, text: str, document: str | None, kind: Kind) -> Row:
        """Return the row that there is of a text, or the beginning of a new one."""
        key = _digest(text)
        kept = self._files[kind].get(key)
        if kept is not None:
            return kept
        id = document or f"text-{key[:16]}"
        if self._ids.get(id, key) != key:  # another text of the same name
            id = f"{id}-{key[:16]}"
        self._ids[id] = key
        return {"id": id, "text": text}

    def _stamp(self) -> Row:
        return {
            "number": self._number + 1,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }

    def _told(self, kind: Kind, row: Row, correction: Row) -> int:
        self._number += 1
        number = int(correction["number"])
        self._recent.append(next(one for one in _said(kind, row) if one["number"] == number))
        return number


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(row: Row) -> str:
    """Return what tells a text from others; a row that is no correction is an error."""
    kind: Kind = "links" if "mentions" in row else "labels"
    for one in _said(kind, row):
        _ = one["number"] + 1
    return _digest(row["text"])


def _said(kind: Kind, row: Row) -> list[Row]:
    """Return the corrections of a row, as they are listed."""
    about = {"document": row["id"], "text": row["text"][:_SHOWN]}
    if kind == "labels":
        label = {name: row[name] for name in ("number", "time", "label", "predicted")}
        return [{"kind": "label", **about, **label}]
    return [
        {
            "kind": "link",
            **about,
            **{name: one[name] for name in ("number", "time", "start", "end", "predicted")},
            "concept": one["iri"],
            "mention": one["text"],
        }
        for one in row["mentions"]
        if "number" in one
    ]
