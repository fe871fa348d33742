"""The server's throughput against batch prediction by the same classifier over the same texts.

A classifier grafted with the Disease Ontology predicts Ohsumed abstracts: in one call, and behind
``ontograft serve`` in a process of its own, asked by concurrent clients that each send one text,
wait for its answer and send the next. Both take turns. Meanwhile another client asks ``/health``
fifty times a second, each time on a new connection.

    python benchmarks/serve.py [--texts 400] [--rounds 3] [--clients 16] [--threads 2]

Then 50,000 requests of words that no other has, to see whether memory stays flat:

    python benchmarks/serve.py --texts 0 --requests 50000

Or what other clients notice while 500 slow ones hold connections, and while queries are asked that
were made to kill the engine; both need a machine with nothing else to do:

    python benchmarks/serve.py --texts 0 --slow-clients 500 --torture
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
import yaml
from common import data_folder
from disturbing import measure_slow_clients, measure_torture, resident

from ontograft.data import CorpusColumns, few_shot_sample, read_corpus, stratified_split
from ontograft.data.samples import sample_path
from ontograft.pipeline import Classifier, Project, Splits, fit
from ontograft.pipeline.batch import predict_corpus

TOKEN = "the-token-of-the-benchmark"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@contextmanager
def server(model: Path, threads: int, *, results: Path | None = None) -> Iterator[tuple[int, int]]:
    """Serve a model in a process of its own; yield its port and process id."""
    command = [sys.executable, "-m", "ontograft", "serve", str(model), "--port", "0"]
    command += ["--threads", str(threads)]
    command += ["--results", str(results)] if results else []
    environment = {**os.environ, "ONTOGRAFT_TOKEN": TOKEN}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline().rsplit(":", 1)[1].strip("/\n"))
            while ask(port, "GET", "/ready")[0] != 200:
                time.sleep(0.2)
            yield port, process.pid
        finally:
            process.terminate()


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """Ask once, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def classify(port: int, texts: Sequence[str], clients: int) -> list[str]:
    """Send the texts, one a request, by clients that keep their connections; return the labels."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(texts)):
        waiting.put(number)
    labels = [""] * len(texts)

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                break
            body = json.dumps({"text": texts[number]})
            connection.request("POST", "/classify", body, HEADERS)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 200:
                labels[number] = json.loads(content)["predictions"][0]["label"]
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(clients)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return labels


@contextmanager
def watched(port: int) -> Iterator[list[float]]:
    """Ask ``/health`` again and again; yield the seconds that each answer took."""
    times: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            status, _ = ask(port, "GET", "/health")
            times.append(time.perf_counter() - began if status == 200 else 60.0)
            ended.wait(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield times
    finally:
        ended.set()
        watcher.join()


def timed(process: int, work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that something takes, and the CPU seconds of a process meanwhile."""
    began, used = time.perf_counter(), cpu_seconds(process)
    work()
    return time.perf_counter() - began, cpu_seconds(process) - used


