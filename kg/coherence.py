"""Of concepts with the same name, the one that goes with what else a document mentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .mentions import NIL, Mention

if TYPE_CHECKING:
    from .lexicon import Lexicon

_LEAST_LEAD: Final = 0.05
_MOST_NEIGHBOURS: Final = 200


def cohere(mentions: Sequence[Mention], lexicon: Lexicon, threshold: float) -> list[Mention]:
    """Decide the mentions that their words leave open, by the other concepts of the document.

    A mention is open that is NIL although its first two candidates would do. For each candidate c
    of an open mention

        coherence(c) = mean over the linked concepts l of |C(c) & C(l)| / |C(c) | C(l)|

    with C(x) the closure of a concept: how much of their ancestry they share, on average (simUI:
    Gentleman, 2005). The candidate that leads by 0.05 is linked; where none does, NIL stays.

    Args:
        mentions: the mentions of a document.
        lexicon: knows the ancestors.
        threshold: what a candidate must score.
    """
    if all(mention.iri != NIL or len(mention.candidates) < 2 for mention in mentions):
        return list(mentions)
    iris = dict.fromkeys(mention.iri for mention in mentions if mention.iri != NIL)
    linked = [lexicon.closure(iri) for iri in list(iris)[:_MOST_NEIGHBOURS]]
    if not linked:
        return list(mentions)
    return [_decided(mention, linked, lexicon, threshold) for mention in mentions]


def _decided(
    mention: Mention, linked: Sequence[frozenset[int]], lexicon: Lexicon, threshold: float
) -> Mention:
    open_candidates = [item for item in mention.candidates if item.score >= threshold]
    if mention.iri != NIL or len(open_candidates) < 2 or mention.candidates[0].way == "confusable":
        return mention
    scored = []
    for candidate in open_candidates:
        own = lexicon.closure(candidate.iri)
        shared = [len(own & other) / len(own | other) for other in linked]
        scored.append((-sum(shared) / len(shared), candidate.iri, candidate))
    scored.sort(key=lambda item: item[:2])
    (first, _, best), (second, _, _) = scored[:2]
    if second - first < _LEAST_LEAD:
        return mention
    rest = tuple(item for item in mention.candidates if item is not best)
    name, candidates = lexicon.name(best.iri), (best, *rest)
    return mention._replace(iri=best.iri, label=name, score=best.score, candidates=candidates)
