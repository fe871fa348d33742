"""The web page for everybody: screen readers, keyboards, narrow screens, large texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .browsing import Site, Watched, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

pytestmark = pytest.mark.slow

TEXT = "Hello from the plot. My roses have greenfly. No blackspot was seen.\nSooty mould below."
IRI = "https://ontograft.example/plant-health/"
VIEWS = {
    "classify": "#text",
    "browse": ".tree [role=treeitem]",
    f"browse?concept={IRI}aphid": ".concept-page .result",
    "search": ".facet-value",
    f"search?mentions={IRI}aphid&without={IRI}rose&words=the": ".facet-value",
    "search?words=nowhere-to-be-found": ".found .empty",
    "document/3": ".marked",
    "corrections": ".tally",
    "nothing": ".empty",
}


def go(seen: Watched, view: str, ready: str) -> Page:
    seen.page.goto(f"{seen.site.home}#/{view}")
    seen.page.locator(ready).first.wait_for()
    return seen.page


def axe(page: Page) -> list[str]:
    """Return what shuts readers out, by the rules of axe (WCAG 2.2, A and AA)."""
    library = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = library.Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def states(seen: Watched) -> Iterator[str]:
    """Bring the page into each of its states, and yield what it is."""
    page = seen.open()
    for view, ready in VIEWS.items():
        go(seen, view, ready)
        yield view
    go(seen, "classify", "#text")
    seen.classify(TEXT)
    page.locator(".drawing canvas").first.wait_for()
    page.get_by_text("As a list").click()
    yield "explained"
    page.locator(".mention").first.focus()
    page.locator(".card").wait_for()
    yield "card"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Correct", exact=True).click()
    page.get_by_role("dialog").get_by_role("combobox").press_sequentially("black")
    page.locator("li[role=option]").first.wait_for()
    yield "correction"
    page.keyboard.press("Escape")
    page.locator("li[role=option]").first.wait_for(state="hidden")
    assert page.get_by_role("dialog").count() == 1  # only the list is closed
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("button", name="Correct the label").click()
    page.get_by_role("dialog").locator("select").select_option(index=6)
    page.get_by_role("dialog").locator("select").select_option(index=5)
    page.get_by_role("button", name="Cancel").click()
    page.goto(f"{seen.site.home}#/search?words=rose")
    page.locator("summary", has_text="Download").click()
    yield "menu"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: Any, browser: Browser, served: Site) -> None:
    with watched(browser, served, color_scheme=scheme, locale="en-GB") as seen:
        found = {state: axe(seen.page) for state in states(seen)}
        page = seen.page
        page.context.clear_cookies()
        page.goto(seen.site.home)
        page.get_by_label("Token").wait_for()
        found["token"] = axe(page)
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_sticks_out_of_a_narrow_screen(width: int, browser: Browser, served: Site) -> None:
    size: Any = {"width": width, "height": 740}
    script = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with watched(browser, served, viewport=size, locale="en-GB") as seen:
        wide = {state: seen.page.evaluate(script) for state in states(seen)}
    assert {state: pixels for state, pixels in wide.items() if pixels > 0} == {}


def test_everything_is_reached_and_left_with_the_keyboard(browser: Browser, served: Site) -> None:
    place = """() => {
      const element = document.activeElement;
      if (element === document.body) return "body";
      const style = getComputedStyle(element);
      const row = element.querySelector(":scope > .tree-row");
      const outline = row ? getComputedStyle(row).outlineStyle : style.outlineStyle;
      window.numbered ??= new Map();
      if (!numbered.has(element)) numbered.set(element, numbered.size);
      return `${numbered.get(element)} ${element.localName} ${outline}`;
    }"""
    with watched(browser, served, locale="en-GB") as seen:
        for view, ready in VIEWS.items():
            seen.open()
            page = go(seen, view, ready)
            page.reload()  # the focus begins at the top again
            page.locator(ready).first.wait_for()
            visited = []
            for _ in range(150):
                page.keyboard.press("Tab")
                visited.append(page.evaluate(place))
                if visited[-1] == "body" or visited[-1] in visited[:-1]:
                    break
            reached = visited[:-1]
            assert len(reached) > 6, view
            # The focus came round: from the last element out of the page, or to the first one.
            assert visited[-1] in ("body", reached[0]), (view, visited)
            assert not [each for each in reached if each.endswith(" none")], view


def test_the_first_key_leads_past_the_head(browser: Browser, served: Site) -> None:
    with watched(browser, served, locale="en-GB") as seen:
        page = seen.open("browse")
        page.reload()
        page.locator(".tree [role=treeitem]").first.wait_for()
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("role") == "combobox"
        assert "#/browse" in page.url


def test_what_happens_is_said(browser: Browser, served: Site) -> None:
    with watched(browser, served, locale="en-GB") as seen:
        page = seen.open()
        seen.classify(TEXT)
        assert "mentions" in page.locator("#status").inner_text()
        assert page.locator(":focus").get_attribute("id") == "verdict-title"
        go(seen, "search?words=rose", ".result")
        page.wait_for_function(
            "() => document.getElementById('status').innerText"
            " === document.getElementById('found-title').innerText"
        )
        page.get_by_role("link", name="Corrections").click()
        page.locator(".tally").first.wait_for()
        assert page.evaluate("() => document.activeElement.id") == "main"


def test_less_motion_is_no_motion(browser: Browser, served: Site) -> None:
    with watched(browser, served, reduced_motion="reduce", locale="en-GB") as seen:
        page = go(seen, "browse", "body")
        seen.open("browse")
        page.locator(".twist .icon").first.wait_for()
        moved = "() => getComputedStyle(document.querySelector('.twist .icon')).transitionDuration"
        assert page.evaluate(moved) == "0s"


def work(session: CDPSession) -> float:
    """Return the processor time of the page's main thread so far, in seconds."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "ThreadTime"))


def large() -> tuple[str, dict[str, Any]]:
    """Return a text of a million characters with 5,000 mentions, and its prediction."""
    sentence = "The patient 🫀 had no kidney disease, and was well again after a week or two. "
    text = "".join(sentence + ("\n" if at % 9 == 0 else "") for at in range(13_200))
    assert len(text) > 1_000_000
    mentions, at = [], 0
    for number in range(5_000):
        at = text.index("kidney disease", at + 1)
        common = {"concept": f"http://example.org/{number % 50}", "label": "kidney disease"}
        common |= {"definition": "", "way": "exact", "section": "", "polarity": "negated"}
        place = {"start": at, "end": at + 14, "text": "kidney disease", "score": 1.0}
        mentions.append(common | place | {"senses": [], "nested": False, "fragments": []})
        mentions[-1]["candidates"] = []
    prediction = {"id": None, "label": "viral", "label_name": "", "score": 0.5}
    return text, prediction | {"probabilities": {"viral": 0.5}, "mentions": mentions}


def wide_subgraph() -> dict[str, Any]:
    """Return a subgraph of 200 concepts with 300 relations."""
    nodes = [
        {"concept": f"http://example.org/{n}", "label": f"concept number {n}", "weight": 0.1}
        | {"role": "mentioned" if n >= 100 else "ancestor"}
        for n in range(200)
    ]
    pairs = [(n, n // 3) for n in range(1, 200)] + [(n, n - 90) for n in range(100, 200)]
    edges = [
        {"source": nodes[a]["concept"], "target": nodes[b]["concept"], "relation": "broader"}
        for a, b in pairs
    ]
    return {"nodes": nodes, "edges": edges, "left_out": 7}


def test_a_large_text_and_a_large_subgraph_stay_usable(browser: Browser, served: Site) -> None:
    text, prediction = large()
    explanation = {
        "method": "leave-one-concept-out",
        "prediction": prediction,
        "without_knowledge": {"label": "viral", "score": 0.4},
        "effects": [],
        "subgraph": wide_subgraph(),
    }

    def answered(body: Any) -> Any:
        sent = json.dumps(body)
        kind = {"Content-Type": "application/json"}
        return lambda route: route.fulfill(status=200, body=sent, headers=kind)

    with watched(browser, served, locale="en-GB") as seen:
        page = seen.open()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.route("**/classify", answered({"predictions": [prediction]}))
        page.route("**/explain", answered(explanation))
        page.evaluate(
            "text => { const area = document.getElementById('text'); area.value = text;"
            " area.dispatchEvent(new Event('input')); }",
            text,
        )
        before = work(session)
        page.get_by_role("button", name="Classify", exact=True).click()
        page.locator(".drawing canvas").first.wait_for()
        assert page.locator(".mention").count() == 5_000
        drawn = work(session)
        assert drawn - before < 8  # seconds of the processor
        assert marked_right(page, prediction)
        page.locator(".mention").nth(2_000).focus()
        page.locator(".card").wait_for()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        assert page.locator(".mention").nth(2_010).evaluate("e => e === document.activeElement")
        page.get_by_role("button", name="Fit into the frame").click()
        page.get_by_role("button", name="Zoom in").click()
        page.get_by_text("As a list (200 concepts)").click()
        assert page.locator(".as-list li").count() == 200
        assert "7 weaker concepts are left out" in page.locator(".subgraph").inner_text()
        assert work(session) - drawn < 6


def marked_right(page: Page, prediction: dict[str, Any]) -> bool:
    words = page.locator(".mention").all_text_contents()
    return words == [mention["text"] for mention in prediction["mentions"]]
