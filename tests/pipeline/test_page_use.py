"""The web page as its readers use it: corrections, faults of the server, languages, large texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .browsing import Site, Watched, fulfil, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.slow

TEXT = (
    "Hello 🌹🌹 from the plot. My roses have greenfly. No blackspot was seen.\nSooty mould below."
)
IRI = "https://ontograft.example/plant-health/"


def test_a_corrected_label_can_be_taken_back_and_is_kept_else(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    code = page.locator(".verdict-label .code").inner_text()
    other = "viral" if code != "viral" else "insect"
    for ending in ("Undo", "keep"):
        page.get_by_role("button", name="Correct the label").click()
        page.get_by_role("dialog").locator("select").select_option(other)
        page.get_by_role("button", name="Keep", exact=True).click()
        page.locator(".corrected-note").wait_for()
        if ending == "Undo":
            page.get_by_role("button", name="Undo").click()
            page.locator(".corrected-note").wait_for(state="detached")
            page.locator(".toast", has_text="Taken back").wait_for()
            assert seen.site.kept("labels") == []
    page.get_by_role("link", name="Corrections").click()  # what waits is sent at once
    page.locator(".toast", has_text="Kept for training as correction").wait_for()
    page.locator(".recent li").wait_for()
    (row,) = seen.site.kept("labels")
    assert (row["text"], row["label"], row["predicted"]) == (TEXT, other, code)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download labels.jsonl").click()
    assert json.loads(Path(caught.value.path()).read_text(encoding="utf-8")) == row


def test_links_are_corrected_and_mentions_added(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    page.locator(".mention", has_text="greenfly").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Correct", exact=True).click()
    dialog = page.get_by_role("dialog", name="Correct the concept")
    dialog.get_by_role("button", name="Keep").click()
    dialog.get_by_text("Choose one of these.").wait_for()
    dialog.get_by_role("combobox").press_sequentially("black bean")
    dialog.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep").click()
    corrected = page.locator(".mention.corrected")
    assert corrected.all_text_contents() == ["greenfly"]
    page.locator(".mention", has_text="blackspot").click()
    page.get_by_role("button", name="Correct", exact=True).click()
    page.get_by_role("dialog").get_by_label("no concept").check()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("button", name="Add a mention").click()
    dialog = page.get_by_role("dialog", name="Add a mention")
    dialog.get_by_label("Words in the text").fill("plot")
    dialog.get_by_role("combobox").press_sequentially("host plant")
    dialog.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep").click()
    assert set(corrected.all_text_contents()) == {"plot", "greenfly", "blackspot"}
    page.get_by_role("link", name="Corrections").click()
    page.locator(".recent li").nth(2).wait_for()
    rows = [row for row in seen.site.kept("links") if row["text"] == TEXT]
    mentions = {one["text"]: one for one in rows[-1]["mentions"] if "number" in one}
    assert mentions["greenfly"]["iri"] == f"{IRI}black-bean-aphid"
    assert mentions["greenfly"]["predicted"] == f"{IRI}greenfly"
    assert mentions["blackspot"]["iri"] == "NIL"
    assert (mentions["plot"]["iri"], mentions["plot"]["predicted"]) == (f"{IRI}host-plant", None)


def test_selected_words_are_marked_where_they_stand(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    page.evaluate("""() => {
      const nodes = document.querySelector(".marked").childNodes;
      const range = document.createRange();
      range.setStart(nodes[0], nodes[0].data.indexOf(" from"));
      range.setEnd(nodes[0], nodes[0].data.indexOf(" plot") + 6);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""")
    page.get_by_role("button", name="Add a mention").click()
    assert page.locator("dialog blockquote").inner_text() == "from the plot."
    page.get_by_role("dialog").get_by_role("combobox").press_sequentially("host plant")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep", exact=True).click()
    assert page.locator(".mention.corrected").all_text_contents() == ["from the plot."]
    # A request that is held up here while its page closes would never be let go.
    page.context.unroute_all()
    page.goto("about:blank")  # what waits is sent while the page closes
    start = TEXT.index("from the plot.")
    span = (start, start + len("from the plot."))
    for _ in range(600):  # a minute, for a busy machine
        found = [one for row in seen.site.kept("links") for one in row["mentions"]]
        if span in [(one["start"], one["end"]) for one in found]:
            break
        page.wait_for_timeout(100)
    (own,) = [one for one in found if (one["start"], one["end"]) == span]
    assert (own["iri"], own["predicted"]) == (f"{IRI}host-plant", None)


def test_a_busy_server_says_when_to_come_back(seen: Watched) -> None:
    page = seen.open()
    headers = {"Retry-After": "7"}
    fulfil(page, "**/classify", {"detail": "40 texts wait."}, status=429, **headers)
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.get_by_role("button", name="Classify", exact=True).click()
    page.get_by_text("The server is busy").wait_for()
    assert "40 texts wait. Try again in 7 seconds." in page.locator(".problem").inner_text()
    page.unroute("**/classify")
    page.get_by_role("button", name="Try again").click()
    page.locator(".verdict-label").wait_for()


def test_a_lost_server_is_told(seen: Watched) -> None:
    page = seen.open("search")
    page.locator(".result").first.wait_for()
    page.route("**/documents?*", lambda route: route.abort())
    page.get_by_label("Words").fill("rose")
    page.keyboard.press("Enter")
    page.get_by_text("The server cannot be reached").wait_for()
    assert page.locator(".result").count() == 0
    page.unroute("**/documents?*")
    page.get_by_role("button", name="Try again").click()
    page.locator(".result").first.wait_for()
    assert page.get_by_text("The server cannot be reached").count() == 0
    assert "words=rose" in page.url


def test_without_the_token_its_page_comes_and_nothing_is_lost(seen: Watched) -> None:
    page = seen.open()
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.context.clear_cookies()
    page.get_by_role("button", name="Classify", exact=True).click()
    token = page.get_by_label("Token")
    token.fill("a-wrong-one")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?token=a-wrong-one")
    from .served import TOKEN

    token.fill(TOKEN)
    page.keyboard.press("Enter")
    page.locator("#main .view").wait_for()
    assert page.get_by_label("Text", exact=True).input_value() == TEXT
    assert "token" not in page.url


def test_a_failed_correction_is_taken_back(seen: Watched) -> None:
    page = seen.open()
    seen.classify(TEXT)
    fulfil(page, "**/corrections", {"detail": "the disk is full"}, status=503)
    page.locator(".mention", has_text="greenfly").click()
    page.get_by_role("button", name="Correct", exact=True).click()
    page.get_by_role("dialog").get_by_label("no concept").check()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator(".mention.corrected").wait_for()
    page.evaluate("async () => (await import('/page/keeping.js')).flush()")
    page.get_by_text("could not be kept").wait_for()
    assert "the disk is full" in page.locator(".toast").last.inner_text()
    page.locator(".mention.corrected").wait_for(state="detached")


@pytest.mark.parametrize(
    ("view", "missing", "said"),
    [
        ("browse", {"ontology": None}, "This model knows no ontology"),
        ("search", {"results": None}, "No results are served"),
        ("corrections", {"corrections": False}, "Corrections are not kept"),
    ],
)
def test_what_is_not_served_is_said(
    view: str, missing: dict[str, Any], said: str, seen: Watched
) -> None:
    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), **missing})

    seen.page.route("**/about", without)
    page = seen.open(view)
    page.get_by_text(said).wait_for()
    if view == "corrections":
        page.goto(f"{seen.site.home}#/document/1")
        page.locator(".marked").wait_for()
        assert page.get_by_role("button", name="Correct the label").count() == 0


def test_it_speaks_german_and_remembers_the_language(browser: Browser, served: Site) -> None:
    with watched(browser, served, locale="de-DE") as seen:
        page = seen.open(f"browse?concept={IRI}aphid")
        page.get_by_role("heading", name="In der Ontologie stöbern").wait_for()
        assert page.locator("html").get_attribute("lang") == "de"
        page.goto(f"{served.home}#/classify")
        page.get_by_label("Text", exact=True).fill(TEXT)
        page.get_by_role("button", name="Klassifizieren", exact=True).click()
        page.locator(".effects").wait_for()
        assert "," in page.locator(".figure").inner_text()
        assert page.locator(".mention.negated").get_attribute("data-sign") == "nicht"
        page.get_by_label("Sprache").select_option("en")
        page.get_by_role("heading", name="Why: without each concept").wait_for()
        page.reload()
        page.get_by_role("button", name="Classify", exact=True).wait_for()


def test_light_and_dark_follow_the_system_and_the_switch(browser: Browser, served: Site) -> None:
    background = "() => getComputedStyle(document.body).backgroundColor"
    with watched(browser, served, color_scheme="dark", locale="en-GB") as seen:
        page = seen.open()
        dark = page.evaluate(background)
        page.get_by_role("button", name="Colours: as the system has them").click()
        light = page.evaluate(background)
        assert light != dark
        page.reload()
        page.locator("#main .view").wait_for()
        assert page.evaluate(background) == light
        page.get_by_role("button", name="Colours: light").click()
        assert page.evaluate(background) == dark
