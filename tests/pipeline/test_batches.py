from __future__ import annotations

import numpy as np
import torch

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Link
from ontograft.pipeline.batches import Collator, DocumentDataset, pad_windows
from ontograft.pipeline.features import EncodedDocument

GRAPH = KnowledgeGraph(
    [Concept(name) for name in "abcd"],
    [("a", BROADER, "b"), ("b", BROADER, "c"), ("a", "related", "d")],
)


def document(*windows: list[int], links: tuple[Link, ...] = (), label: int = 0) -> EncodedDocument:
    tokens = np.array([token for window in windows for token in window], dtype=np.int32)
    return EncodedDocument(tokens, tuple(map(len, windows)), links, label)


ONE = document([5, 6, 7], [8, 9], links=(Link(0, 0.5, 1, 3), Link(1, 1.0, 4, 5)), label=1)
TWO = document([4], label=0)
THREE = document([1, 2], links=(Link(3, 1.0, 0, 2),), label=2)


def test_windows_are_padded_to_the_longest() -> None:
    ids, mask, owner = pad_windows([ONE, TWO], pad_id=99)
    assert ids.tolist() == [[5, 6, 7], [8, 9, 99], [4, 99, 99]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0], [1, 0, 0]]
    assert owner.tolist() == [0, 0, 1]


def test_labels_come_first_for_the_trainer_to_count_documents() -> None:
    batch = Collator(None).collate([ONE, TWO])
    assert next(iter(batch)) == "labels"
    assert batch["labels"].tolist() == [1, 0]
    assert "num_documents" not in batch
    assert Collator(None).collate([ONE, TWO], labels=False)["num_documents"] == 2


def test_links_are_spans_of_their_windows() -> None:
    batch = Collator(GRAPH).collate([TWO, ONE, THREE])
    assert batch["link_window"].tolist() == [1, 2, 3]
    assert batch["link_token_start"].tolist() == [1, 1, 0]
    assert batch["link_token_end"].tolist() == [3, 2, 2]
    assert batch["concept_ids"][batch["link_node"]].tolist() == [0, 1, 3]
    assert batch["link_score"].tolist() == [0.5, 1.0, 1.0]


def test_the_closure_has_ancestors_with_decay() -> None:
    batch = Collator(GRAPH, decay=0.5).collate([ONE])
    weights = dict(
        zip(
            batch["concept_ids"][batch["closure_node"]].tolist(),
            batch["closure_weight"].tolist(),
            strict=True,
        )
    )
    assert weights == {0: 0.5, 1: 0.25 + 1.0, 2: 0.125 + 0.5}


def test_neighbours_are_for_training_only() -> None:
    training = Collator(GRAPH, hops=1, training=True).collate([ONE])
    assert training["concept_ids"].tolist() == [0, 1, 2, 3]
    assert Collator(GRAPH, hops=1).collate([ONE])["concept_ids"].tolist() == [0, 1, 2]


def test_the_budget_is_for_training_only() -> None:
    training = Collator(GRAPH, max_nodes=2, training=True).collate([ONE])
    assert len(training["concept_ids"]) == 2
    assert len(Collator(GRAPH, max_nodes=2).collate([ONE])["concept_ids"]) == 3


def test_documents_without_links_give_empty_arrays() -> None:
    batch = Collator(GRAPH).collate([TWO])
    for name in ("concept_ids", "closure_document", "closure_weight", "link_window"):
        assert batch[name].shape == (0,)
    assert batch["edge_index"].shape == (2, 0)


def test_plain_bert_gets_no_knowledge() -> None:
    assert set(Collator(None).collate([ONE])) == {
        "labels",
        "input_ids",
        "attention_mask",
        "window_document",
    }


def test_labels_of_other_tasks() -> None:
    values = [EncodedDocument(ONE.tokens, ONE.windows, (), value) for value in (0.5, 2.0)]
    assert torch.equal(Collator(None).collate(values)["labels"], torch.tensor([0.5, 2.0]))
    rows = [
        EncodedDocument(ONE.tokens, ONE.windows, (), np.array(row, dtype=np.float32))
        for row in ([0, 1], [1, 1])
    ]
    assert Collator(None).collate(rows)["labels"].tolist() == [[0, 1], [1, 1]]


def test_items_of_the_dataset_tell_their_length() -> None:
    dataset = DocumentDataset([ONE, TWO])
    assert [len(dataset[number]["input_ids"]) for number in range(len(dataset))] == [5, 1]
