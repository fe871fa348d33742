"""The web page in Chromium, over the real server, with a tiny model and its results."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from .browsing import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.slow

TEXT = (
    "Hello 🌹🌹 from the plot. My roses have greenfly. No blackspot was seen.\nSooty mould below."
)
IRI = "https://ontograft.example/plant-health/"


def answer(seen: Watched, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the server as the page does."""
    method = "GET" if body is None else "POST"
    return seen.page.request.fetch(seen.site.home + path, method=method, data=body).json()


def count(page: Page) -> int:
    """Return how many documents the search says it found."""
    return int(re.sub(r"\D", "", page.locator("#found-title").inner_text()))


def marks(page: Page, number: int) -> str:
    """Return the text that is marked as a mention."""
    return "".join(page.locator(f".mention[data-numbers~='{number}']").all_text_contents())


def test_a_text_is_classified_and_explained(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    said = answer(seen, "explain", {"text": TEXT})
    prediction = said["prediction"]
    assert page.locator(".verdict-label").inner_text().startswith(prediction["label_name"])
    assert page.locator(".figure").inner_text() == f"{prediction['score']:.1%}"
    assert len(prediction["mentions"]) >= 4
    for number, mention in enumerate(prediction["mentions"]):
        assert marks(page, number) == mention["text"]
    assert page.locator(".marked").text_content() == TEXT
    negated = page.locator(".mention.negated")
    assert negated.text_content() == "blackspot"
    assert negated.get_attribute("data-sign") == "not"
    while page.locator(".why > button").count():
        page.locator(".why > button").click()
    names = page.locator(".effects tbody a").all_inner_texts()
    assert names == [effect["label"] for effect in said["effects"]]
    assert "any knowledge" in page.locator(".effects tfoot").inner_text()
    page.locator(".drawing canvas").first.wait_for()
    page.get_by_text("As a list").click()
    listed = page.locator(".as-list li a").all_inner_texts()
    assert listed == [node["label"] for node in said["subgraph"]["nodes"]]


def test_a_card_opens_on_hover_and_on_focus(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    card = page.locator(".card")
    page.locator(".mention", has_text="greenfly").hover()
    card.wait_for()
    assert "Green aphids in general" in card.inner_text()
    assert "by its exact name" in card.inner_text()
    page.mouse.move(2, 2)
    card.wait_for(state="hidden")
    first = page.locator(".mention").first
    first.focus()
    card.wait_for()
    assert page.locator(".mention.lit").text_content() == "roses"
    page.keyboard.press("ArrowRight")
    assert page.locator(":focus").text_content() == "greenfly"
    page.keyboard.press("Enter")
    assert page.locator(":focus").inner_text() == "Open the concept"
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert page.locator(":focus").text_content() == "greenfly"


def test_a_row_of_the_reasons_lights_its_mentions(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    page.locator(".effects a", has_text="greenfly").hover()
    assert page.locator(".mention.lit").all_text_contents() == ["greenfly"]
    page.mouse.move(2, 2)
    assert page.locator(".mention.lit").count() == 0
    page.locator(".effects a", has_text="greenfly").focus()
    assert page.locator(".mention.lit").all_text_contents() == ["greenfly"]


def test_a_file_is_opened_and_a_picture_is_refused(seen: Watched) -> None:
    page = seen.open()
    files: Any = {"name": "a.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    page.locator("#file").set_input_files(files)
    page.wait_for_function("text => document.getElementById('text').value === text", arg=TEXT)
    files = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\0\0"}
    page.locator("#file").set_input_files(files)
    page.get_by_text("a.png is not a text file").wait_for()
    assert page.locator("#text").input_value() == TEXT


def test_the_tree_is_walked_with_the_keyboard(seen: Watched) -> None:
    page = seen.open("browse")
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("End")
    assert page.locator(":focus .tree-name").first.inner_text() == "symptom"
    page.keyboard.press("p")
    assert page.locator(":focus .tree-name").first.inner_text() == "plant problem"
    page.keyboard.press("ArrowRight")
    page.locator(":focus[aria-expanded=true] > ul > li").first.wait_for()
    page.keyboard.press("ArrowRight")
    child = page.locator(":focus")
    assert child.get_attribute("aria-level") == "2"
    page.keyboard.press("Enter")
    name = child.locator(".tree-name").first.inner_text()
    page.get_by_role("heading", level=2, name=name).wait_for()
    assert child.get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator(":focus .tree-name").first.inner_text() == "plant problem"


def test_a_concept_has_a_page_of_its_own(seen: Watched) -> None:
    page = seen.open(f"browse?concept={IRI.replace('/', '%2F')}aphid")
    article = page.locator(".concept-page")
    article.get_by_role("heading", name="aphid", exact=True).wait_for()
    said = answer(seen, f"concepts/{IRI.replace('/', '%2F')}aphid")
    assert said["documents"] > 0
    assert f"{said['documents']} documents mention" in article.inner_text()
    assert "plant louse" in article.inner_text()
    assert article.get_by_role("link", name="sap-sucking insect").count() == 1
    marked = page.locator("[aria-selected=true]")
    marked.wait_for()
    assert marked.get_attribute("data-concept") == f"{IRI}aphid"
    assert marked.locator(".count").first.inner_text() == str(said["documents"])
    article.get_by_role("link", name="greenfly", exact=True).click()
    article.get_by_role("heading", name="greenfly", exact=True).wait_for()
    page.go_back()
    article.get_by_role("heading", name="aphid", exact=True).wait_for()


def test_documents_are_found_by_concept_label_and_words(seen: Watched) -> None:
    page = seen.open("search")
    page.locator(".result").first.wait_for()
    assert count(page) == 60
    field = page.get_by_role("combobox", name="Mentions the concept")
    field.press_sequentially("insect pe")
    page.get_by_role("option", name="insect pest", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".chip", has_text="mentions insect pest").wait_for()
    page.wait_for_function("() => !/^60 /.test(document.getElementById('found-title').innerText)")
    query = {"mentions": [f"{IRI}insect-pest"], "include_narrower": True}
    total = answer(seen, "query", {"filters": query, "show": "documents"})["total"]
    assert 0 < count(page) == total < 60
    assert page.locator(".result blockquote").count() == min(total, 20)
    facet = page.locator(".facet").first.locator(".facet-value").first  # labels come first
    documents = int(facet.locator(".count").inner_text())
    facet.click()
    page.wait_for_function(
        "n => document.getElementById('found-title').innerText.startsWith(`${n} document`)",
        arg=documents,
    )
    assert "label=" in page.url
    page.go_back()
    page.wait_for_function(
        "n => document.getElementById('found-title').innerText.startsWith(`${n} document`)",
        arg=total,
    )
    page.get_by_label("with narrower concepts").uncheck()
    page.get_by_text("No document is like this").wait_for()


def test_a_wrong_name_in_the_address_is_answered_with_what_may_be_meant(seen: Watched) -> None:
    page = seen.open("search?mentions=grenfly")
    page.locator(".problem").wait_for()
    page.locator(".problem").get_by_role("link", name="greenfly", exact=True).click()
    page.locator(".result").first.wait_for()
    assert f"mentions={IRI.replace(':', '%3A').replace('/', '%2F')}greenfly" in page.url


def test_pages_and_saved_searches(seen: Watched) -> None:
    page = seen.open("search?words=the")
    page.get_by_role("link", name="Next").click()
    page.get_by_text("Page 2 of").wait_for()
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_text("Give it a name.").wait_for()
    page.get_by_role("dialog").get_by_label("Name").fill("the <b>bold</b> ones")
    page.keyboard.press("Enter")
    page.reload()
    page.get_by_text("Saved searches (1)").click()
    page.get_by_role("link", name="the <b>bold</b> ones").click()
    page.get_by_text("Page 1 of").wait_for()
    page.get_by_text("Saved searches (1)").click()
    page.get_by_role("button", name="Delete the search the <b>bold</b> ones").click()
    page.get_by_text("None yet").wait_for()
    assert page.locator("b").count() == 0
    assert page.get_by_role("link", name="the <b>bold</b> ones").count() == 0
    page.reload()
    page.get_by_text("Saved searches (0)").wait_for()
    assert "words=the" in page.url


def test_what_was_found_is_downloaded(seen: Watched, tmp_path: Path) -> None:
    page = seen.open(f"search?mentions={IRI}rose")
    page.locator(".result").first.wait_for()
    total = count(page)
    for name, ending in (("CSV", "csv"), ("JSON Lines", "jsonl"), ("Parquet", "parquet")):
        if not page.locator(".menu[open]").count():
            page.locator("summary", has_text="Download").click()
        with page.expect_download() as caught:
            page.get_by_role("button", name=name).click()
        assert caught.value.suggested_filename == f"ontograft-documents.{ending}"
        path = tmp_path / f"found.{ending}"
        caught.value.save_as(path)
        if ending == "parquet":
            assert len(pq.read_table(path)) == total
        else:
            lines = path.read_text(encoding="utf-8").splitlines()
            assert len(lines) == total + (ending == "csv")


def test_a_document_is_opened_and_explained(seen: Watched) -> None:
    page = seen.open("search?words=rose")
    page.locator(".result-title").first.click()
    page.locator(".marked").wait_for()
    number = int(re.findall(r"#/document/(\d+)", page.url)[0])
    said = answer(seen, f"documents/{number}")
    assert page.locator(".marked").text_content() == said["text"]
    for at, mention in enumerate(said["mentions"]):
        assert marks(page, at) == mention["text"]
    assert said["fields"]["year"] in page.locator(".facts").inner_text()
    page.get_by_role("button", name="Explain this text").click()
    page.locator(".effects").wait_for()
    page.get_by_role("link", name="Back to the search").click()
    page.locator(".result").first.wait_for()
    assert "words=rose" in page.url


def test_the_first_answer_may_be_that_the_model_is_loading(seen: Watched) -> None:
    asked: list[str] = []

    def first_busy(route: Route) -> None:
        asked.append(route.request.url)
        problem = {"type": "about:blank", "title": "", "status": 503, "detail": "starting"}
        if len(asked) == 1:
            route.fulfill(status=503, body=json.dumps(problem))
        else:
            route.fallback()

    seen.page.route("**/about", first_busy)
    seen.open()
    assert len(asked) == 2
