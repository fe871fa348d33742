"""Labels that would flood a text with wrong links, found when the names are gathered.

A wrong synonym is told by its company: it is another concept's preferred label, a part of names
that have nothing to do with its concept, or a word of the language at large.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from .ancestry import Ancestry, broad_concepts
from .concepts import Problem
from .folded_labels import FoldedLabel
from .graph import KnowledgeGraph
from .guards import Guard
from .variants import rules_for, variants
from .word_order import around_of

_WIDE_SHARE: Final = 0.1
_WIDE_LEAST: Final = 100
_LEAST_PARTS: Final = 20
_NEAR_SHARE: Final = 0.05
_SHOWN: Final = 3
_MOST_RIVALS: Final = 50  # a name of more concepts is flagged for that
_MOST_NEIGHBOURS: Final = 200


class Finding(NamedTuple):
    """What is wrong with a label.

    Args:
        label: its number.
        problem: what to tell the author.
        is_barred: whether the label is to be left out when linking.
    """

    label: int
    problem: Problem
    is_barred: bool


class LabelChecks:
    """Finds careless and poisoned synonyms; preferred labels are never found.

    Args:
        graph: the ontology.
        labels: its labels in one language.
        ancestry: what stands above its concepts.
        general: folded words that stand in any text of the language.
        language: the language.
        max_shared: a name of more concepts than this is left to be flagged as such.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        labels: Sequence[FoldedLabel],
        ancestry: Ancestry,
        *,
        general: Collection[str],
        language: str,
        max_shared: int = 5,
    ) -> None:
        self._max_shared = max_shared
        self._graph = graph
        self._labels = labels
        self._general = frozenset(general)
        self._language = language
        self._rules = rules_for(language)
        self._preferred: dict[int, str] = {}
        self._owners: dict[str, set[int]] = defaultdict(set)
        self._users: dict[str, set[int]] = defaultdict(set)
        for label in labels:
            if label.is_preferred:
                self._preferred.setdefault(label.concept, label.folded)
                self._owners[label.folded].add(label.concept)
            else:
                self._users[label.folded].add(label.concept)
        self._holders = self._find_holders()
        self._wide = self._find_wide()
        self._ancestors = ancestry

    def __call__(self) -> Iterator[Finding]:
        """Yield what is wrong, at most once for each label."""
        shared: set[str] = set()
        for label in self._labels:
            if label.is_preferred:
                continue
            found = self._foreign(label) or self._stray(label)
            if not found and label.guard <= Guard.SHORT:  # the others need capitals to link
                found = self._general_word(label) or self._part(label)
            if found:
                yield Finding(label.number, self._problem(*found, label), is_barred=True)
            elif label.folded not in shared and (found := self._shared(label)):
                shared.add(label.folded)
                yield Finding(label.number, self._problem(*found, label), is_barred=False)

    def _problem(self, code: str, reason: str, label: FoldedLabel) -> Problem:
        iri = self._graph.concepts[label.concept].iri
        return Problem(code, iri, f"label {label.text!r} {reason}")

    def _foreign(self, label: FoldedLabel) -> tuple[str, str] | None:
        """Find a synonym that is the preferred label of an unrelated concept, in any order."""
        owners = self._owners_of(label.folded)
        others = [
            other
            for other in sorted(owners)
            if other != label.concept and not self._is_kin(label.concept, other)
        ]
        if not others or label.concept in owners:
            return None
        iri = self._graph.concepts[others[0]].iri
        reason = f"is the preferred label of {iri}, which is not related: it links to that only"
        return "foreign-label", reason

    def _general_word(self, label: FoldedLabel) -> tuple[str, str] | None:
        """Find a synonym that stands in any text."""
        words = [word for word in label.folded.split(" ") if word not in self._rules.articles]
        if len(words) != 1 or words[0] not in self._general:
            return None
        if self._near(label) or self._is_own(label):
            return None
        reason = "is a general word, and no related concept is named with it: it is not linked"
        return "general-label", reason

    def _part(self, label: FoldedLabel) -> tuple[str, str] | None:
        """Find a synonym that is a part of the names of many unrelated concepts."""
        holders = self._holders.get(label.folded, ())
        if len(holders) < _LEAST_PARTS or self._is_own(label):
            return None
        near = self._near(label)
        if near >= _NEAR_SHARE * len(holders):
            return None
        return "part-label", (
            f"is a part of the names of {len(holders) - near} unrelated concepts: it is not linked"
        )

    def _stray(self, label: FoldedLabel) -> tuple[str, str] | None:
        """Find a synonym of several words that fits a concept of another branch, and not its own.

        One word may well mean two things ("bank"), several seldom do ("heart attack").
        """
        if " " not in label.folded:
            return None
        others = [other for other in self._rivals(label) if other != label.concept]
        if not others or self._fits(label, label.concept):
            return None
        fitting = [other for other in others if self._fits(label, other)]
        if not fitting:
            return None
        iri = self._graph.concepts[fitting[0]].iri
        return "cross-label", (
            f"is a synonym of {iri} in another branch too, and only there shares a word with other "
            f"names: it links to that only"
        )

    def _shared(self, label: FoldedLabel) -> tuple[str, str] | None:
        """Find a synonym of concepts of different branches, if it has not far too many."""
        concepts = self._rivals(label)
        fitting = [concept for concept in concepts if self._fits(label, concept)]
        if " " in label.folded and fitting:
            concepts = fitting
        if not 1 < len(concepts) <= self._max_shared:
            return None
        names = ", ".join(
            repr(self._graph.preferred_label(concept, self._language))
            for concept in concepts[:_SHOWN]
        )
        return "cross-label", (
            f"is a synonym of {len(concepts)} concepts of different branches ({names}): it links "
            f"only where the context decides"
        )

    def _rivals(self, label: FoldedLabel) -> list[int]:
        """Return the concepts of a synonym, if no two of them are of one branch."""
        users = self._users[label.folded]
        if not 2 <= len(users) <= _MOST_RIVALS or self._owners.get(label.folded):
            return []
        concepts = sorted(users)
        for number, concept in enumerate(concepts):
            for other in concepts[:number]:
                if self._is_kin(concept, other) or self._share_a_branch(concept, other):
                    return []
        return concepts

    def _fits(self, label: FoldedLabel, concept: int) -> bool:
        """Return whether other names of a concept, or of those next to it, share a word with it."""
        words = {word for word in label.folded.split(" ") if len(word) > 3} - self._general
        graph, language = self._graph, self._language
        for number in (concept, *sorted(self._neighbours(concept))[:_MOST_NEIGHBOURS]):
            for name in graph.names(number, language):
                folded = " ".join(self._rules.fold(name.text).text.split())
                if folded != label.folded and not words.isdisjoint(folded.split(" ")):
                    return True
        return False

    def _owners_of(self, folded: str) -> set[int]:
        """Return the concepts with a preferred label of these words: "cancer of the breast"."""
        owners = set(self._owners.get(folded, ()))
        if " " in folded and self._rules.of:
            for turned in around_of(folded.split(" "), self._rules.of, self._rules.articles):
                owners |= self._owners.get(turned, set())
        return owners

    def _near(self, label: FoldedLabel) -> int:
        """Return how many concepts named with the label are next to its concept, or above it."""
        around = self._neighbours(label.concept)
        return sum(
            other in around or self._is_kin(label.concept, other)
            for other in self._holders.get(label.folded, ())
        )

    def _is_own(self, label: FoldedLabel) -> bool:
        """Return whether the label is an inflected form of the concept's preferred one."""
        owned = self._preferred.get(label.concept, "")
        pairs = ((owned, label.folded), (label.folded, owned))
        return any(
            form == wanted
            for name, wanted in pairs
            for form, _ in variants(name, self._rules, thorough=False)
        )

    def _is_kin(self, concept: int, other: int) -> bool:
        return concept in self._ancestors(other) or other in self._ancestors(concept)

    def _share_a_branch(self, concept: int, other: int) -> bool:
        common = self._ancestors(concept) & self._ancestors(other)
        return not common <= self._wide

    def _neighbours(self, concept: int) -> set[int]:
        graph = self._graph
        pointer, order = graph.in_edges
        into = graph.source[order[pointer[concept] : pointer[concept + 1]]]
        out = graph.target[graph.out_edges[concept] : graph.out_edges[concept + 1]]
        return {*into.tolist(), *out.tolist()}

    def _find_holders(self) -> dict[str, set[int]]:
        """Return the other concepts whose names hold each short synonym, as whole words."""
        wanted = {folded for folded in self._users if folded.count(" ") < 2}
        holders: dict[str, set[int]] = defaultdict(set)
        for label in self._labels:
            words = label.folded.split(" ")
            if len(words) == 1:
                continue
            pairs = map(" ".join, pairwise(words)) if len(words) > 2 else ()
            for part in wanted.intersection([*words, *pairs]):
                holders[part].add(label.concept)
        return holders

    def _find_wide(self) -> frozenset[int]:
        """Return the roots and the concepts above so many that being below them says nothing."""
        graph = self._graph
        wide = broad_concepts(graph, _WIDE_SHARE) if len(graph) >= _WIDE_LEAST else frozenset()
        return wide | frozenset(graph.roots.tolist())
