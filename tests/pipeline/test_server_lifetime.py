from __future__ import annotations

import asyncio
import threading

from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_lifetime import Lifetime

from .served import client, make_served


def test_a_server_is_starting_then_ready_then_stopping() -> None:
    lifetime = Lifetime()
    assert (lifetime.status, lifetime.stopping) == ("starting", False)
    served = make_served()
    lifetime.begin(served)
    assert (lifetime.status, lifetime.stopping) == ("ready", False)
    lifetime.stop.set()
    assert (lifetime.status, lifetime.stopping) == ("stopping", True)
    served.close()


def test_it_is_told_the_size_of_each_batch() -> None:
    sizes: list[int] = []
    served = make_served()
    Lifetime(sizes.append).begin(served)
    asyncio.run(served.predict(["an apple", "a pear"]))
    assert sizes == [2]
    served.close()


def test_who_asks_before_the_model_is_there_is_told_to_wait() -> None:
    gate = threading.Event()
    served = make_served()
    app = make_app(lambda: (gate.wait(10), served)[1], settings=served.settings)
    with client(app) as asking:
        answer = asking.get("/about")
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert "the server is starting: the model is being loaded" in answer.json()["detail"]
        gate.set()
