"""What batch prediction is tested with: rows, and a model that needs no training, nor PyTorch."""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ontograft.data import CorpusColumns
from ontograft.kg import BROADER, NIL, Candidate, Concept, KnowledgeGraph, Label, LabelKind, Mention
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.record_schema import Scores

BASE = "http://example.org/"
WORDS = "An apple and a pear. A plum for all; chronic and acute. Fruit of the day."
NAMES = {"apple": "fruit", "pear": "fruit", "fruit": "plant", "plant": ""}


def rows(count: int, *, bad: int = 7) -> list[dict[str, object]]:
    """Return rows of which every ``bad``-th cannot be read."""
    return [
        {"id": f"d{number}", "text": f"Case {number}. {WORDS}" if number % bad else None}
        for number in range(count)
    ]


def write_rows(path: Path, content: Sequence[dict[str, object]]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in content))
    return path


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files of a results folder; of the manifest all but the times and its checksum."""
    content = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(content["manifest.json"])
    for changing in ("started", "finished", "checksum"):
        del manifest[changing]
    return {**content, "manifest.json": json.dumps(manifest).encode()}


def graph() -> KnowledgeGraph:
    """Return an ontology of four concepts: apple and pear are fruits, a fruit is a plant."""
    concepts = [
        Concept(BASE + name, labels=(Label(LabelKind.PREFERRED, "en", name),)) for name in NAMES
    ]
    edges = [(BASE + name, BROADER, BASE + parent) for name, parent in NAMES.items() if parent]
    return KnowledgeGraph(concepts, edges, iri=BASE, version="7")


class StubPredictor:
    """Scores by a checksum of the text; mentions are words of four concepts, or NIL."""

    def __init__(self, task: str = "single-label", *, name: str = "stub") -> None:
        names = ("value",) if task == "regression" else ("bad", "good", "ugly")
        self.labels = LabelSet(task, names)
        self.columns = CorpusColumns(id="id", text="text", label="label")
        self.graph: KnowledgeGraph | None = graph()
        self.language = "en"
        self.name = name
        self.calls: list[int] = []

    def identity(self) -> dict[str, Any]:
        """Return what it is."""
        model = {"name": self.name, "sha256": "0" * 64, "task": self.labels.task}
        return {"model": model | {"labels": list(self.labels.labels)}, "settings": {"threads": 1}}

    def scores(self, texts: Sequence[str]) -> Scores:
        """Score texts, each by itself."""
        self.calls.append(len(texts))
        values = np.array([self._values(text) for text in texts])
        return Scores(values, [self._mentions(text) for text in texts])

    def _values(self, text: str) -> list[float]:
        sums = [zlib.crc32(f"{label} {text}".encode()) % 1000 + 1 for label in self.labels.labels]
        if self.labels.task == "single-label":
            return [part / sum(sums) for part in sums]
        return [part / 1000 for part in sums]

    def _mentions(self, text: str) -> list[Mention]:
        found = re.finditer(r"\b(apple|pear|fruit|plum)\b", text)
        return [_mention(match.start(), match.group()) for match in found]


class Failing(StubPredictor):
    """Breaks down at its n-th shard."""

    def __init__(self, shard: int) -> None:
        super().__init__()
        self.left = shard

    def scores(self, texts: Sequence[str]) -> Scores:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().scores(texts)


class Notes:
    """A reporter that remembers what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.stages: dict[str, int | None] = {}
        self.done = 0

    def stage(self, title: str, total: int | None = None) -> Any:
        self.stages[title] = total
        return nullcontext(self._advance if title == "predicting" else lambda _: None)

    def _advance(self, count: int) -> None:
        self.done += count

    def note(self, message: str) -> None:
        self.notes.append(message)


def _mention(start: int, word: str) -> Mention:
    if word not in NAMES:
        return Mention(start, start + len(word), word, NIL, "", 0.0, ())
    candidate = Candidate(BASE + word, word, LabelKind.PREFERRED, 0.9, "exact")
    return Mention(start, start + len(word), word, candidate.iri, word, 0.9, (candidate,))


def main() -> None:
    """Predict a corpus in a process of its own: CORPUS OUT SHARD_SIZE."""
    from ontograft.errors import OntograftError
    from ontograft.pipeline.batch import predict_corpus

    corpus: Any = sys.argv[1] if sys.argv[1] != "-" else sys.stdin.buffer
    try:
        predict_corpus(StubPredictor(), corpus, sys.argv[2], shard_size=int(sys.argv[3]))
    except OntograftError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
