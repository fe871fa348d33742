"""Choose the linker's options by few gold mentions: part of what ``ontograft link --tune`` does.

Only options change, never the names: a gold mention is not added to the lexicon. So what is learnt
holds for mentions that the gold has not seen, and for other texts of the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..data import GoldDocument
from ..errors import SettingsError
from ..kg import NIL, KnowledgeGraph, LinkerOptions, Mention
from ..kg.link_weights import LinkWeights
from ..kg.mentions import nest
from ..kg.trust import WAY_TRUST
from .link_evaluation import CandidateLinker, LinkJudge, Truth, exact_counts
from .link_scores import EndToEnd

Grids = Mapping[str, Sequence[float]]
"""The values to try: of ``threshold``, of ``similar``, of ``trust.head`` for the way ``head``."""

GRIDS: Final[Grids] = {
    **{
        f"trust.{way}": (0.0, 1.0)
        for way in (
            *("head", "shortened", "derived", "extended", "coordinated", "inflected"),
            *("unqualified", "misspelt"),
        )
    },
    "similar": (0.0, 0.6, 0.65, 0.7, 0.75),
    "threshold": (0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9),
}
"""What ``ontograft link --tune`` tries."""

FOLDS: Final = 5
ROUNDS: Final = 3
LEAST_GAIN: Final = 0.0005
"""An option stays as it is unless another value raises F1 by more than this."""

_SIMILAR: Final = frozenset(("similar", "dense"))

Relink = Callable[[LinkerOptions], CandidateLinker]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What tuning found.

    Args:
        options: the options to use: those chosen, or those it began with where the held-out figures
            do not say that they are better.
        chosen: the options with the best F1 on all documents.
        before: exact span and concept with the options that it began with.
        after: the same with those chosen, on the documents that they were chosen on.
        held_out: the same for documents in turn with options chosen on the others: what to expect
            of new texts.
        tried: how many sets of options were tried.
        weights: what was learnt to judge links by; None where only options were chosen, or where
            the held-out figures do not say that it is better.
    """

    options: LinkerOptions
    chosen: LinkerOptions
    before: EndToEnd
    after: EndToEnd
    held_out: EndToEnd
    tried: int
    weights: LinkWeights | None = None

    @property
    def helps(self) -> bool:
        """Whether the chosen options are better on documents that they were not chosen on."""
        return self.held_out.f1 > self.before.f1

    def as_dict(self) -> dict[str, Any]:
        """Return options and figures as JSON."""
        return {
            "options": asdict(self.options),
            "chosen": asdict(self.chosen),
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "held_out": self.held_out.as_dict(),
            "tried": self.tried,
        }


def tune_links(
    graph: KnowledgeGraph,
    gold: Sequence[GoldDocument],
    relink: Relink,
    grids: Grids,
    *,
    generator: np.random.Generator,
    base: LinkerOptions | None = None,
    folds: int = FOLDS,
) -> Tuning:
    """Choose options by the F1 of exact span and concept over all gold mentions.

    The texts are linked once, as generously as the grids allow; what other options would leave of
    those mentions follows from their scores. Coordinate search: one option after the other takes
    the value of its grid with the best F1, for at most 3 rounds; of values with the same F1 the
    present one stays, then the first counts. To know what that is worth, the same search is run
    without each fold of documents in turn. The figures of the result are from linking anew.

    Args:
        graph: the ontology.
        gold: documents with gold mentions; at least as many as folds.
        relink: returns the linker with some options.
        grids: the values to try.
        generator: shuffles the documents into folds.
        base: the options to begin with; the defaults unless given.
        folds: the number of folds; at least 2.

    Raises:
        SettingsError: there are fewer documents than folds, or a grid names no option.
    """
    start = base or LinkerOptions()
    if not 2 <= folds <= len(gold):
        raise SettingsError(
            f"tuning with {folds} folds takes at least 2 folds and a document for each, got "
            f"{len(gold)} documents: give more documents with gold mentions"
        )
    bench = _Bench(graph, gold, relink, start, grids)
    everything = np.arange(len(gold))
    chosen = _search(bench, everything, start, grids)
    held_out = np.zeros(4, dtype=np.int64)
    for fold in np.array_split(generator.permutation(len(gold)), folds):
        others = np.setdiff1d(everything, fold)
        held_out += bench.linked(_search(bench, others, start, grids), fold).sum(axis=0)
    before = _end_to_end(bench.linked(start, everything).sum(axis=0))
    after = _end_to_end(bench.linked(chosen, everything).sum(axis=0))
    result = Tuning(chosen, chosen, before, after, _end_to_end(held_out), bench.tried)
    return result if result.helps else replace(result, options=start)


