"""Nothing that stands in an ontology, a corpus or a text runs in the page (RELIABILITY, row 32)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from .browsing import Site, Watched, site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

RUN = "window.ran=(window.ran||0)+1"
IMAGE = f"<img src=x onerror='{RUN}'>"
SCRIPT = f"<script>{RUN}</script>"
BREAKS = f"\"'><svg onload={RUN}><x-evil autofocus onfocus={RUN} tabindex=1>"
TURNED = "evil \u202egpj.exe"
SCHEME = f"javascript:{RUN}"
DATA = "data:text/html,%3Cscript%3E1%3C/script%3E"

ONTOLOGY = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix : <http://example.org/> .
:scheme a owl:Ontology .
:root a skos:Concept ; skos:prefLabel {json.dumps(IMAGE)}@en ;
  skos:definition {json.dumps(SCRIPT + BREAKS)}@en .
<{SCHEME}> a skos:Concept ; skos:broader :root ; skos:altLabel "apple"@en ;
  skos:prefLabel {json.dumps(SCRIPT)}@en ; skos:definition {json.dumps(IMAGE)}@en .
<{DATA}> a skos:Concept ; skos:broader :root ; skos:altLabel "pear"@en ;
  skos:prefLabel {json.dumps(BREAKS)}@en ; skos:related <{SCHEME}> .
:turned a skos:Concept ; skos:broader :root ; skos:altLabel "plum"@en ;
  skos:prefLabel {json.dumps(TURNED)}@en ; skos:definition {json.dumps(TURNED)}@en .
"""
TEXT = f"{IMAGE} An apple, a pear, no plum. {SCRIPT} {BREAKS} {TURNED} apple"
ROWS = [
    {
        "id": f"{IMAGE}{number}{TURNED}",
        "text": f"{TEXT} {number}",
        "label": (IMAGE, BREAKS, TURNED)[number % 3],
        "year": SCRIPT,
        IMAGE: BREAKS,
    }
    for number in range(24)
]
LOOK = """() => {
  const found = [];
  const own = new Set(["/page/app.js", "/page/theme.js"]);
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (name === "script" && !own.has(element.getAttribute("src"))) found.push("script");
    if (name === "img" && element.getAttribute("src") !== "/page/icon.svg") found.push("img");
    if (["x-evil", "iframe", "object", "embed", "style", "base"].includes(name)) found.push(name);
    if (name === "svg" && !element.classList.contains("icon")) found.push("svg");
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith("on")) found.push(attribute);
      if (["href", "src", "action"].includes(attribute) && /^\\s*(javascript|data):/i.test(value))
        found.push(value);
    }
  }
  if (window.ran) found.push(`ran ${window.ran}`);
  return found;
}"""
TURNING = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data;
    const element = walk.currentNode.parentElement;
    if (!text.includes("\\u202e") || element.matches("option, .marked *")) continue;
    const { unicodeBidi, display } = getComputedStyle(element);
    const isolated = unicodeBidi === "isolate";
    const block = ["block", "list-item", "grid", "flex"].includes(display);
    const closed = /\\u2068[^\\u2069]*\\u202e[^\\u2069]*\\u2069/.test(text);
    if (!(isolated || block || closed)) found.push(`${element.localName}.${element.className}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Iterator[Site]:
    with site(
        tmp_path_factory.mktemp("hostile"),
        encoder_folder,
        ontology=ONTOLOGY,
        rows=ROWS,
        label_names={IMAGE: BREAKS, BREAKS: SCRIPT, TURNED: IMAGE},
    ) as running_site:
        yield running_site


def harmless(page: Page) -> None:
    """Fail if anything became an element, an attribute or a script, or turns what is around it."""
    page.wait_for_timeout(100)  # an image that fails to load would say so by now
    assert page.evaluate(LOOK) == []
    assert page.evaluate(TURNING) == []


def test_the_check_itself_notices(seen: Watched) -> None:
    page = seen.open()
    page.evaluate(
        "text => document.querySelector('main').insertAdjacentHTML('beforeend', text)", IMAGE
    )
    assert page.evaluate(LOOK) == ["img", "onerror"]
    page.evaluate(
        "text => { const b = document.createElement('b'); b.append(text);"
        " document.getElementById('about').append(b); }",
        TURNED,
    )
    assert page.evaluate(TURNING) == ["b."]
    # The page's policy is the second line: what became markup still does not run.
    page.wait_for_function("() => window.noted.includes('script-src-attr')")
    assert page.evaluate("() => window.ran ?? 0") == 0
    page.evaluate("() => { window.noted.length = 0; }")
    seen.faults.clear()


def test_a_classified_text_is_harmless(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    assert page.locator(".marked").text_content() == TEXT
    assert page.locator(".mention").count() >= 4
    harmless(page)
    for number in range(page.locator(".mention").count()):
        page.locator(".mention").nth(number).hover()
        page.locator(".card .names, .card .card-words").first.wait_for()
        harmless(page)
    page.get_by_text("As a list").click()
    for link in page.locator(".effects tbody a").all():
        link.hover()
    harmless(page)


def test_corrections_are_harmless(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    page.get_by_role("button", name="Correct the label").click()
    harmless(page)
    page.get_by_role("dialog").locator("select").select_option(index=1)
    chosen = page.locator("dialog select").input_value()
    current = page.locator(".verdict-label .code").inner_text()
    if chosen == current:
        page.locator("dialog select").select_option(index=0)
    page.get_by_role("button", name="Keep").click()
    page.locator(".toast").wait_for()
    harmless(page)
    page.get_by_role("link", name="Corrections").click()
    page.locator(".recent li").wait_for()
    harmless(page)
    assert page.locator(".recent li").count() == 1
    assert len(seen.site.kept("labels")) == 1


@pytest.mark.parametrize(
    "iri", ["http://example.org/root", SCHEME, DATA, "http://example.org/turned"]
)
def test_concepts_are_harmless(iri: str, seen: Watched) -> None:
    page = seen.open(f"browse?concept={quote(iri, safe='')}")
    page.locator(".tree [aria-selected=true]").wait_for()
    page.locator(".concept-page .result").first.wait_for()
    harmless(page)
    assert page.locator(".iri a").count() == iri.startswith("http")
    page.get_by_role("combobox", name="Go to a concept").press_sequentially("<im")
    page.locator("li[role=option]").first.wait_for()
    harmless(page)


def test_searches_and_documents_are_harmless(seen: Watched) -> None:
    query = "&".join(
        f"{key}={quote(value, safe='')}"
        for key, value in (("mentions", SCHEME), ("words", IMAGE), ("where", f"year={SCRIPT}"))
    )
    page = seen.open(f"search?{query}")
    page.locator(".result").first.wait_for()
    page.locator(".facet-value").first.wait_for()
    harmless(page)
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("dialog").get_by_label("Name").fill(IMAGE + TURNED)
    page.keyboard.press("Enter")
    page.get_by_text("Saved searches (1)").click()
    harmless(page)
    assert page.locator(".saved-list a").all_text_contents() == [IMAGE + TURNED]
    page.locator(".result-title").first.click()
    page.locator(".marked").wait_for()
    harmless(page)
    assert IMAGE in (page.locator(".marked").text_content() or "")
    page.goto(f"{seen.site.home}#/search?mentions={quote(IMAGE, safe='')}%20wrong")
    page.locator(".problem").wait_for()
    harmless(page)


@pytest.mark.parametrize(
    "address",
    [
        SCHEME,
        DATA,
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "\tjava\nscript:alert(1)",
        "vbscript:x",
        "//example.org/x",
        "file:///etc/passwd",
    ],
)
def test_only_harmless_addresses_become_links(address: str, seen: Watched) -> None:
    page = seen.open()
    script = "async (text) => (await import('/page/dom.js')).safeAddress(text)"
    assert page.evaluate(script, address) is None
    link = "async (text) => (await import('/page/dom.js')).el('a', { href: text }).outerHTML"
    assert page.evaluate(link, address) == "<a></a>"


def test_what_could_carry_code_is_refused(seen: Watched) -> None:
    page = seen.open()
    for name in ("onclick", "style", "innerHTML", "src", "srcdoc"):
        script = (
            "async (name) => { const { el } = await import('/page/dom.js');"
            " try { el('p', { [name]: 'x' }); } catch (error) { return error.message; } }"
        )
        assert page.evaluate(script, name) == f"el: unknown property {name}"
