"""Where a text mentions something, by a linear-chain conditional random field.

Lafferty, McCallum and Pereira (2001), https://repository.upenn.edu/cis_papers/159. Only what is
needed to apply one; ``pipeline.link_learning`` learns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Final

TAGS: Final = ("O", "B", "I")
"""Outside any mention, the first token of one, a later token of one."""

OUTSIDE, BEGIN, INSIDE = range(len(TAGS))
Weights = tuple[float, float, float]
"""One number for each tag."""

_MOST_TOKENS: Final = 12


class Tagger:
    """Tells how likely each stretch of tokens is a mention.

    The probability of the tags y of the tokens x is proportional to

        exp(sum over tokens t of sum over features f of t of w[f, y_t] + v[y_(t-1), y_t])

    where no ``I`` comes first or after an ``O``.

    Args:
        weights: w, for each feature.
        transitions: v, from each tag to each.
    """

    def __init__(self, weights: Mapping[str, Weights], transitions: Sequence[Weights]) -> None:
        self.weights = weights
        self.transitions = transitions
        self._steps = [[exp(value) for value in row] for row in transitions]
        self._steps[OUTSIDE][INSIDE] = 0.0

    def __call__(self, rows: Sequence[Sequence[str]]) -> Chances:
        """Return how likely the stretches of a text are, from the features of its tokens."""
        get = self.weights.get
        emitted = []
        for features in rows:
            outside = begin = inside = 0.0
            for feature in features:
                found = get(feature)
                if found is not None:
                    outside += found[0]
                    begin += found[1]
                    inside += found[2]
            most = max(outside, begin, inside)
            # Not less than exp(-50), so that some tag is always possible.
            emitted.append(
                (
                    exp(max(-50.0, outside - most)),
                    exp(max(-50.0, begin - most)),
                    exp(max(-50.0, inside - most)),
                )
            )
        return Chances(emitted, self._steps)


class Chances:
    """How likely the stretches of one text are mentions: the forward-backward algorithm.

    Args:
        emitted: for each token the factor of each tag.
        steps: the factors from each tag to each.
    """

    def __init__(self, emitted: Sequence[Weights], steps: Sequence[Sequence[float]]) -> None:
        self._emitted = emitted
        self._steps = steps
        self._forward: list[Weights] = []
        self._scale: list[float] = []
        self._run_forward()
        self._backward = self._run_backward()

    def _run_forward(self) -> None:
        (oo, ob, _), (bo, bb, bi), (io, ib, ii) = self._steps
        previous = (0.0, 0.0, 0.0)
        for number, (o, b, i) in enumerate(self._emitted):
            if number:
                x, y, z = previous
                o *= x * oo + y * bo + z * io
                b *= x * ob + y * bb + z * ib
                i *= y * bi + z * ii
            else:
                i = 0.0
            total = o + b + i
            previous = (o / total, b / total, i / total)
            self._forward.append(previous)
            self._scale.append(total)

    def _run_backward(self) -> list[Weights]:
        (oo, ob, _), (bo, bb, bi), (io, ib, ii) = self._steps
        last = (1.0, 1.0, 1.0)
        found = [last]
        for number in range(len(self._emitted) - 1, 0, -1):
            o, b, i = self._emitted[number]
            total = self._scale[number]
            x, y, z = o * last[0] / total, b * last[1] / total, i * last[2] / total
            last = (oo * x + ob * y, bo * x + bb * y + bi * z, io * x + ib * y + ii * z)
            found.append(last)
        found.reverse()
        return found

    def of(self, first: int, last: int) -> float:
        """Return how likely one mention has exactly these tokens, the last included."""
        chance = self._forward[first][BEGIN]
        for number in range(first + 1, last + 1):
            chance *= self._onward(number, BEGIN if number == first + 1 else INSIDE)
        return min(1.0, chance * self._ending(last, BEGIN if first == last else INSIDE))

    def likely(self, least: float) -> list[tuple[int, int, float]]:
        """Return first and last token and probability of all mentions of at most 12 tokens.

        Args:
            least: the least probability.
        """
        found = []
        for first, (_, begin, _) in enumerate(self._forward):
            if begin * self._backward[first][BEGIN] < least:
                continue
            chance, tag = begin, BEGIN
            for last in range(first, min(first + _MOST_TOKENS, len(self._forward))):
                if last > first:
                    chance *= self._onward(last, tag)
                    tag = INSIDE
                whole = min(1.0, chance * self._ending(last, tag))
                if whole >= least:
                    found.append((first, last, whole))
        return found

    def _onward(self, number: int, tag: int) -> float:
        return self._steps[tag][INSIDE] * self._emitted[number][INSIDE] / self._scale[number]

    def _ending(self, last: int, tag: int) -> float:
        """Return the share of what follows in which the mention does not go on."""
        after = last + 1
        if after == len(self._emitted):
            return 1.0
        return sum(
            self._steps[tag][other]
            * self._emitted[after][other]
            * self._backward[after][other]
            / self._scale[after]
            for other in (OUTSIDE, BEGIN)
        )
