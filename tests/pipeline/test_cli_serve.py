from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import fit_fruit, run
from .results import make_results


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Path:
    """Return a model folder, made once."""
    return fit_fruit(tmp_path_factory.mktemp("project"), encoder_folder)


@pytest.fixture
def started(model: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the real command, with results and corrections."""
    make_results(tmp_path / "results")
    command = [sys.executable, "-m", "ontograft", "serve", str(model), "--port", "0"]
    command += ["--results", str(tmp_path / "results")]
    command += ["--corrections", str(tmp_path / "corrections"), "--threads", "1"]
    environment = {name: value for name, value in os.environ.items() if name != "ONTOGRAFT_TOKEN"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.kill()


class Server:
    """A server that runs elsewhere."""

    def __init__(self, address: str) -> None:
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S{40,})\n", address)
        assert found
        self.port, self.token = int(found[1]), found[2]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content)


@pytest.mark.slow
def test_it_serves_until_it_is_stopped(started: subprocess.Popen[str], tmp_path: Path) -> None:
    assert started.stdout is not None
    server = Server(started.stdout.readline())
    assert server.ask("GET", "/health") == (200, {"status": "ok"})
    while server.ask("GET", "/ready")[0] == 503:
        time.sleep(0.05)
    status, said = server.ask("POST", "/classify", {"text": "a good apple from the garden"})
    assert status == 200
    assert said["predictions"][0]["mentions"][0]["concept"] == "http://example.org/fruit/apple"
    status, said = server.ask("GET", "/about")
    assert (said["results"]["documents"], said["corrections"]) == (5, True)
    assert (tmp_path / "corrections").is_dir()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as half:
        half.sendall(b"POST /classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        began = time.monotonic()
        started.send_signal(signal.SIGTERM)
        _, told = started.communicate(timeout=20)
        assert time.monotonic() - began < 10
    assert started.returncode == 0
    assert told.splitlines() == [
        "loading the model",
        "ready",
        "stopping: what is at work is answered",
    ]


def test_a_model_that_is_not_there_is_an_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", tmp_path / "nothing", "--port", "0") == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("http://127.0.0.1:")
    assert shown.err.splitlines()[-1].endswith("make one with 'ontograft fit'")


def test_results_that_are_not_there_are_an_error(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", model, "--results", tmp_path / "nothing", "--port", "0") == 1
    assert "no such results folder" in capsys.readouterr().err


def test_a_server_for_others_needs_a_token(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ONTOGRAFT_TOKEN", raising=False)
    assert run("serve", model, "--host", "0.0.0.0", "--port", "0") == 1
    assert "opens the server to other machines" in capsys.readouterr().err


def test_a_server_for_others_says_so_and_keeps_the_token_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONTOGRAFT_TOKEN", "x" * 20)
    assert run("serve", tmp_path / "nothing", "--host", "0.0.0.0", "--port", "0") == 1
    shown = capsys.readouterr()
    assert re.fullmatch(r"http://localhost:\d+/\n", shown.out)
    assert "note: other machines can reach it, and what is sent is not encrypted" in shown.err
    assert "x" * 20 not in shown.err


def test_without_the_extra_it_says_what_to_install(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("ontograft.pipeline.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.h11_impl", None)
    assert run("serve", model) == 1
    assert "pip install 'ontograft[serve]'" in capsys.readouterr().err
