"""A tokenizer that no text can stall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_suffix_regex, get_lang_class, registry

TEXT_KEY: Final = "ontograft_text"
"""Where a ``Doc`` carries its text from the tokenizer to the linker, which takes it out."""

_NAME: Final = "ontograft.GuardedTokenizer.v1"
_LONGEST: Final = 64
_REMEMBERED: Final = 1 << 17
_LONG_RUN: Final = re.compile(rf"\S{{{_LONGEST + 1},}}")


class GuardedTokenizer:
    """A spaCy tokenizer whose time is linear in the length of any text.

    spaCy's own takes time that grows with the square of a run of punctuation without spaces. Such
    runs, and any others of more than 64 characters, are cut into pieces of 64, which are tokenised
    one by one; the tokens stand where they stood.

    spaCy's own remembers the tokens of the first 10,000 words that it meets, which are a fifth of
    those in 3,000 abstracts; of any other word it works them out each time, and that takes most of
    its time. A guarded tokenizer remembers 131,072, unless the tokenizer was set to more, and asks
    fewer rules about a new word, see ``BeyondLetters``.

    Args:
        tokenizer: the tokenizer to guard.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        if isinstance(tokenizer, Tokenizer):  # those of Chinese and Japanese are of other kinds
            tokenizer.max_cache_size = max(tokenizer.max_cache_size, _REMEMBERED)
        _ask_beyond_letters(tokenizer)

    def __call__(self, text: str) -> Doc:
        """Tokenise a text."""
        if _has_short_words(text) or max(map(len, text.split()), default=0) <= _LONGEST:
            doc: Doc = self.tokenizer(text)
        else:
            doc = self._in_pieces(text)
        doc.user_data[TEXT_KEY] = text
        return doc

    def _in_pieces(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _pieces(text):
            for token in self.tokenizer(piece):
                words.append(token.text)
                spaces.append(bool(token.whitespace_))
        return Doc(self.tokenizer.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:  # noqa: ARG002
        """Tokenise a stream of texts."""
        for text in texts:
            yield self(text)

    def to_bytes(self, **options: Any) -> bytes:
        """Return the guarded tokenizer as bytes."""
        data: bytes = self.tokenizer.to_bytes(**options)
        return data

    def from_bytes(self, data: bytes, **options: Any) -> GuardedTokenizer:
        """Take the tokenizer that ``to_bytes`` returned."""
        self.tokenizer.from_bytes(data, **options)
        _ask_beyond_letters(self.tokenizer)
        return self

    def to_disk(self, path: str | Path, **options: Any) -> None:
        """Write the guarded tokenizer to a file."""
        self.tokenizer.to_disk(path, **options)

    def from_disk(self, path: str | Path, **options: Any) -> GuardedTokenizer:
        """Take the tokenizer that ``to_disk`` wrote."""
        self.tokenizer.from_disk(path, **options)
        _ask_beyond_letters(self.tokenizer)
        return self

    def __getattr__(self, name: str) -> Any:
        """Pass the rest on: prefixes, suffixes, rules, vocab."""
        if name == "tokenizer":  # while unpickling there is none yet
            raise AttributeError(name)
        return getattr(self.tokenizer, name)


class BeyondLetters:
    """A rule of spaCy's tokenizer that is not asked about words of ASCII letters alone.

    In each of spaCy's languages the rules for suffixes, infixes and web addresses find nothing in
    such a word, and trying them at each of its letters takes a third of the time that a new word
    costs. spaCy saves a rule as the ``pattern`` of the object that it is a method of.

    Args:
        rule: the rule.
    """

    def __init__(self, rule: re.Pattern[str]) -> None:
        self.rule = rule
        self.pattern = rule.pattern

    def search(self, word: str) -> re.Match[str] | None:
        """Return the first match in a word."""
        return None if word.isalpha() and word.isascii() else self.rule.search(word)

    def finditer(self, word: str) -> Iterable[re.Match[str]]:
        """Return all matches in a word."""
        return () if word.isalpha() and word.isascii() else self.rule.finditer(word)

    def match(self, word: str) -> re.Match[str] | None:
        """Return the match at the start of a word."""
        return None if word.isalpha() and word.isascii() else self.rule.match(word)


def _ask_beyond_letters(tokenizer: Any) -> None:
    """Ask fewer words of a tokenizer's rules, where they are those that its language has."""
    if not isinstance(tokenizer, Tokenizer):
        return
    defaults = get_lang_class(tokenizer.vocab.lang).Defaults
    suffixes, infixes = defaults.suffixes or (), defaults.infixes or ()
    if _is_rule(tokenizer.suffix_search, compile_suffix_regex(suffixes).search):
        tokenizer.suffix_search = BeyondLetters(tokenizer.suffix_search.__self__).search
    if _is_rule(tokenizer.infix_finditer, compile_infix_regex(infixes).finditer):
        tokenizer.infix_finditer = BeyondLetters(tokenizer.infix_finditer.__self__).finditer
    if _is_rule(tokenizer.url_match, defaults.url_match):
        tokenizer.url_match = BeyondLetters(tokenizer.url_match.__self__).match


def _is_rule(rule: Any, default: Any) -> bool:
    """Return whether a rule is the method of the same regular expression as another."""
    own = getattr(rule, "__self__", None)
    return isinstance(own, re.Pattern) and own == getattr(default, "__self__", None)


def _has_short_words(text: str) -> bool:
    """Return whether a space follows any place of a text within so many characters; it is fast."""
    place, last = -1, len(text) - _LONGEST - 1
    while place < last:
        found = text.rfind(" ", place + 1, place + _LONGEST + 2)
        if found < 0:
            return False
        place = found
    return True


def _pieces(text: str) -> Iterator[str]:
    done = 0
    for run in _LONG_RUN.finditer(text):
        if run.start() > done:
            yield text[done : run.start()]
        # The space after a run stays with its last piece, as it does with a word.
        end = run.end() + (text[run.end() : run.end() + 1] == " ")
        for start in range(run.start(), end, _LONGEST):
            yield text[start : min(start + _LONGEST, end)]
        done = end
    if done < len(text):
        yield text[done:]


@registry.tokenizers(_NAME)  # type: ignore[untyped-decorator]  # catalogue has no types
def make_guarded(tokenizer: Callable[[Language], Any]) -> Callable[[Language], GuardedTokenizer]:
    """Return what makes a guarded tokenizer, for the configuration of a pipeline.

    Args:
        tokenizer: makes the tokenizer to guard.
    """
    return lambda nlp: GuardedTokenizer(tokenizer(nlp))


def guard_tokenizer(nlp: Language) -> None:
    """Guard the tokenizer of a pipeline in its place, and when it is saved and loaded."""
    if not isinstance(nlp.tokenizer, GuardedTokenizer):
        nlp.tokenizer = GuardedTokenizer(nlp.tokenizer)
        settings = nlp.config["nlp"]
        settings["tokenizer"] = {"@tokenizers": _NAME, "tokenizer": settings["tokenizer"]}
