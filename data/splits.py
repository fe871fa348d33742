"""Stratified splits, folds and few-shot samples, the same whatever the order of the rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ..errors import CorpusError
from .corpus import Document
from .labels import labels_of

_NO_LABEL = ("",)  # the stratum of documents without a label; no label has this name
_MAX_BINS = 10


def stratified_split(
    documents: Sequence[Document], *, share: float, seed: int
) -> tuple[list[Document], list[Document]]:
    """Return the rest and a part that holds ``share`` of the documents of each label.

    A label with two documents or more is in both; a single one stays in the rest. Documents with
    several labels are dealt by iterative stratification, so for them both hold as far as their
    label sets allow. Numbers are stratified by quantile. Both lists are in the order of the ids,
    and neither depends on the order of ``documents``.

    Raises:
        CorpusError: the share is not between 0 and 1, or there are fewer than two documents.
    """
    if not 0 < share < 1:
        raise CorpusError(f"share must be between 0 and 1, got {share}")
    if len(documents) < 2:
        raise CorpusError(f"cannot split {len(documents)} documents; expected at least two")
    ordered = _by_id(documents)
    strata = _strata(ordered)
    quotas = _split_quotas(_members(strata), share)
    part = _deal(strata, quotas, np.random.default_rng(seed))
    rest, held = (
        [document for document, number in zip(ordered, part, strict=True) if number == wanted]
        for wanted in (0, 1)
    )
    return rest, held


def stratified_folds(
    documents: Sequence[Document], *, folds: int, seed: int
) -> list[tuple[list[Document], list[Document]]]:
    """Return the rest and the held-out documents of each fold; each document is held out once.

    A label is in as many folds as it has documents, at most all. Order and seed as in
    :func:`stratified_split`.

    Raises:
        CorpusError: there are fewer than two folds, or fewer documents than folds.
    """
    if folds < 2:
        raise CorpusError(f"folds must be at least 2, got {folds}")
    if len(documents) < folds:
        raise CorpusError(
            f"cannot make {folds} folds of {len(documents)} documents; expected a document for "
            "each fold; ask for fewer folds"
        )
    ordered = _by_id(documents)
    strata = _strata(ordered)
    quotas = {label: [len(members) / folds] * folds for label, members in _members(strata).items()}
    part = _deal(strata, quotas, np.random.default_rng(seed))
    numbered = list(zip(ordered, part, strict=True))
    return [
        (
            [document for document, number in numbered if number != fold],
            [document for document, number in numbered if number == fold],
        )
        for fold in range(folds)
    ]


def few_shot_sample(documents: Sequence[Document], per_label: int, seed: int) -> list[Document]:
    """Return ``per_label`` documents of each label, or all where a label has fewer.

    With one label a document, a smaller sample of the same seed is part of a larger one. With
    several, documents are taken until each label has enough, so that common labels get more.
    The sample is in the order of the ids and does not depend on the order of ``documents``.

    Raises:
        CorpusError: ``per_label`` is below 1, or the documents carry no labels by name.
    """
    if per_label < 1:
        raise CorpusError(f"per_label must be at least 1, got {per_label}")
    ordered = _by_id(documents)
    missing = defaultdict[str, int](lambda: per_label)
    taken = []
    for index in np.random.default_rng(seed).permutation(len(ordered)).tolist():
        labels = labels_of(ordered[index])
        if any(missing[label] > 0 for label in labels):
            taken.append(index)
            for label in labels:
                missing[label] -= 1
    if not taken:
        raise CorpusError(
            f"none of {len(ordered)} documents has a label; expected labels by name (few-shot "
            "samples are for single-label and multi-label corpora)"
        )
    return [ordered[index] for index in sorted(taken)]


def _by_id(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: (document.id, document.source, document.text))


def _strata(documents: Sequence[Document]) -> list[tuple[str, ...]]:
    """Return the labels of each document; for numbers the quantile it lies in."""
    values = [d.label for d in documents if isinstance(d.label, int | float)]
    if not values:
        return [labels_of(document) or _NO_LABEL for document in documents]
    # At least five documents a bin, so that each bin can be divided.
    bins = max(1, min(_MAX_BINS, len(values) // 5))
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return [
        (str(int(np.searchsorted(edges, d.label, side="right"))),)
        if isinstance(d.label, int | float)
        else _NO_LABEL
        for d in documents
    ]


def _members(strata: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
    members = defaultdict[str, list[int]](list)
    for index, labels in enumerate(strata):
        for label in labels:
            members[label].append(index)
    return dict(sorted(members.items()))


def _split_quotas(members: dict[str, list[int]], share: float) -> dict[str, list[float]]:
    """Return how many documents of each label go to the rest and to the part.

    Whole numbers by largest remainder, so that they add up to the share of all as nearly as the
    bounds allow: a label with two documents or more has one on each side, a single one is in the
    rest.
    """
    counts = {label: len(indices) for label, indices in members.items()}
    exact = {label: count * share for label, count in counts.items()}
    quota = {
        label: min(max(math.floor(exact[label]), min(1, count - 1)), count - 1)
        for label, count in counts.items()
    }
    short = math.floor(sum(exact.values()) + 0.5) - sum(quota.values())
    for label in sorted(counts, key=lambda name: (quota[name] - exact[name], name)):
        if short > 0 and quota[label] < min(exact[label], counts[label] - 1):
            quota[label] += 1
            short -= 1
    if not any(quota.values()):
        raise CorpusError(
            f"cannot split {sum(counts.values())} documents: no label has two; expected a label "
            "with at least two documents"
        )
    return {label: [float(n - quota[label]), float(quota[label])] for label, n in counts.items()}


def _deal(
    strata: Sequence[tuple[str, ...]],
    quotas: dict[str, list[float]],
    generator: np.random.Generator,
) -> list[int]:
    """Return the part that each document goes to, by iterative stratification.

    The label with the fewest documents left is dealt first: each of its documents goes to the part
    that wants most of this label, then most documents of any label, then the first. With one
    label a document this fills whole quotas exactly. Follows Sechidis, Tsoumakas and Vlahavas,
    "On the stratification of multi-label data" (ECML PKDD 2011).
    """
    shuffled = generator.permutation(len(strata)).tolist()
    left = {label: len(indices) for label, indices in _members(strata).items()}
    waiting = defaultdict[str, list[int]](list)
    for index in shuffled:
        for label in strata[index]:
            waiting[label].append(index)
    wanted = {label: list(quota) for label, quota in quotas.items()}
    parts = range(len(next(iter(quotas.values()))))
    overall = [sum(quota[part] for quota in quotas.values()) for part in parts]
    part_of = [-1] * len(strata)
    while left:
        rarest = min(left, key=lambda label: (left[label], label))
        for index in waiting[rarest]:
            if part_of[index] >= 0:
                continue
            wants = wanted[rarest]
            part = max(parts, key=lambda p: (wants[p], overall[p], -p))
            part_of[index] = part
            for label in strata[index]:
                wanted[label][part] -= 1
                overall[part] -= 1
                left[label] -= 1
        del left[rarest]
    return part_of
