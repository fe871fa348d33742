from __future__ import annotations

import os
import signal
import sys

import pytest

from ontograft.kg import name_work
from ontograft.kg.forms import Forms
from ontograft.kg.guards import Guard
from ontograft.kg.name_work import NameWork

LABELS = [f"cancer, breast number {number}" for number in range(10)]
GUARDS = [Guard.NEVER if number == 3 else Guard.FREE for number in range(10)]

forked = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


def orders() -> NameWork:
    forms = Forms("en", vary=True, stop=frozenset(), shouting=False)
    return NameWork(forms, LABELS, [forms.fold(label) for label in LABELS], GUARDS)


def found_by(made: NameWork) -> list[tuple[int, set[str]]]:
    """Return the rows with their orders, read from the words of each."""
    found: dict[int, set[str]] = {}
    for chunk in made():
        words, place = list(chunk.words), 0
        for row, length in zip(chunk._row, chunk._length, strict=True):
            order = " ".join(words[word] for word in chunk._word[place : place + length])
            found.setdefault(row, set()).add(order)
            place += length
    return list(found.items())


def expected() -> list[tuple[int, set[str]]]:
    forms = Forms("en", vary=True, stop=frozenset(), shouting=False)
    return [
        (row, forms.orders(label, forms.fold(label), GUARDS[row]))
        for row, label in enumerate(LABELS)
        if row != 3
    ]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten names are so many that a process helps with them, two at a time."""
    monkeypatch.setattr(name_work, "_LEAST_FORKED", 10)
    monkeypatch.setattr(name_work, "_CHUNK", 2)


def test_few_names_need_no_second_process() -> None:
    made = orders()
    assert made._pool is None
    assert found_by(made) == expected()


@forked
@pytest.mark.usefixtures("many")
def test_a_second_process_gives_the_same_in_order() -> None:
    made = orders()
    assert found_by(made) == expected()
    assert made._pool is not None


@forked
@pytest.mark.usefixtures("many")
def test_the_guards_count_as_they_were_when_it_began() -> None:
    guards = list(GUARDS)
    forms = Forms("en", vary=True, stop=frozenset(), shouting=False)
    made = NameWork(forms, LABELS, [forms.fold(label) for label in LABELS], guards)
    guards[0] = Guard.NEVER
    assert found_by(made) == expected()


@forked
@pytest.mark.usefixtures("many")
def test_what_a_killed_process_leaves_is_done_here() -> None:
    made = orders()
    assert made._pool is not None
    pid = made._pool.submit(os.getpid).result()
    os.kill(pid, signal.SIGKILL)
    assert found_by(made) == expected()
    assert list(made.related(["cancer"])) == [list(made._forms.related("cancer"))]


@forked
@pytest.mark.usefixtures("many")
def test_a_second_process_gives_related_words_in_their_order() -> None:
    made = orders()
    words = ["tumour", "", "ii", "cancer", "breast"]
    assert list(made.related(words)) == [list(made._forms.related(word)) for word in words]
    made.close()
