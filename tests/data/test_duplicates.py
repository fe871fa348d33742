from __future__ import annotations

import random

import pytest

from ontograft.data import Document, find_duplicates
from ontograft.errors import CorpusError

_LETTERS = random.Random(0)
WORDS = [
    "".join(_LETTERS.choices("abcdefghijklmnop", k=_LETTERS.randint(2, 11))) for _ in range(3000)
]


def texts(count: int, generator: random.Random, words: int = 80) -> list[str]:
    return [" ".join(generator.choices(WORDS, k=words)) for _ in range(count)]


def documents(some: list[str], label: str = "x") -> list[Document]:
    return [Document(str(i), text, label) for i, text in enumerate(some)]


def test_all_exact_duplicates_are_found_whatever_their_case_and_space() -> None:
    train = texts(200, random.Random(0))
    test = [f"  {text.upper()} ".replace(" ", "\n ") for text in train]
    report = find_duplicates({"train": documents(train), "test": documents(test)})
    assert report.shared("train", "test") == (200, 0)
    assert report.near == ()


@pytest.mark.parametrize("edit", ["words", "typos", "appended", "punctuation", "cut"])
def test_near_duplicates_are_found(edit: str) -> None:
    generator = random.Random(1)
    train = texts(300, generator)
    test = []
    for text in train:
        words = text.split()
        if edit == "words":
            for i in generator.sample(range(len(words)), 6):
                words[i] = generator.choice(WORDS)
        elif edit == "typos":
            for i in generator.sample(range(len(words)), 10):
                at = generator.randrange(len(words[i]))
                words[i] = words[i][:at] + "q" + words[i][at + 1 :]
        elif edit == "appended":
            words += generator.choices(WORDS, k=20)
        elif edit == "punctuation":
            words = [word + generator.choice(",;. ") for word in words]
        else:
            words = words[:65]
        test.append(" ".join(words))
    report = find_duplicates({"train": documents(train), "test": documents(test)})
    exact, near = report.shared("train", "test")
    assert exact + near >= 0.95 * len(test)


def test_unrelated_texts_of_one_vocabulary_are_no_duplicates() -> None:
    report = find_duplicates({"train": documents(texts(300, random.Random(2)))})
    assert report == find_duplicates({})
    assert report.lines() == ()


def test_groups_name_their_documents_and_labels() -> None:
    train = [*documents(["The heart.", "The liver."], "a"), Document("9", "the  HEART.", "b")]
    report = find_duplicates({"train": train, "test": documents(["The heart.", "The lung."])})
    (group,) = report.exact
    assert [(m.split, m.id, m.label) for m in group.members] == [
        ("train", "0", "a"),
        ("train", "9", "b"),
        ("test", "0", "x"),
    ]
    assert group.labels_differ
    assert report.lines() == (
        "train: 1 documents repeat the text of an earlier one, 0 nearly",
        "test: 1 documents have their text in train too, 0 nearly: scores on them are too good",
        "1 texts occur with different labels",
    )


def test_near_groups_hold_all_copies_and_the_lowest_similarity() -> None:
    text = texts(1, random.Random(3))[0]
    near = text + " and one more thing"
    report = find_duplicates({"a": documents([text, text]), "b": documents([near, near + " yet"])})
    (group,) = report.near
    assert [(m.split, m.id) for m in group.members] == [
        ("a", "0"),
        ("a", "1"),
        ("b", "0"),
        ("b", "1"),
    ]
    assert 0.9 < group.similarity < 1
    assert report.shared("a", "b") == (0, 2)
    assert report.shared("a", "a") == (1, 0)


def test_texts_without_letters_are_left_out() -> None:
    assert find_duplicates({"a": documents(["", "", " - ", "-"])}) == find_duplicates({})


def test_a_thousand_copies_of_a_form_are_one_group() -> None:
    form = texts(1, random.Random(4))[0]
    some = [f"{form} number {i}" for i in range(1000)]
    (group,) = find_duplicates({"a": documents(some)}).near
    assert len(group.members) == 1000


def test_the_report_is_the_same_each_time() -> None:
    train = texts(50, random.Random(5), words=12)
    splits = {"train": documents(train), "test": documents([text[:-9] for text in train])}
    assert find_duplicates(splits) == find_duplicates(splits)


@pytest.mark.parametrize("threshold", [0.4, 1.1])
def test_thresholds_out_of_range_are_refused(threshold: float) -> None:
    with pytest.raises(CorpusError, match=f"threshold must be between 0.5 and 1, got {threshold}"):
        find_duplicates({}, threshold=threshold)
