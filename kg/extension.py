"""Mentions with the general modifiers before them: "familial breast cancer"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .mentions import NIL, Mention, nest

if TYPE_CHECKING:
    from .ranking import Ranker

EXTENDED: Final = "extended"
"""The way of candidates for a mention that has grown over modifiers."""

_LOOK_BACK: Final = 60

_KINDS: Final = {
    "en": frozenset(
        (
            *("hereditary", "familial", "inherited", "heritable", "nonfamilial", "sporadic"),
            *("idiopathic", "isolated", "acquired", "recurrent", "refractory", "metastatic"),
            *("bilateral", "unilateral", "multiple", "generalized", "diffuse", "focal"),
            *("benign", "malignant", "primary", "secondary", "x", "linked", "classic"),
            *("classical",),
        )
    ),
    "de": frozenset(
        stem + ending
        for stem in (
            *("erblich", "familiär", "angeboren", "sporadisch", "idiopathisch", "erworben"),
            *("metastasiert", "bösartig", "gutartig", "primär", "sekundär", "beidseitig"),
            *("einseitig", "generalisiert"),
        )
        for ending in ("e", "er", "es", "en", "em")
    ),
}
"""Modifiers that say what kind a thing is of, in any domain of medicine and biology."""

# When, and how badly: said of a case, not of a kind.
_COURSES: Final = frozenset(
    (
        *("severe", "mild", "moderate", "early", "late", "adult", "childhood", "infantile"),
        *("juvenile", "neonatal", "pediatric", "progressive"),
    )
)


class Extension:
    """Lets a mention grow over the general modifiers before it.

    General modifiers are the words that stand before the last word in the names of many concepts,
    such as "hereditary" or "acute": see ``Lexicon.modifiers``. The mention inside stays, nested.

    Args:
        ranker: knows the names, and how far to trust a mention that grew.
    """

    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker
        self.lexicon = lexicon = ranker.lexicon
        language = lexicon.language.split("-")[0].lower()
        self._general = (lexicon.modifiers | _KINDS.get(language, frozenset())) - _COURSES

    def __call__(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the mentions with those that grew."""
        grown: list[Mention] = []
        end = 0
        for mention in mentions:
            if not mention.nested and mention.iri != NIL:
                start = self._start(text, mention.start, end)
                if start < mention.start:
                    longer = self.ranker.by_way(mention, EXTENDED)
                    if longer.iri != NIL:
                        grown.append(_from(start, text, longer))
            end = max(end, mention.end)
        return nest([*mentions, *grown]) if grown else list(mentions)

    def _start(self, text: str, start: int, least: int) -> int:
        while start > least and text[start - 1] in " -":
            cut = max(least, text.rfind(" ", max(least, start - _LOOK_BACK), start - 1) + 1)
            word = text[cut : start - 1]
            if not word or not word[0].isalpha() or not self._are_general(word):
                return start
            start = cut
        return start

    def _are_general(self, text: str) -> bool:
        if text in self._general:
            return True
        if text.islower() and text.isalpha() or not text.replace("-", "").isalpha():
            return False
        words = self.lexicon.rules.fold(text).text.split()
        return bool(words) and self._general.issuperset(words)


def _from(start: int, text: str, mention: Mention) -> Mention:
    """Return a mention that starts further left, in one piece."""
    return mention._replace(start=start, text=text[start : mention.end], fragments=())
