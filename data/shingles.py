"""Texts as sets of hashed character shingles, and MinHash over them, with array operations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
_Sized = TypeVar("_Sized", str, NDArray[Any])

SHINGLE_CHARACTERS = 5
_PRIME = np.uint32(16777619)
_CHUNK_LENGTH = 1 << 16  # few enough that the arrays of a chunk stay in the cache
_NOT_WORD = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Return the text without case, compatibility forms (NFKC) and differences of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def shingle_sets(texts: Sequence[str]) -> list[Hashes]:
    """Return the sorted hashes of the shingles of each text.

    A shingle is five characters in a row of the normalised text, punctuation taken as a space and
    a space added at both ends. A text that is shorter has one shingle.
    """
    sets: list[Hashes] = []
    for chunk in _chunks(texts):
        width = SHINGLE_CHARACTERS
        prepared = [f" {_NOT_WORD.sub(' ', text).strip()} ".ljust(width) for text in chunk]
        joined = "".join(prepared).encode("utf-32-le", errors="surrogatepass")
        codes = np.frombuffer(joined, dtype="<u4").astype(np.uint32)
        hashes = np.zeros(len(codes) - width + 1, dtype=np.uint32)
        for shift in range(width):  # FNV-1a over code points
            hashes = (hashes ^ codes[shift : shift + len(hashes)]) * _PRIME
        hashes ^= hashes >> np.uint32(15)
        start = 0
        for text in prepared:  # shingles that reach into the next text are left out
            sets.append(np.unique(hashes[start : start + len(text) - width + 1]))
            start += len(text)
    return sets


def jaccard(first: Hashes, second: Hashes) -> float:
    """Return the share of common elements: |A and B| / |A or B|."""
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / (len(first) + len(second) - common)


def minhash_signatures(sets: Sequence[Hashes], size: int, generator: np.random.Generator) -> Hashes:
    """Return MinHash signatures: two sets agree in a place with the probability of their Jaccard.

    The place k of a set S holds min over x in S of (a_k * x + b_k mod 2**32), remixed. Broder,
    "On the resemblance and containment of documents" (1997).

    Shapes:
        output: (set, size)
    """
    factors = generator.integers(1 << 31, size=size, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    shifts = generator.integers(1 << 32, size=size, dtype=np.uint32)
    signatures = np.empty((len(sets), size), dtype=np.uint32)
    done = 0
    for chunk in _chunks(sets):
        values = np.concatenate(chunk)
        starts = np.cumsum([0, *map(len, chunk[:-1])])
        rows = slice(done, done + len(chunk))
        for place in range(size):
            mixed = values * factors[place] + shifts[place]
            # The low bits of a product depend on the low bits of the value alone.
            mixed ^= mixed >> np.uint32(16)
            mixed *= factors[place]
            signatures[rows, place] = np.minimum.reduceat(mixed, starts)
        done += len(chunk)
    return signatures


def _chunks(items: Sequence[_Sized]) -> Iterator[list[_Sized]]:
    """Yield the items in lists of a bounded total length, in their order."""
    chunk: list[_Sized] = []
    total = 0
    for item in items:
        chunk.append(item)
        total += len(item)
        if total >= _CHUNK_LENGTH:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk
