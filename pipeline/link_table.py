"""The links that gold documents may have, as a table that a linear model is fitted to."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..errors import SettingsError
from ..kg.link_features import LinkFeatures
from ..kg.link_spans import LinkSpan
from ..kg.link_weights import LinkWeights
from .link_evaluation import Truth

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_STRENGTH: Final = 1.0
_ITERATIONS: Final = 200
_LEAST_ROWS: Final = 3
_LEAST_WEIGHT: Final = 5e-5


@dataclass(frozen=True, slots=True)
class LinkTable:
    """The links that documents may have, with their features.

    Args:
        names: the features.
        values: their values; shape (link, feature).
        right: whether each link is right; shape (link,).
        document: the document of each; shape (link,).
        spans: the span of each, counted over all documents; shape (link,).
        iris: the concept of each.
    """

    names: list[str]
    values: csr_array[Any]
    right: NDArray[np.bool_]
    document: NDArray[np.int64]
    spans: NDArray[np.int64]
    iris: list[str]

    def fit(self, documents: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the weights of a logistic regression on the links of some documents.

        Shapes:
            output: (feature,)

        Raises:
            SettingsError: no link is right, or each.
        """
        from sklearn.linear_model import LogisticRegression

        rows = np.isin(self.document, documents)
        if len(np.unique(self.right[rows])) < 2:
            raise SettingsError(
                "nothing can be learnt from these gold mentions: the linker finds none of their "
                "concepts near them; is it the right ontology?"
            )
        model = LogisticRegression(C=_STRENGTH, max_iter=_ITERATIONS, fit_intercept=False)
        model.fit(self.values[rows], self.right[rows])
        weights: NDArray[np.float64] = model.coef_[0].astype(np.float64)
        return weights

    def chances(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how likely each link is right, by such weights; shape (link,)."""
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-(self.values @ weights)))
        return chances

    def named(self, weights: NDArray[np.float64]) -> dict[str, float]:
        """Return the weights that are not nothing, by name."""
        pairs = zip(self.names, weights.tolist(), strict=True)
        return {
            name: round(weight, 4) for name, weight in sorted(pairs) if abs(weight) >= _LEAST_WEIGHT
        }


def link_table(
    describe: LinkFeatures,
    truths: Sequence[Truth],
    spans: Sequence[Sequence[LinkSpan]],
    weights: Sequence[LinkWeights],
) -> LinkTable:
    """Describe each link that some documents may have.

    Features of fewer than three links are left out.

    Args:
        describe: gives the features of the links of a span.
        truths: what is right in each document.
        spans: what may be linked in each.
        weights: for each document the counts to go by; not over the document itself.
    """
    from scipy.sparse import csr_array

    columns: dict[str, int] = {}
    at, values, ends = array("i"), array("f"), array("q", [0])
    right, owners, places, iris = array("b"), array("q"), array("q"), list[str]()
    place = -1
    for number, truth in enumerate(truths):
        golds = {(one.mention.start, one.mention.end): one.concepts for one in truth.golds}
        for span in spans[number]:
            concepts = golds.get((span.start, span.end), frozenset())
            place += 1
            for proposal, features in describe(span, weights[number]):
                for name, value in features.items():
                    at.append(columns.setdefault(name, len(columns)))
                    values.append(value)
                ends.append(len(at))
                right.append(proposal.candidate.iri in concepts)
                owners.append(number)
                places.append(place)
                iris.append(proposal.candidate.iri)
    matrix = csr_array(
        (np.asarray(values), np.asarray(at), np.asarray(ends)), shape=(len(iris), len(columns))
    )
    often = np.flatnonzero(np.bincount(np.asarray(at), minlength=len(columns)) >= _LEAST_ROWS)
    names = list(columns)
    return LinkTable(
        [names[column] for column in often.tolist()],
        matrix[:, often],
        np.asarray(right, dtype=np.bool_),
        np.asarray(owners, dtype=np.int64),
        np.asarray(places, dtype=np.int64),
        iris,
    )
