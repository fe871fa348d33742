from __future__ import annotations

from ontograft.kg.modifiers import ModifierCounts


def counted(*concepts: list[str], stop: frozenset[str] = frozenset()) -> ModifierCounts:
    counts = ModifierCounts(stop)
    for names in concepts:
        counts.add(names)
    return counts


def test_a_word_before_the_last_one_in_ten_concepts_is_general() -> None:
    concepts = [[f"acute disease{number}"] for number in range(10)]
    assert counted(*concepts).general(10) == {"acute"}
    assert counted(*concepts[1:]).general(10) == frozenset()


def test_a_concept_counts_once_however_many_names_it_has() -> None:
    names = [f"acute disease{number}" for number in range(20)]
    assert counted(names).general(1) == frozenset()


def test_in_a_large_ontology_more_is_needed() -> None:
    counts = counted(*([f"acute disease{number}"] for number in range(29)))
    assert counts.general(10_000) == frozenset()
    assert counts.general(9_000) == {"acute"}


def test_a_word_that_ends_as_many_names_is_not_general() -> None:
    concepts = [[f"fever {number}x"] for number in range(10)] + [["fever"]] * 10
    assert counted(*concepts).general(20) == frozenset()


def test_numbers_and_words_to_pass_over_are_not_general() -> None:
    concepts = [[f"7 of type{number}"] for number in range(12)]
    assert counted(*concepts, stop=frozenset({"of"})).general(12) == frozenset()
