from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker
from ontograft.kg.processes import link_texts

GRAPH = KnowledgeGraph([Concept("x:a", labels=(Label(LabelKind.PREFERRED, "en", "cancer"),))])
TEXTS = ["a cancer", "", "nothing", "cancers of the cancer"] * 5

FORKED = """
import torch
torch.set_num_threads(2)
x = torch.randn(300_000)
torch.sigmoid(x).sum()  # starts the threads that a fork does not take along

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, build_nlp, mentions_of
graph = KnowledgeGraph([Concept("x:a", labels=(Label(LabelKind.PREFERRED, "en", "cancer"),))])
nlp = build_nlp(graph)

def uses_torch(doc):
    assert torch.get_num_threads() == 1
    torch.sigmoid(x).sum()
    return doc

nlp.component("uses_torch", func=uses_torch)
nlp.add_pipe("uses_torch")
docs = nlp.pipe(["a cancer"] * 40, n_process=2, batch_size=5)
print(sum(len(mentions_of(doc)) for doc in docs))
"""

LEFT_BEHIND = """
import os, time
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, build_nlp
graph = KnowledgeGraph([Concept("x:a", labels=(Label(LabelKind.PREFERRED, "en", "cancer"),))])
nlp = build_nlp(graph)

def tells(doc):
    os.write(1, f"{os.getpid()}\\n".encode())
    return doc

nlp.component("tells", func=tells)
nlp.add_pipe("tells")

def endless():
    while True:
        yield "a cancer"
        time.sleep(0.01)

for doc in nlp.pipe(endless(), n_process=2, batch_size=1):
    pass
"""


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
def test_processes_give_what_one_gives() -> None:
    linker = Linker.build(GRAPH)
    found = list(link_texts(linker, iter(TEXTS), processes=2, batch_size=3))
    assert found == [linker(text) for text in TEXTS]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_killed_process_ends_the_work() -> None:
    def texts() -> Iterator[str]:
        yield from TEXTS
        tasks = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        workers = [
            int(child)
            for child in tasks
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        os.kill(workers[0], signal.SIGKILL)
        while True:
            yield "a cancer"

    start = time.monotonic()
    with pytest.raises(OntologyError, match="a linking process was killed, perhaps for want of"):
        list(link_texts(Linker.build(GRAPH), texts(), processes=2, batch_size=1))
    assert time.monotonic() - start < 60


@pytest.mark.slow
def test_forked_workers_do_not_wait_for_threads_of_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == ["40"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_workers_end_with_their_parent() -> None:
    command = [sys.executable, "-c", LEFT_BEHIND]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = {int(next(parent.stdout)) for _ in range(20)}
        assert len(workers) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 10
        while any(map(is_alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(is_alive, workers))
