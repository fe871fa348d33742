"""The files of the web page, without a browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from typing import get_args

import pytest

from ontograft.kg.mentions import Sense
from ontograft.kg.trust import WAY_TRUST
from ontograft.pipeline.explanation import Role
from ontograft.pipeline.server_page import page_files

CYTOSCAPE = "cytoscape.esm.min.js"
LANGUAGES = ("en", "de")
KEY = re.compile(r'"([a-z]+(?:\.[a-z0-9-]+)+)"')
PLACEHOLDER = re.compile(r"\{(\w+)\}")
BUILT = ("way", "sign", "role", "relation", "legend", "problem", "theme", "download", "facets.by")
"""Beginnings of keys that are put together where they are used."""


@cache
def files() -> dict[str, str]:
    """Return the files of the page as they are installed."""
    folder = resources.files("ontograft.pipeline") / "page"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(files()[f"{language}.json"])
    return found


def own_modules() -> list[str]:
    return sorted(name for name in files() if name.endswith(".js") and name != CYTOSCAPE)


def own_code() -> str:
    return "\n".join(files()[name] for name in (*own_modules(), "index.html"))


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def test_both_languages_have_the_same_texts() -> None:
    english, german = map(texts, LANGUAGES)
    assert list(english) == list(german)
    for key, text in english.items():
        assert text.strip(), key
        assert german[key].strip(), key
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(german[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_both_forms(language: str) -> None:
    found = texts(language)
    ones = {key.removesuffix(".one") for key in found if key.endswith(".one")}
    others = {key.removesuffix(".other") for key in found if key.endswith(".other")}
    assert ones == others - {"correct", "problem"}  # these are keys of their own


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    code, english = own_code(), texts("en")
    known = {re.sub(r"\.(one|other)$", "", key) for key in english} | set(english)
    called = re.findall(r'\bt\(\s*(?:[^"`()]*\? )?"([a-z][^"]*)"', code)
    marked = re.findall(r'data-t(?:-label)?="([^"]*)"', code)
    assert len(called) > 100
    assert {key for key in (*called, *marked) if key not in known} == set()
    quoted = set(KEY.findall(code))
    built = tuple(f"{name}." if "." not in name else f"{name}-" for name in BUILT)
    unused = {
        key
        for key in english
        if key not in quoted
        and re.sub(r"\.(one|other)$", "", key) not in quoted
        and not key.startswith((*built, "nav.", "working", "skip", "corrections.l"))
    }
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_server_says_in_one_word_has_a_text(language: str) -> None:
    found = texts(language)
    for beginning, words in (
        ("way", WAY_TRUST),
        ("sign", (*get_args(Sense), "negated")),
        ("role", get_args(Role)),
    ):
        own = {key.partition(".")[2] for key in found if key.startswith(f"{beginning}.")}
        assert own == set(words), beginning


def test_no_text_can_become_markup_or_code() -> None:
    for name in own_modules():
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "createContextualFragment",
            "DOMParser",
            "eval(",
            "Function(",
            "srcdoc",
            'setAttribute("style"',
            'setAttribute("on',
        ):
            assert way not in files()[name], (name, way)


def test_the_markup_holds_no_script_style_or_foreign_address() -> None:
    for name in ("index.html", "login.html"):
        for tag, attributes in Tags(files()[name]).tags:
            assert not [key for key in attributes if key.startswith("on") or key == "style"], name
            for key in ("src", "href", "action"):
                assert re.match(r"^(/|#|data:,$)", attributes.get(key, "/")), (name, attributes)
            if tag == "script":
                assert attributes["src"].startswith("/page/")
                assert name == "index.html"
    assert "<style" not in files()["index.html"]
    assert not re.search(r"<script[^>]*>\s*[^<\s]", files()["index.html"])


def test_nothing_is_loaded_from_elsewhere() -> None:
    for name, text in files().items():
        if name.endswith((".js", ".css", ".html", ".svg")) and name != CYTOSCAPE:
            found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text))
            assert found <= {"http://www.w3.org"}, name
            assert not re.search(r"@import|url\(", text), name


def test_what_is_named_is_there_and_what_is_there_is_named() -> None:
    named = {"index.html", "login.html", "cytoscape.LICENSE.txt", *(f"{x}.json" for x in LANGUAGES)}
    for name in (*own_modules(), "index.html"):
        named |= set(re.findall(r'(?:from |import\(|import )"\./([\w.]+)"', files()[name]))
        named |= set(re.findall(r'"/page/([\w.]+)"', files()[name]))
    assert named == set(files())


def test_the_server_gives_out_every_file() -> None:
    assert set(page_files()) == set(files())


def test_the_vendored_library_is_the_released_one() -> None:
    """dist/cytoscape.esm.min.mjs of cytoscape 3.34.4 in npm, and its licence."""
    digest = hashlib.sha256(page_files()[CYTOSCAPE].content).hexdigest()
    assert digest == "0d7e373a706f0f01d6fb7a6ccf04988c01307cee1c2f9bcc7b068e9f6b431e3f"
    assert "Permission is hereby granted" in files()["cytoscape.LICENSE.txt"]
    # The library writes a style element unless it finds one of this name; index.html has it.
    assert "__________cytoscape_stylesheet" in files()[CYTOSCAPE]
    assert ("link", "__________cytoscape_stylesheet") in [
        (tag, attributes.get("id")) for tag, attributes in Tags(files()["index.html"]).tags
    ]


def test_the_modules_are_short() -> None:
    lengths = {name: len(files()[name].splitlines()) for name in own_modules()}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


@pytest.mark.parametrize("name", own_modules())
def test_the_syntax_is_right(name: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    kind = [] if name == "theme.js" else ["--input-type=module"]
    done = subprocess.run(
        [node, "--check", *kind, "-"], input=files()[name], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