def cpu_seconds(process: int) -> float:
    """Return the CPU seconds that all threads of a process have taken."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_model(folder: Path, count: int) -> tuple[Classifier, list[str]]:
    """Return a classifier made from five abstracts a class, and other abstracts to predict."""
    data = data_folder()
    corpus = data / "ohsumed-train.jsonl"
    columns = CorpusColumns(id="id", text="text", label="label")
    train, texts = stratified_split(list(read_corpus(corpus, columns=columns)), share=0.2, seed=0)
    project = Project.of(
        {
            "ontology": str(data / "doid-2016-03-04.obo"),
            "corpus": {"train": str(corpus), "id": "id"},
            "training": {"epochs": 0},  # the linear probe is enough here
        }
    )
    made = fit(project, output=folder, splits=Splits(few_shot_sample(train, 5, 0)))
    return made.classifier(), [document.text for document in texts[:count]]


def measure_throughput(count: int, rounds: int, clients: int, threads: int) -> None:
    """Print how fast the server is, and the same classifier in one call."""
    torch.set_num_threads(threads)
    health: list[float] = []
    spent: dict[str, list[tuple[float, float]]] = {"batch": [], "server": []}
    with tempfile.TemporaryDirectory() as folder:
        model, texts = make_model(Path(folder) / "model", count)
        labels = [prediction.label for prediction in model(texts)]  # warms up
        with server(Path(folder) / "model", threads) as (port, process):
            if classify(port, texts, clients) != labels:
                sys.exit("the server's labels are not those of the batch")
            for _ in range(rounds):
                spent["batch"].append(timed(os.getpid(), lambda: model(texts)))
                with watched(port) as times:
                    spent["server"].append(timed(process, lambda: classify(port, texts, clients)))
                health += times
    print(
        f"{count} abstracts, {clients} clients, {threads} threads, {rounds} rounds, "
        "median of the ratios\n"
    )
    print("| clock | batch, texts a second | server | throughput, server / batch |")
    print("|---|---|---|---|")
    for number, clock in enumerate(("wall", "CPU of the process")):
        batch, ours = ([times[number] for times in spent[what]] for what in ("batch", "server"))
        ratio = statistics.median(one / other for one, other in zip(batch, ours, strict=True))
        speeds = [count / statistics.median(times) for times in (batch, ours)]
        print(f"| {clock} | {speeds[0]:.1f} | {speeds[1]:.1f} | {ratio:.3f} |")
    cuts = statistics.quantiles(health, n=100)
    print(
        f"\n/health meanwhile, {len(health)} times: median {cuts[49] * 1000:.1f} ms, "
        f"p99 {cuts[98] * 1000:.1f} ms, greatest {max(health) * 1000:.1f} ms\n",
        flush=True,
    )


def measure_memory(requests: int, clients: int, threads: int) -> None:
    """Print the server's resident memory as it answers short texts, each with new words."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project.read(sample_path("project.yaml"))
        model = fit(project, output=Path(folder) / "model").folder
        with server(model, threads) as (port, process):
            points: list[tuple[int, float]] = []
            step = max(1, requests // 10)
            for start in range(0, requests, step):
                many = range(start, min(requests, start + step))
                texts = [f"Garden x{i}y shows rust since day w{i}z." for i in many]
                classify(port, texts, clients)
                points.append((many[-1] + 1, resident(process)))
    print(f"{requests} requests of new words\n")
    print("| requests | resident memory, MB |")
    print("|---|---|")
    for done, memory in points:
        print(f"| {done:,} | {memory:.0f} |")


def measure_disturbed(slow: int, torture: bool, threads: int) -> None:
    """Print what other clients notice of slow clients and of queries made to kill the engine."""
    with tempfile.TemporaryDirectory() as folder:
        sample = sample_path("project.yaml")
        content = yaml.safe_load(sample.read_text(encoding="utf-8"))
        content["training"]["epochs"] = 0  # the linear probe is enough here
        project = Project.of(content, base=sample.parent)
        made = fit(project, output=Path(folder) / "model")
        results = Path(folder) / "results"
        predict_corpus(made.classifier(), project.corpus.train, results)
        with server(made.folder, threads, results=results) as (port, process):
            if slow:
                measure_slow_clients(port, process, slow, HEADERS)
            if torture:
                measure_torture(port, HEADERS)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=int, default=400, help="abstracts for the throughput")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the throughput")
    parser.add_argument("--clients", type=int, default=16, help="concurrent clients")
    parser.add_argument("--threads", type=int, default=2, help="threads of the model")
    parser.add_argument("--requests", type=int, default=0, help="requests for the memory")
    parser.add_argument("--slow-clients", type=int, default=0, help="clients that never end")
    parser.add_argument("--torture", action="store_true", help="ask the worst queries meanwhile")
    options = parser.parse_args()
    if options.texts:
        measure_throughput(options.texts, options.rounds, options.clients, options.threads)
    if options.requests:
        measure_memory(options.requests, options.clients, options.threads)
    if options.slow_clients or options.torture:
        measure_disturbed(options.slow_clients, options.torture, options.threads)


if __name__ == "__main__":
    main()
