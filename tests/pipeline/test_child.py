from __future__ import annotations

import io
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from ontograft.pipeline.child import Child, ChildGoneError, read_frame, write_frame

WORKER = """
import os, sys, time
from ontograft.pipeline.child import answer_requests, confine
def answer(request):
    if request["do"] == "sleep":
        time.sleep(60)
    if request["do"] == "die":
        os._exit(7)
    if request["do"] == "fill":
        return {"filled": len(bytearray(3 << 30))}, b""
    if request["do"] == "spin":
        while True:
            pass
    proxies = [name for name in os.environ if name.endswith("_proxy")]
    return {"said": request["do"], "proxies": proxies}, b"body"
if __name__ == "__main__":
    answer_requests(answer, confine(memory_mb=int(sys.argv[1])))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a module that answers requests."""
    (tmp_path / "worker_of_test.py").write_text(WORKER)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    return "worker_of_test"


def test_a_frame_is_read_as_it_was_written() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"a": "ä"}, b"\x00\n")
    write_frame(pipe, {})
    pipe.seek(0)
    assert read_frame(pipe) == ({"a": "ä"}, b"\x00\n")
    assert read_frame(pipe) == ({}, b"")
    with pytest.raises(EOFError, match="the pipe was closed"):
        read_frame(pipe)


def test_requests_are_answered_without_our_proxies(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    child = Child(module, ["4096"])
    assert child.ask({"do": "a", "timeout_s": 30}, timeout_s=30) == (
        {"said": "a", "proxies": []},
        b"body",
    )
    assert child.alive
    child.close()
    assert not child.alive


def test_a_process_that_takes_too_long_is_killed(module: str) -> None:
    child = Child(module, ["4096"])
    begin = time.monotonic()
    with pytest.raises(ChildGoneError) as caught:
        child.ask({"do": "sleep", "timeout_s": 30}, timeout_s=0.2)
    assert caught.value.expired
    assert time.monotonic() - begin < 10
    assert not child.alive


def test_a_process_whose_parent_does_not_kill_it_ends_by_itself(module: str) -> None:
    child = Child(module, ["4096"])
    with pytest.raises(ChildGoneError) as caught:
        child.ask({"do": "spin", "timeout_s": 0.2}, timeout_s=60)
    assert (caught.value.expired, caught.value.code) == (False, -14)


@pytest.mark.parametrize(("do", "code"), [("die", 7), ("fill", 1)])
def test_a_process_that_dies_says_how(module: str, do: str, code: int) -> None:
    child = Child(module, ["1024"])
    with pytest.raises(ChildGoneError) as caught:
        child.ask({"do": do, "timeout_s": 30}, timeout_s=30)
    assert (caught.value.expired, caught.value.code) == (False, code)


def test_a_module_that_is_not_there_is_noticed() -> None:
    with pytest.raises(ChildGoneError, match="exit code: 1"):
        Child("ontograft.pipeline.nothing_like_it", [])


def test_a_confined_process_says_truly_whether_it_reaches_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "reach_of_test.py"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script.write_text(
            "import socket\n"
            "from ontograft.pipeline.child import answer_requests, confine\n"
            "about = confine(memory_mb=4096)\n"
            "def answer(request):\n"
            "    try:\n"
            f"        socket.create_connection(('127.0.0.1', {port}), 1).close()\n"
            "    except OSError:\n"
            "        return {'network': 'cut'}, b''\n"
            "    return {'network': 'open'}, b''\n"
            "answer_requests(answer, about)\n"
        )
        child = Child("reach_of_test", [])
        answer, _ = child.ask({"timeout_s": 30}, timeout_s=30)
        child.close()
    assert answer["network"] == child.about["network"]
