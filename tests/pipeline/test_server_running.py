from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from ontograft.errors import SettingsError
from ontograft.pipeline.server_running import TOKEN_VARIABLE, choose_token, listen, make_server
from ontograft.pipeline.server_settings import ServerSettings

from .served import TOKEN, StubClassifier, make_served, running
from .test_server_protocol import HEAD, HEALTH, answer, connected, rest

READY = f"GET /ready HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
CLASSIFY = HEAD + b'Content-Length: 16\r\n\r\n{"text":"apple"}'


def test_it_stops_in_order() -> None:
    stub = StubClassifier()
    with running(make_served(stub, drain_s=1.0)) as (port, server):
        stub.gate.clear()
        with connected(port) as works, connected(port) as half, connected(port) as idle:
            works.sendall(CLASSIFY)
            half.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
            idle.sendall(HEALTH)
            answer(idle)
            while server.lifetime.at_work < 2:
                time.sleep(0.001)
            began = time.monotonic()
            server.handle_exit(signal.SIGTERM, None)
            assert rest(half).startswith(b"HTTP/1.1 503")  # dropped as soon as it stops
            with connected(port) as asks:  # it still listens, and says that it stops
                asks.sendall(READY)
                assert b"503 Service Unavailable" in (said := answer(asks))
                assert said.endswith(b'{"status":"stopping"}')
            assert rest(idle) == b""
            stub.gate.set()
            assert answer(works).startswith(b"HTTP/1.1 200")  # what was at work is answered
        while server.servers[0].is_serving() or server.server_state.connections:
            time.sleep(0.01)
        assert time.monotonic() - began < 5
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


def test_what_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    stub = StubClassifier()
    caplog.set_level(logging.CRITICAL, "uvicorn.error")
    with running(make_served(stub, drain_s=0.1, stop_s=0.3)) as (port, server):
        stub.gate.clear()
        with connected(port) as works:
            works.sendall(CLASSIFY)
            while server.lifetime.at_work < 1:
                time.sleep(0.001)
            began = time.monotonic()
            server.should_exit = True
            rest(works)
            assert time.monotonic() - began < 5
    stub.gate.set()


def test_a_second_interrupt_stops_at_once() -> None:
    server = make_server(make_served(), ServerSettings(token=TOKEN, port=0))
    server.handle_exit(signal.SIGINT, None)
    assert (server.should_exit, server.force_exit) == (True, False)
    server.handle_exit(signal.SIGINT, None)
    assert server.force_exit


def test_signals_are_given_back() -> None:
    server = make_server(make_served(), ServerSettings(token=TOKEN, port=0))
    before = signal.getsignal(signal.SIGTERM)
    with server.capture_signals():
        assert signal.getsignal(signal.SIGTERM) == server.handle_exit
        signal.raise_signal(signal.SIGTERM)
        assert server.should_exit
    assert signal.getsignal(signal.SIGTERM) == before
    seen: list[object] = []

    def capture() -> None:
        with server.capture_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=capture)  # only the main thread may
    thread.start()
    thread.join()
    assert seen == [before]


def test_what_cannot_be_loaded_ends_the_server() -> None:
    from ontograft.pipeline.server_running import serve

    def load() -> None:
        raise SettingsError("nothing to serve")

    listening, settings = listen(ServerSettings(port=0, token=TOKEN))
    told: list[str] = []
    with pytest.raises(SettingsError, match="nothing to serve"):
        serve(load, listening, settings, told=told.append)  # type: ignore[arg-type]
    assert told == []


def test_it_tells_when_it_is_ready_and_when_it_stops() -> None:
    told: list[str] = []
    listening, settings = listen(ServerSettings(port=0, token=TOKEN, drain_s=0.05))
    server = make_server(lambda: make_served(), settings, told=told.append)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while told != ["ready"]:
        time.sleep(0.01)
    server.should_exit = True
    thread.join(10)
    assert told == ["ready", "stopping: what is at work is answered"]


def test_a_port_that_is_taken_is_told() -> None:
    first, settings = listen(ServerSettings(port=0))
    assert settings.port > 0
    with first, pytest.raises(SettingsError, match=rf"--port {settings.port}: cannot be listened"):
        listen(settings)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="choose another port, or 0 for any free one"):
        listen(ServerSettings(host="192.0.2.1", port=0))


def test_it_listens_on_ipv6() -> None:
    try:
        opened, settings = listen(ServerSettings(host="[::1]", port=0))
    except SettingsError:
        pytest.skip("this machine has no IPv6")
    with opened:
        assert opened.family == socket.AF_INET6
        assert settings.port > 0


def test_a_token_is_made_up_for_a_loopback_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    token, made = choose_token(None, "127.0.0.1")
    assert made
    assert len(token) >= 40
    assert token != choose_token(None, "localhost")[0]


def test_a_server_for_others_needs_a_token_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    for host in ("0.0.0.0", "192.168.1.2", "texts.local", "::"):
        with pytest.raises(SettingsError, match="opens the server to other machines, and needs a "):
            choose_token(None, host)
    monkeypatch.setenv(TOKEN_VARIABLE, f" {TOKEN}\n")
    assert choose_token(None, "0.0.0.0") == (TOKEN, False)


def test_the_token_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "another-token-than-this")
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert choose_token(file, "0.0.0.0") == (TOKEN, False)
    for content in ("short", "", "x" * 20 + " " + "y"):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(SettingsError, match="at least 16 characters and no space; make one"):
            choose_token(file, "127.0.0.1")
    file.write_bytes(b"\xff" * 20)
    with pytest.raises(SettingsError, match="cannot be read .it is not in UTF-8"):
        choose_token(file, "127.0.0.1")
    with pytest.raises(SettingsError, match="token2: cannot be read .No such file"):
        choose_token(tmp_path / "token2", "127.0.0.1")
