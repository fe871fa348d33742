from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ontograft.pipeline.server import make_app

from .conversing import Client, run
from .served import StubClassifier, client, make_served

APPLE = json.dumps({"text": "an apple"}).encode()


def test_a_body_may_come_in_pieces() -> None:
    async def talk(app: Any) -> None:
        one = Client(app)
        work = one.start()
        for number in range(len(APPLE)):
            one.send(APPLE[number : number + 1], more=True)
        one.send(b"")
        await work
        assert one.status == 200

    run(make_served(), talk)


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    async def talk(app: Any) -> None:
        one = Client(app)
        await one.start(headers=[(b"content-length", b"1001")])
        assert one.status == 413
        assert "longer than 1000 bytes; send it in several requests" in one.detail

    run(make_served(body_bytes=1000), talk)


def test_a_body_that_turns_out_too_long_is_dropped() -> None:
    async def talk(app: Any) -> None:
        one = Client(app)
        work = one.start()
        for _ in range(11):
            one.send(b"x" * 100, more=True)
        await work
        assert one.status == 413

    run(make_served(body_bytes=1000), talk)


def test_a_body_that_does_not_come_is_waited_for_no_longer() -> None:
    async def talk(app: Any) -> None:
        one = Client(app)
        work = one.start()
        one.send(b'{"te', more=True)
        await work
        assert one.status == 408
        assert one.headers["connection"] == "close"
        assert "did not come within 0.05 s; send it faster" in one.detail

    run(make_served(body_s=0.05), talk)


def test_all_bodies_together_have_a_bound() -> None:
    async def talk(app: Any) -> None:
        slow = [Client(app) for _ in range(3)]
        work = [one.start() for one in slow]
        for one in slow:
            one.send(b" " * 400, more=True)
            await asyncio.sleep(0.01)
        await work[2]
        assert slow[2].status == 503
        assert slow[2].headers["retry-after"]
        assert "the server is reading too much already; try again" in slow[2].detail
        for one in slow[:2]:
            one.send(APPLE)
        await asyncio.gather(*work)
        assert [one.status for one in slow[:2]] == [200, 200]
        again = Client(app)
        work[0] = again.start()
        again.send(b" " * 900 + APPLE)
        await work[0]
        assert again.status == 200  # what the others held was given back

    run(make_served(body_bytes=1000, bodies_bytes=1000), talk)


def test_a_request_of_a_client_that_went_away_is_given_up() -> None:
    stub = StubClassifier()
    stub.gate.clear()
    served = make_served(stub, batch_texts=1)

    async def talk(app: Any) -> None:
        waits, goes = Client(app), Client(app)
        first, second = waits.start(), goes.start()
        waits.send(APPLE)
        await asyncio.to_thread(stub.begun.wait)
        goes.send(APPLE)
        while served.batcher.waiting < 1:
            await asyncio.sleep(0)
        goes.leave()
        await second
        assert not goes.sent
        assert served.batcher.waiting == 0
        assert app.state.lifetime.at_work == 1
        stub.gate.set()
        await first
        assert waits.status == 200

    run(served, talk)
    assert stub.calls == [1]


def test_a_client_that_goes_before_its_body_is_there_gets_no_answer() -> None:
    async def talk(app: Any) -> None:
        one = Client(app)
        work = one.start()
        one.send(b"{", more=True)
        one.leave()
        await work
        assert not one.sent
        assert app.state.lifetime.at_work == 0

    run(make_served(), talk)


def test_more_requests_than_may_be_at_work_are_refused() -> None:
    async def talk(app: Any) -> None:
        slow = [Client(app) for _ in range(2)]
        work = [one.start() for one in slow]
        await asyncio.sleep(0.01)
        late = Client(app)
        await late.start()
        assert late.status == 503
        assert "2 requests are at work already; try again" in late.detail
        health = Client(app)
        healthy = health.start("/health")
        health.send(b"")
        await healthy
        assert health.status == 405  # it was let through: POST is not possible there
        for one in slow:
            one.send(APPLE)
        await asyncio.gather(*work)
        assert [one.status for one in slow] == [200, 200]

    run(make_served(requests=2), talk)


def test_while_it_stops_what_is_at_work_is_answered_and_nothing_else() -> None:
    stub = StubClassifier()
    stub.gate.clear()

    async def talk(app: Any) -> None:
        one, half = Client(app), Client(app)
        work, rest = one.start(), half.start()
        one.send(APPLE)
        half.send(b"{", more=True)
        await asyncio.to_thread(stub.begun.wait)
        app.state.lifetime.stop.set()
        await rest
        assert half.status == 503
        assert "the server is stopping; ask again when it is back" in half.detail
        assert half.headers["connection"] == "close"
        late = Client(app)
        await late.start()
        assert late.status == 503
        stub.gate.set()
        await work
        assert one.status == 200

    run(make_served(stub), talk)


def test_while_it_stops_it_says_so() -> None:
    app = make_app(make_served())
    known = client(app)
    app.state.lifetime.stop.set()
    answer = known.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "stopping"})
    assert known.get("/health").status_code == 200


@pytest.mark.parametrize("headers", [{"X-Many": "x" * 20_000}, {f"X-{n}": "1" for n in range(80)}])
def test_a_head_that_is_too_large_is_refused(headers: dict[str, str]) -> None:
    known = client(make_served())
    answer = known.get("/about", headers=headers)
    assert answer.status_code == 431
    assert "expected at most 64 and 16384" in answer.json()["detail"]
    assert known.get("/about", params={"x": "y" * 20_000}).status_code == 431


@pytest.mark.parametrize(
    "stated",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonx",
    ],
)
def test_a_body_of_another_type_is_refused(stated: str) -> None:
    known = client(make_served())
    answer = known.post("/classify", content=APPLE, headers={"Content-Type": stated})
    assert answer.status_code == 415
    assert "expected 'Content-Type: application/json'" in answer.json()["detail"]


def test_json_may_state_its_charset() -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client(make_served()).post("/link", content=APPLE, headers=headers).status_code == 200


def test_a_full_queue_is_told() -> None:
    stub = StubClassifier()
    stub.gate.clear()
    served = make_served(stub, waiting_texts=2, batch_texts=1)

    async def talk(app: Any) -> None:
        clients = [Client(app) for _ in range(3)]
        work = []
        for number, one in enumerate(clients):  # the first is at work, the others wait
            work.append(one.start())
            one.send(APPLE)
            await asyncio.to_thread(stub.begun.wait)
            while served.batcher.waiting < number:
                await asyncio.sleep(0)
        late = Client(app)
        last = late.start()
        late.send(APPLE)
        await last
        assert late.status == 429
        assert late.headers["retry-after"]
        assert "2 texts wait for the model already" in late.detail
        stub.gate.set()
        await asyncio.gather(*work)
        assert [one.status for one in clients] == [200] * 3

    run(served, talk)
