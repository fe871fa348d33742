"""What an expert forbids to link, in the forms that a text may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .concepts import Forbidden, language_rank
from .forms import Forms
from .guards import Guard
from .mentions import NIL, Mention

if TYPE_CHECKING:
    from .lexicon import Lexicon


def forbidden_forms(forbidden: Iterable[Forbidden], forms: Forms) -> frozenset[tuple[str, str]]:
    """Return what is forbidden in the language of some forms: IRI, or "" for all, and form."""
    found: set[tuple[str, str]] = set()
    for iri, language, text in forbidden:
        if language_rank(language, forms.language.lower()) < 3:
            name = forms.fold(text)
            found |= {(iri, form) for form, _ in forms.of(text, name, Guard.FREE)}
    return frozenset(found)


def permitted(mentions: Sequence[Mention], lexicon: Lexicon) -> list[Mention]:
    """Return mentions without the candidates that are forbidden for what the text writes.

    A mention that keeps no candidate is left out; one that loses the concept it links to is NIL.
    """
    if not lexicon.forbids:
        return list(mentions)
    return list(_permitted(mentions, lexicon))


def _permitted(mentions: Iterable[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    for mention in mentions:
        form = " ".join(lexicon.rules.fold(mention.text).text.split())
        kept = tuple(
            item for item in mention.candidates if not lexicon.is_forbidden(item.iri, form)
        )
        if len(kept) == len(mention.candidates):
            yield mention
        elif kept and lexicon.is_forbidden(mention.iri, form):
            yield mention._replace(iri=NIL, label="", score=0.0, candidates=kept)
        elif kept:
            yield mention._replace(candidates=kept)
