"""What knowledge costs: a fused training step and a fused prediction against text only.

The models have the shape of a 6-layer MiniLM (random weights cost the same as trained ones) and
take turns in one process, so that whatever else the machine does falls on all alike. Reported are
medians of CPU time (of all threads together, which other processes do not add to), and medians of
the ratios to the text-only model in the same round.

    python benchmarks/step_cost.py [--rounds 20] [--threads 1]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor
from transformers import BertConfig

from ontograft.model import (
    CHANNELS,
    OntograftConfig,
    OntograftForSequenceClassification,
    unit,
    with_inverses,
)
from ontograft.pipeline.building import freeze

TEXTS, TOKENS, LABELS = 16, 200, 23
LINKS_A_TEXT, ENTRIES_A_TEXT = 6, 40
CONCEPTS, RELATIONS, EDGES = 7_000, 4, 8_000
NODES, NODE_EDGES = 300, 350
RETRIEVED, ANCESTORS = 10, 8


def build(
    channels: tuple[str, ...], objective: dict[str, float]
) -> OntograftForSequenceClassification:
    """Return a classifier with the shape of MiniLM and these channels, as ``fit`` builds it."""
    encoder = BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536
    )
    config = OntograftConfig(
        encoder=encoder,
        channels=channels,
        num_labels=LABELS,
        num_concepts=CONCEPTS,
        num_relations=RELATIONS,
        objective=objective,
        retrieved_concepts=RETRIEVED if "closure" in channels else 0,
    )
    model = OntograftForSequenceClassification(config)
    model.set_concept_vectors(unit(torch.randn(CONCEPTS, 384)))
    edges = torch.randint(0, CONCEPTS, (2, EDGES)), torch.randint(0, RELATIONS, (EDGES,))
    model.set_graph(*with_inverses(*edges, num_relations=RELATIONS))
    pointer = torch.arange(CONCEPTS + 1) * ANCESTORS
    model.set_closure(
        pointer,
        torch.randint(0, CONCEPTS, (CONCEPTS * ANCESTORS,)),
        torch.rand(CONCEPTS * ANCESTORS),
    )
    model.set_anchor()
    freeze(model, "auto")
    return model


def make_batch() -> dict[str, Tensor]:
    """Return a batch of the size that abstracts and a disease ontology give."""
    links, entries = TEXTS * LINKS_A_TEXT, TEXTS * ENTRIES_A_TEXT
    edges = torch.randint(0, NODES, (2, NODE_EDGES)), torch.randint(0, RELATIONS, (NODE_EDGES,))
    edge_index, edge_type = with_inverses(*edges, num_relations=RELATIONS)
    start = torch.randint(1, TOKENS - 4, (links,))
    return {
        "labels": torch.randint(0, LABELS, (TEXTS,)),
        "input_ids": torch.randint(1000, 30000, (TEXTS, TOKENS)),
        "attention_mask": torch.ones(TEXTS, TOKENS, dtype=torch.long),
        "window_document": torch.arange(TEXTS),
        "concept_ids": torch.randperm(CONCEPTS)[:NODES].sort().values,
        "edge_index": edge_index,
        "edge_type": edge_type,
        "closure_document": torch.arange(TEXTS).repeat_interleave(ENTRIES_A_TEXT),
        "closure_node": torch.randint(0, NODES, (entries,)),
        "closure_weight": torch.rand(entries),
        "link_window": torch.arange(TEXTS).repeat_interleave(LINKS_A_TEXT),
        "link_node": torch.randint(0, NODES, (links,)),
        "link_score": torch.rand(links),
        "link_token_start": start,
        "link_token_end": start + 3,
    }


def training_step(
    model: OntograftForSequenceClassification, batch: dict[str, Tensor]
) -> Callable[[], None]:
    """Return a function that does one step of AdamW."""
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=1e-5, fused=True)

    def step() -> None:
        model.train()
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def prediction(
    model: OntograftForSequenceClassification, batch: dict[str, Tensor]
) -> Callable[[], None]:
    """Return a function that predicts one batch."""
    inputs = {name: value for name, value in batch.items() if name != "labels"}

    @torch.inference_mode()
    def step() -> None:
        if model.training:
            model.eval()  # type: ignore[no-untyped-call]
        model(**inputs, num_documents=TEXTS)

    return step


def interleaved(functions: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of each function in each round, all taking turns."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for round_number in range(rounds + 1):
        for name, function in functions.items():
            start = time.process_time()
            function()
            if round_number > 0:  # the first round warms up
                times[name].append(time.process_time() - start)
    return times


def summary(times: dict[str, list[float]], name: str) -> str:
    """Return the median milliseconds of a model, and its median ratio to text only."""
    ratios = [one / base for one, base in zip(times[name], times["text only"], strict=True)]
    return f"{statistics.median(times[name]) * 1000:.0f} | {statistics.median(ratios):.3f}"


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how many rounds are measured")
    parser.add_argument("--threads", type=int, default=1, help="how many threads torch may use")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    batch = make_batch()
    terms = {"consistency": 0.1, "graph": 0.1, "alignment": 0.1, "anchor": 0.01}
    models = {"text only": build((), {})}
    models |= {channel: build((channel,), {}) for channel in CHANNELS}
    models["all channels"] = build(CHANNELS, {})
    models["all channels, all terms"] = build(CHANNELS, terms)
    print(
        f"{TEXTS} texts of {TOKENS} tokens, {options.threads} thread(s), {options.rounds} rounds\n"
    )
    print("| model | training step, ms | ratio | predicting, ms | ratio |")
    print("|---|---|---|---|---|")
    trained = interleaved(
        {name: training_step(model, batch) for name, model in models.items()}, options.rounds
    )
    predicted = interleaved(
        {name: prediction(model, batch) for name, model in models.items()}, options.rounds
    )
    for name in models:
        print(f"| {name} | {summary(trained, name)} | {summary(predicted, name)} |")


if __name__ == "__main__":
    main()
