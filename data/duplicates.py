"""Texts that occur twice: within a split they bias training, between splits they leak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusError
from .corpus import Document
from .fields import Label
from .shingles import Hashes, jaccard, minhash_signatures, normalised, shingle_sets

# 40 bands of 4 rows: a pair at similarity 0.6 is a candidate with probability 0.996, one at 0.5
# with 0.92, and one at 0.1, as unrelated texts of one field have it, with 0.004.
_BANDS, _BAND_ROWS = 40, 4
_NEIGHBOURS = 20
_SLACK = 0.2  # five standard deviations of a similarity of 0.6 estimated from 160 places


class Member(NamedTuple):
    """A document of a group of duplicates."""

    split: str
    id: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Documents with the same text (``exact``), or linked by nearly the same texts (``near``).

    Attributes:
        kind: ``exact``: equal but for case, Unicode compatibility forms and white space.
        members: In the order of the splits and of their documents.
        similarity: The smallest similarity of the pairs that connected the group; 1.0 if exact.
    """

    kind: Literal["exact", "near"]
    members: tuple[Member, ...]
    similarity: float

    @property
    def labels_differ(self) -> bool:
        """Whether two members carry different labels."""
        return len({member.label for member in self.members}) > 1


@dataclass(frozen=True, slots=True)
class DuplicateReport:
    """The groups of exact and near duplicates of a corpus.

    A near group holds all copies of its texts, so that an exact group can be part of it.
    """

    exact: tuple[DuplicateGroup, ...]
    near: tuple[DuplicateGroup, ...]

    def shared(self, first: str, second: str) -> tuple[int, int]:
        """Return how many documents of ``second`` have a duplicate in ``first``: exact, near.

        With the same split twice: how many documents repeat another one of it. A document with
        exact and near duplicates counts as exact.
        """
        exact = self._repeated(self.exact, first, second)
        return len(exact), len(self._repeated(self.near, first, second) - exact)

    @staticmethod
    def _repeated(groups: Sequence[DuplicateGroup], first: str, second: str) -> set[str]:
        ids: set[str] = set()
        for group in groups:
            here = [member.id for member in group.members if member.split == second]
            if first == second:
                ids.update(here[1:])  # the first one is no repetition
            elif any(member.split == first for member in group.members):
                ids.update(here)
        return ids

    def lines(self) -> tuple[str, ...]:
        """Return what a user should know, a line for each two splits that share texts."""
        names = dict.fromkeys(m.split for g in (*self.exact, *self.near) for m in g.members)
        lines = []
        for name in names:
            exact, near = self.shared(name, name)
            if exact or near:
                lines.append(
                    f"{name}: {exact} documents repeat the text of an earlier one, {near} nearly"
                )
        for first, second in combinations(names, 2):
            exact, near = self.shared(first, second)
            if exact or near:
                lines.append(
                    f"{second}: {exact} documents have their text in {first} too, {near} nearly: "
                    "scores on them are too good"
                )
        differing = sum(group.labels_differ for group in self.exact)
        if differing:
            lines.append(f"{differing} texts occur with different labels")
        return tuple(lines)


def find_duplicates(
    splits: Mapping[str, Sequence[Document]], *, threshold: float = 0.6, seed: int = 0
) -> DuplicateReport:
    """Return the exact and near duplicates within and between the splits.

    Texts are near duplicates if their sets of five-character shingles have a Jaccard similarity of
    at least ``threshold``; candidates come from MinHash and locality-sensitive hashing, and each
    is verified. For a text of a hundred words 0.6 allows about one word in eight to differ, for a
    title one or two words. Texts without a letter or digit have no duplicates.

    Args:
        splits: The documents of each split, by its name.
        threshold: From 0.5 to 1; below that candidates would be missed.
        seed: Of the hash functions.

    Raises:
        CorpusError: the threshold is out of range.
    """
    if not 0.5 <= threshold <= 1:
        raise CorpusError(f"threshold must be between 0.5 and 1, got {threshold}")
    copies = _copies(splits)
    groups = list(copies.values())
    exact = tuple(DuplicateGroup("exact", tuple(group), 1.0) for group in groups if len(group) > 1)
    sets = shingle_sets(list(copies))
    generator = np.random.default_rng(seed)
    signatures = minhash_signatures(sets, _BANDS * _BAND_ROWS, generator)
    near = tuple(
        DuplicateGroup("near", tuple(m for text in texts for m in groups[text]), similarity)
        for texts, similarity in _linked(sets, signatures, threshold)
    )
    return DuplicateReport(exact, near)


def _copies(splits: Mapping[str, Sequence[Document]]) -> dict[str, list[Member]]:
    """Return the documents that share each normalised text."""
    copies = defaultdict[str, list[Member]](list)
    for split, documents in splits.items():
        for document in documents:
            text = normalised(document.text)
            if any(map(str.isalnum, text)):
                copies[text].append(Member(split, document.id, document.label))
    return copies


def _candidates(signatures: Hashes, agreement: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share a band and agree in enough places, each once, in order.

    In a bucket each text meets the next 20 only: a boilerplate text in thousands of copies would
    make millions of pairs, and a chain of neighbours links it as well.
    """
    count = len(signatures)
    keys: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    for band in range(0, signatures.shape[1], _BAND_ROWS):
        rows = np.ascontiguousarray(signatures[:, band : band + _BAND_ROWS])
        buckets = rows.view(f"V{rows.itemsize * _BAND_ROWS}").ravel()
        _, bucket = np.unique(buckets, return_inverse=True)
        order = np.argsort(bucket, kind="stable")  # (text,), the texts of a bucket side by side
        bucket = bucket[order]
        for step in range(1, min(_NEIGHBOURS, count - 1) + 1):
            same = bucket[step:] == bucket[:-step]
            if not same.any():
                break
            keys.append(order[:-step][same] * count + order[step:][same])
    pairs = np.unique(np.concatenate(keys))
    for start in range(0, len(pairs), 4096):
        first, second = np.divmod(pairs[start : start + 4096], count)
        agree = (signatures[first] == signatures[second]).mean(axis=1)
        likely = agree >= agreement
        yield from zip(first[likely].tolist(), second[likely].tolist(), strict=True)


def _linked(
    sets: Sequence[Hashes], signatures: Hashes, threshold: float
) -> Iterator[tuple[list[int], float]]:
    """Yield the texts that similar pairs connect, with the smallest similarity among the pairs.

    Pairs that are connected already are not compared again.
    """
    parent = list(range(len(sets)))

    def root(text: int) -> int:
        while parent[text] != text:
            parent[text] = parent[parent[text]]
            text = parent[text]
        return text

    lowest = [1.0] * len(sets)
    for first, second in _candidates(signatures, threshold - _SLACK):
        low, high = sorted((root(first), root(second)))
        if low == high:
            continue
        similarity = jaccard(sets[first], sets[second])
        if similarity >= threshold:
            parent[high] = low
            lowest[low] = min(similarity, lowest[low], lowest[high])
    groups = defaultdict[int, list[int]](list)
    for text in range(len(sets)):
        groups[root(text)].append(text)
    for first, texts in groups.items():
        if len(texts) > 1:
            yield texts, lowest[first]
