"""Texts with their mentions in brackets; what is said of each mention is one string."""

from __future__ import annotations

import re

from ontograft.kg import Mention, assert_mentions


def marked(text: str) -> tuple[str, list[Mention]]:
    """Return a text without its brackets, and a mention for each pair."""
    mentions = []
    for number, found in enumerate(re.finditer(r"\[(.*?)\]", text, re.DOTALL)):
        start = found.start() - 2 * number
        name = found.group(1)
        mentions.append(Mention(start, start + len(name), name, "x:" + name, name, 0.9, ()))
    return re.sub(r"[\[\]]", "", text), mentions


def said(mention: Mention) -> str:
    words = ["negated"] if mention.polarity == "negated" else []
    return " ".join([*words, *mention.senses])


def read(text: str, language: str = "en") -> list[str]:
    return [said(mention) for mention in assert_mentions(*marked(text), language)]