def read_option(options: LinkerOptions, name: str) -> float:
    """Return the value of an option that can be tuned.

    Raises:
        SettingsError: there is no such option or way.
    """
    field, _, way = name.partition(".")
    if field == "trust" and way in WAY_TRUST:
        return options.trust.get(way, WAY_TRUST[way])
    if name not in ("threshold", "similar"):
        known = ", ".join(("threshold", "similar", *map("trust.{}".format, WAY_TRUST)))
        raise SettingsError(f"the linker has no option {name!r} to tune; choose one of: {known}")
    value: float = getattr(options, name)
    return value


def with_option(options: LinkerOptions, name: str, value: float) -> LinkerOptions:
    """Return the options with one changed, named as for ``read_option``."""
    field, dot, way = name.partition(".")
    changed: Any = {**options.trust, way: value} if dot else value
    return replace(options, **{field: changed})


def decide_anew(
    mentions: Sequence[Mention], found_with: LinkerOptions, options: LinkerOptions
) -> list[Mention]:
    """Return what stricter options would leave of mentions that were found with generous ones.

    Scores change with the trust in the way of the first candidate. Where a mention goes, those
    inside it take its place.
    """
    kept = []
    for mention in mentions:
        if mention.iri == NIL:
            continue
        way = mention.candidates[0].way
        name = f"trust.{way}"
        score = mention.score * read_option(options, name) / read_option(found_with, name)
        least = options.similar if way in _SIMILAR else 0.0
        if score >= max(options.threshold, least) and not (way in _SIMILAR and least == 0):
            kept.append(mention)
    return nest(kept)


class _Bench:
    """Scores sets of options document by document, and remembers what it has scored."""

    def __init__(
        self,
        graph: KnowledgeGraph,
        gold: Sequence[GoldDocument],
        relink: Relink,
        start: LinkerOptions,
        grids: Grids,
    ) -> None:
        self._generous = _generous(start, grids)
        linker = relink(self._generous)
        judge = LinkJudge(graph, linker.lexicon)
        self._texts = [document.text for document in gold]
        self._truths = [judge.truth(document) for document in gold]
        self._found = [linker(text) for text in self._texts]
        self._relink = relink
        self._known: dict[str, Numbers] = {}

    @property
    def tried(self) -> int:
        """How many sets of options were scored."""
        return len(self._known)

    def f1(self, options: LinkerOptions, documents: Numbers) -> float:
        """Return the F1 that some options would have on some documents."""
        key = repr(options)
        if key not in self._known:
            left = (decide_anew(found, self._generous, options) for found in self._found)
            self._known[key] = _counts(self._truths, left)
        return _end_to_end(self._known[key][documents].sum(axis=0)).f1

    def linked(self, options: LinkerOptions, documents: Numbers) -> Numbers:
        """Link some documents anew; return predicted, right, gold, found; (document, 4)."""
        linker = self._relink(options)
        return _counts(
            [self._truths[number] for number in documents],
            (linker(self._texts[number]) for number in documents),
        )


def _generous(start: LinkerOptions, grids: Grids) -> LinkerOptions:
    """Return options with which everything is found that any others of the grids would find."""
    options = start
    for name, values in grids.items():
        tried = [value for value in (read_option(start, name), *values) if value > 0]
        best = max if name.startswith("trust.") else min
        if tried:
            options = with_option(options, name, best(tried))
    return options


def _counts(truths: Sequence[Truth], mentions: Iterable[Sequence[Mention]]) -> Numbers:
    found = [exact_counts(truth, own) for truth, own in zip(truths, mentions, strict=True)]
    rows = [(one.predicted, one.right, one.gold, one.found) for one in found]
    return np.array(rows, dtype=np.int64)


def _end_to_end(counts: Numbers) -> EndToEnd:
    return EndToEnd(*counts.tolist())


def _search(bench: _Bench, documents: Numbers, start: LinkerOptions, grids: Grids) -> LinkerOptions:
    """Return the options that coordinate search ends at, by F1 on some documents."""
    best, best_f1 = start, bench.f1(start, documents)
    for _ in range(ROUNDS):
        before = best
        for name, values in grids.items():
            trials = [with_option(best, name, value) for value in values]
            scores = [bench.f1(trial, documents) for trial in trials]
            top = int(np.argmax(scores))
            if scores[top] > best_f1 + LEAST_GAIN:
                best, best_f1 = trials[top], scores[top]
        if best == before:
            break
    return best
