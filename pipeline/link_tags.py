"""Learn from gold mentions where texts mention something."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import SettingsError
from ..kg.tagging import BEGIN, INSIDE, OUTSIDE, TAGS, Weights
from ..kg.token_features import Token

_SETTINGS: Final = {"c1": 0.1, "c2": 0.02, "max_iterations": 80, "feature.minfreq": 2}


@dataclass(frozen=True, slots=True)
class TagWeights:
    """What a ``Tagger`` is made of."""

    tags: dict[str, Weights]
    transitions: tuple[Weights, ...]


def tags_of(tokens: Sequence[Token], places: Iterable[tuple[int, int]]) -> list[str]:
    """Return the tag of each token of a text; of mentions inside others none.

    Args:
        tokens: the tokens.
        places: start and end of each mention.
    """
    tags, end = [TAGS[OUTSIDE]] * len(tokens), 0
    for start, stop in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < end:
            continue
        end = stop
        inside = [n for n, one in enumerate(tokens) if one.start < stop and start < one.end]
        for number in inside:
            tags[number] = TAGS[BEGIN if number == inside[0] else INSIDE]
    return tags


def learn_tags(texts: Iterable[tuple[Sequence[Sequence[str]], Sequence[str]]]) -> TagWeights:
    """Return the weights of a conditional random field.

    L-BFGS with an L1 and an L2 penalty: CRFsuite (Okazaki, 2007,
    http://www.chokkan.org/software/crfsuite/).

    Args:
        texts: for each text the features of its tokens, and their tags.

    Raises:
        SettingsError: the library that learns is not installed.
    """
    try:
        import pycrfsuite  # type: ignore[import-untyped]  # it has no types
    except ImportError as error:
        raise SettingsError(
            "learning from gold mentions takes python-crfsuite: pip install 'ontograft[tune]'"
        ) from error
    trainer = pycrfsuite.Trainer(verbose=False)
    for rows, tags in texts:
        if rows:
            trainer.append(rows, tags)
    trainer.set_params(_SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "tags.crfsuite")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        with tagger.open(path):
            info = tagger.info()
    found: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(TAGS))
    for (feature, tag), weight in sorted(info.state_features.items()):
        found[feature][TAGS.index(tag)] = round(weight, 4)
    steps = [[0.0] * len(TAGS) for _ in TAGS]
    for (tag, after), weight in info.transitions.items():
        steps[TAGS.index(tag)][TAGS.index(after)] = round(weight, 4)
    weights = {feature: _for_each_tag(row) for feature, row in found.items()}
    return TagWeights(weights, tuple(map(_for_each_tag, steps)))


def _for_each_tag(row: Sequence[float]) -> Weights:
    outside, begin, inside = row
    return outside, begin, inside
