from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ontograft.pipeline.server_errors import ProblemError
from ontograft.pipeline.server_workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers("test", count=2, waiting=1)
    yield made
    made.close()


def test_a_function_runs_in_another_thread(workers: Workers) -> None:
    name = asyncio.run(workers.run(lambda prefix: prefix + threading.current_thread().name, "in "))
    assert name.startswith("in test-")
    assert workers.taken == 0


def test_an_error_reaches_whoever_asked(workers: Workers) -> None:
    def fail() -> None:
        raise KeyError("why")

    with pytest.raises(KeyError, match="why"):
        asyncio.run(workers.run(fail))
    assert asyncio.run(workers.run(lambda: 1)) == 1


def test_what_finds_no_place_is_refused(workers: Workers) -> None:
    gate = threading.Event()

    async def ask() -> None:
        taken = [asyncio.create_task(workers.run(gate.wait)) for _ in range(3)]
        while workers.taken < 3:
            await asyncio.sleep(0)
        with pytest.raises(
            ProblemError, match="too many queries wait already; try again"
        ) as caught:
            await workers.run(gate.wait)
        assert caught.value.status == 429
        gate.set()
        assert await asyncio.gather(*taken) == [True] * 3

    asyncio.run(ask())


def test_what_is_given_up_before_it_begins_is_not_done(workers: Workers) -> None:
    gate = threading.Event()
    done: list[int] = []

    async def ask() -> None:
        taken = [asyncio.create_task(workers.run(gate.wait)) for _ in range(2)]
        late = asyncio.create_task(workers.run(lambda: done.append(1)))
        while workers.taken < 3:
            await asyncio.sleep(0)
        late.cancel()
        gate.set()
        await asyncio.gather(*taken)
        while workers.taken:
            await asyncio.sleep(0)

    asyncio.run(ask())
    assert not done
