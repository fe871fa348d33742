from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from ontograft.pipeline.server_batching import BATCH_CHARACTERS, Batcher
from ontograft.pipeline.server_errors import ProblemError


class Model:
    """Answers a text with its length; remembers batches, and can be held up."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.gate.set()

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.begun.set()
        self.gate.wait()
        self.batches.append(list(texts))
        if "bad" in texts:
            raise ValueError("a bad text")
        return [len(text) for text in texts]


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def batcher() -> Iterator[Batcher]:
    made = Batcher(batch_texts=4, waiting_texts=20, waiting_characters=1000)
    yield made
    made.close()


async def hold_up(batcher: Batcher, model: Model) -> asyncio.Task[list[int]]:
    """Have the model begin a text that it does not end before the gate is opened."""
    model.gate.clear()
    first = asyncio.create_task(batcher.ask(model, ["first"]))
    await asyncio.to_thread(model.begun.wait)
    return first


async def queue(batcher: Batcher, model: Model, *requests: list[str]) -> list[list[int]]:
    """Answer requests that all wait while the model is held up."""
    first = await hold_up(batcher, model)
    waiting = [asyncio.create_task(batcher.ask(model, texts)) for texts in requests]
    while batcher.waiting < sum(map(len, requests)):
        await asyncio.sleep(0)
    model.gate.set()
    await first
    return list(await asyncio.gather(*waiting))


def test_answers_are_in_the_order_of_the_texts(batcher: Batcher, model: Model) -> None:
    texts = ["x" * length for length in (3, 9, 1, 5, 2, 8)]
    assert asyncio.run(batcher.ask(model, texts)) == [3, 9, 1, 5, 2, 8]
    assert asyncio.run(batcher.ask(model, [])) == []


def test_concurrent_requests_are_put_together(batcher: Batcher, model: Model) -> None:
    answers = asyncio.run(queue(batcher, model, ["a"], ["bb"], ["ccc"], ["dddd"]))
    assert answers == [[1], [2], [3], [4]]
    assert model.batches == [["first"], ["a", "bb", "ccc", "dddd"]]


def test_a_batch_is_of_texts_of_like_length(batcher: Batcher, model: Model) -> None:
    lengths = (10, 90, 11, 91, 12, 92, 13, 93)
    asyncio.run(queue(batcher, model, *(["x" * length] for length in lengths)))
    assert [sorted(map(len, batch)) for batch in model.batches[1:]] == [
        [10, 11, 12, 13],
        [90, 91, 92, 93],
    ]


def test_the_text_that_waits_longest_is_in_the_next_batch(batcher: Batcher, model: Model) -> None:
    asyncio.run(queue(batcher, model, ["x" * 100], *(["y"] for _ in range(8))))
    assert "x" * 100 in model.batches[1]


def test_requests_take_turns(batcher: Batcher, model: Model) -> None:
    asyncio.run(queue(batcher, model, ["long"] * 12, ["one"], ["two"]))
    assert {"one", "two"} <= set(model.batches[1])


def test_a_large_request_begins_with_its_longest_texts(batcher: Batcher, model: Model) -> None:
    texts = ["x" * length for length in (1, 50, 2, 51, 3, 52, 4, 53)]
    asyncio.run(queue(batcher, model, texts))
    assert [sorted(map(len, batch)) for batch in model.batches[1:]] == [
        [50, 51, 52, 53],
        [1, 2, 3, 4],
    ]


def test_a_batch_has_a_bound_in_characters_but_for_a_single_text() -> None:
    batcher, model = Batcher(batch_texts=4, waiting_characters=10**9), Model()
    long = "x" * (BATCH_CHARACTERS // 2 + 1)
    asyncio.run(queue(batcher, model, [long], [long], [long * 4]))
    batcher.close()
    assert list(map(len, model.batches)) == [1, 1, 1, 1]


def test_other_work_is_not_put_into_the_same_batch(batcher: Batcher, model: Model) -> None:
    other = Model()

    async def both() -> None:
        first = await hold_up(batcher, model)
        waiting = [
            asyncio.create_task(batcher.ask(which, ["a"])) for which in (other, model, other)
        ]
        alone = asyncio.create_task(batcher.alone(lambda: "done"))
        while batcher.waiting < 4:
            await asyncio.sleep(0)
        model.gate.set()
        await asyncio.gather(first, *waiting)
        assert await alone == "done"

    asyncio.run(both())
    assert other.batches == [["a", "a"]]
    assert model.batches == [["first"], ["a"]]


def test_a_bad_text_costs_the_others_nothing(batcher: Batcher, model: Model) -> None:
    async def ask() -> None:
        first = await hold_up(batcher, model)
        good = [asyncio.create_task(batcher.ask(model, [text])) for text in ("a", "bb")]
        bad = asyncio.create_task(batcher.ask(model, ["bad", "ccc"]))
        while batcher.waiting < 4:
            await asyncio.sleep(0)
        model.gate.set()
        await first
        assert list(await asyncio.gather(*good)) == [[1], [2]]
        with pytest.raises(ValueError, match="a bad text"):
            await bad
        assert await batcher.ask(model, ["after"]) == [5]

    asyncio.run(ask())


def test_a_request_that_is_given_up_leaves_the_queue(batcher: Batcher, model: Model) -> None:
    async def ask() -> None:
        first = await hold_up(batcher, model)
        gone = asyncio.create_task(batcher.ask(model, ["gone"] * 5))
        kept = asyncio.create_task(batcher.ask(model, ["kept"]))
        while batcher.waiting < 6:
            await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert batcher.waiting == 1
        model.gate.set()
        assert list(await asyncio.gather(first, kept)) == [[5], [4]]

    asyncio.run(ask())
    assert model.batches == [["first"], ["kept"]]
    assert batcher.waiting == 0


@pytest.mark.parametrize("texts", [["x"] * 16, ["x" * 1000]])
def test_more_than_may_wait_is_refused(texts: list[str], batcher: Batcher, model: Model) -> None:
    async def ask() -> None:
        first = await hold_up(batcher, model)
        waiting = asyncio.create_task(batcher.ask(model, ["x"] * 5))
        while batcher.waiting < 5:
            await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="5 texts wait .* try again in a few sec") as caught:
            await batcher.ask(model, texts)
        assert caught.value.status == 429
        assert int(caught.value.headers["Retry-After"]) > 0
        model.gate.set()
        await asyncio.gather(first, waiting)

    asyncio.run(ask())


def test_a_large_request_that_finds_nobody_waiting_is_taken(batcher: Batcher, model: Model) -> None:
    assert asyncio.run(batcher.ask(model, ["x" * 5000])) == [5000]


def test_batch_sizes_are_told(model: Model) -> None:
    told: list[int] = []
    batcher = Batcher(batch_texts=2, watch=told.append)
    asyncio.run(batcher.ask(model, ["a"] * 5))
    batcher.close()
    assert told == [2, 2, 1]
