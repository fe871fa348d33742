"""Make a large ontology that looks like a real one: words of real labels, put together anew."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind

_QUALIFIERS = (
    *("acute", "chronic", "recurrent", "severe", "mild", "familial", "congenital", "juvenile"),
    *("adult", "benign", "malignant", "primary", "secondary", "idiopathic", "progressive", "focal"),
    *("diffuse", "bilateral", "early onset", "late onset", "drug-induced", "treatment-resistant"),
)
_ENDINGS = (
    *("of the left side", "of the right side", "in remission", "with complications", "at birth"),
    *("without complications", "in pregnancy", "after surgery", "in the elderly", "in childhood"),
)
_SYLLABLES = (
    *("neuro", "fibro", "chondro", "lipo", "adeno", "cyto", "kerato", "melano", "sidero", "phago"),
    *("bra", "cor", "del", "fin", "gal", "hex", "ler", "mon", "pra", "sten", "tor", "vel", "xan"),
    *("dul", "kes", "rim", "zap", "wil", "nug", "hob", "jen", "quo", "fer"),
)
_SUFFIXES = ("osis", "itis", "oma", "opathy", "emia", "algia", "plasia", "ectasia", "trophy", "ium")
_DEFINITION = "A {0} {1} of the {2} that is marked by {3} and {4}, and may lead to {5} {6}."


class OntologyMaker:
    """Makes ontologies of any size from the labels of real ones.

    A concept is a real label with some of: a qualifier before it, a new word made of syllables, an
    ending, a type with a number. Its synonyms say the same in another order, with a word more, or
    as an abbreviation. One synonym in thirty is another concept's too. A concept has one or two
    parents among those made before it, and four in five have a definition.

    Args:
        labels: the real labels.
        generator: where chance comes from.
    """

    def __init__(self, labels: Sequence[str], generator: random.Random) -> None:
        self.labels = labels
        self.words = sorted({word for label in labels for word in label.split()})
        self.random = generator

    def __call__(self, num_concepts: int, num_labels: int) -> KnowledgeGraph:
        """Return an ontology of so many concepts and labels."""
        taken: set[str] = set()
        concepts, edges = [], []
        last, left = "", num_labels - num_concepts
        for number in range(num_concepts):
            share = left / (num_concepts - number)
            count = int(share) + (self.random.random() < share % 1)
            left -= count
            texts = [self._name(taken), *(self._synonym(taken) for _ in range(count))]
            if count and last and self.random.random() < 0.05:
                texts[1] = last
            last = texts[-1] if count else ""
            kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * count]
            labels = tuple(Label(kind, "en", text) for kind, text in zip(kinds, texts, strict=True))
            definitions = (("en", self._definition()),) if self.random.random() < 0.8 else ()
            concepts.append(Concept(_iri(number), labels=labels, definitions=definitions))
            edges += [(_iri(number), BROADER, _iri(parent)) for parent in self._parents(number)]
        return KnowledgeGraph(concepts, edges, iri="http://example.org/made")

    def _parents(self, number: int) -> set[int]:
        count = 1 + (self.random.random() < 0.15) if number else 0
        # Nearer to the first ones: squared, that makes it a dozen steps deep.
        return {int(number * self.random.random() ** 2) for _ in range(count)}

    def _name(self, taken: set[str]) -> str:
        pick = self.random.choice
        self.base = pick(self.labels)
        while True:
            text = self.base
            chance = self.random.random()
            if chance < 0.4:
                text = f"{pick(_QUALIFIERS)} {text}"
            if 0.25 < chance < 0.7:
                text = f"{self._word()} {text}"
            if chance > 0.7:
                text = f"{text} {pick(_ENDINGS)}"
            if self.random.random() < 0.1:
                text = f"{text} type {self.random.randrange(1, 60)}"
            if text not in taken:
                taken.add(text)
                return text

    def _synonym(self, taken: set[str]) -> str:
        """Return another name for the concept that was named last."""
        pick = self.random.choice
        words = self.base.split()
        while True:
            chance = self.random.random()
            if chance < 0.05:
                initials = "".join(word[0] for word in words).upper()
                text = f"{initials}{self.random.randrange(10**4)}"
            elif chance < 0.35:
                text = f"{self.base}, {self._word()}"
            elif chance < 0.75:
                text = f"{pick(_QUALIFIERS)} {pick(self.words)} {self.base}"
            else:
                text = f"{self._word()} of {self.base}"
            if text not in taken:
                taken.add(text)
                return text

    def _word(self) -> str:
        parts = self.random.choices(_SYLLABLES, k=self.random.choice((2, 2, 3)))
        return "".join(parts) + self.random.choice(_SUFFIXES)

    def _definition(self) -> str:
        return _DEFINITION.format(*self.random.choices(self.words, k=7))


def _iri(number: int) -> str:
    return f"http://example.org/made/{number:07}"
