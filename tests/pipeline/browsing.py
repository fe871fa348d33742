"""A real server with a tiny model and its results, and a browser that watches what a page does.

What the browser tests need; see test_page_browser.py.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from ontograft.pipeline import Classifier, Project, fit, predict_corpus
from ontograft.pipeline.server_settings import ServerSettings
from ontograft.pipeline.serving import Served

from .served import TOKEN, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

CHROMIUM = "ONTOGRAFT_CHROMIUM"
"""The environment variable that names the browser."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WATCH = """
window.noted = [];
addEventListener("securitypolicyviolation", (event) => noted.push(event.violatedDirective));
"""
"""Notes what the page's policy forbade, before anything of the page runs."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; skip the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    names = (os.environ.get(CHROMIUM, ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"there is no Chromium; name one in the environment variable {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Site:
    """A running server.

    Args:
        port: its port.
        corrections: the folder of the corrections that it keeps.
    """

    port: int
    corrections: Path

    @property
    def home(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def kept(self, kind: str) -> list[dict[str, Any]]:
        """Return the corrections of a kind that are on the disk."""
        path = self.corrections / f"{kind}.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def site(
    base: Path,
    encoder: Path,
    *,
    ontology: str,
    rows: Sequence[dict[str, Any]],
    label_names: dict[str, str],
) -> Iterator[Site]:
    """Train a tiny model, predict its corpus, and serve both.

    Args:
        base: an empty folder.
        encoder: the folder of the encoder.
        ontology: the ontology in Turtle.
        rows: the corpus: id, text, label, other columns.
        label_names: the names of the labels.
    """
    (base / "ontology.ttl").write_text(ontology, encoding="utf-8")
    corpus = base / "texts.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with (base / "labels.tsv").open("w", encoding="utf-8", newline="") as names:
        csv.writer(names, delimiter="\t").writerows([("label", "name"), *label_names.items()])
    settings: dict[str, Any] = {
        "ontology": "ontology.ttl",
        "corpus": {"train": "texts.jsonl", "id": "id", "label_names": "labels.tsv"},
        "encoder": str(encoder),
        "training": {"epochs": 0},
        "output": "model",
    }
    model = fit(Project.of(settings, base=base)).folder
    predict_corpus(Classifier.load(model), corpus, base / "results")
    served = Served.load(
        model,
        results=base / "results",
        corrections=base / "corrections",
        settings=ServerSettings(token=TOKEN),
    )
    with running(served) as (port, _):
        yield Site(port, base / "corrections")


@dataclass
class Watched:
    """A page that is watched.

    Args:
        page: the page.
        site: the server.
        faults: errors of scripts, refusals of the page's policy, requests to other servers.
    """

    page: Page
    site: Site
    faults: list[str] = field(default_factory=list)

    def open(self, place: str = "") -> Page:
        """Open a view, having shown the token."""
        self.page.goto(f"{self.site.home}?token={TOKEN}")
        self.page.locator("#main .view").wait_for()
        if place:
            self.page.goto(f"{self.site.home}#/{place}")
        return self.page

    def classify(self, text: str) -> Page:
        """Classify a text, and wait for the explanation."""
        self.page.get_by_label("Text", exact=True).fill(text)
        self.page.get_by_role("button", name="Classify", exact=True).click()
        self.page.locator(".subgraph").wait_for()
        return self.page


@contextmanager
def watched(browser: Browser, site: Site, **options: Any) -> Iterator[Watched]:
    """Yield a page in a fresh context; fail afterwards if it did what it must not."""
    context: BrowserContext = browser.new_context(**options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    seen = Watched(page, site)
    faults = seen.faults
    page.add_init_script(WATCH)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"console: {message.text}")
            if message.type in ("error", "warning")
            and "Failed to load resource" not in message.text
            else None
        ),
    )

    def only_here(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("blob", "data") or address.netloc == f"127.0.0.1:{site.port}":
            route.fallback()
        else:
            faults.append(f"request: {route.request.url}")
            route.abort()

    context.route("**/*", only_here)
    yield seen
    faults += [f"policy: {name}" for name in page.evaluate("() => window.noted ?? []")]
    context.close()
    assert not faults


def fulfil(page: Page, path: str, body: Any, *, status: int = 200, **headers: str) -> None:
    """Answer in the server's place."""

    def answer(route: Route) -> None:
        kind = "application/problem+json" if status >= 400 else "application/json"
        sent = {"Content-Type": kind, **headers}
        route.fulfill(status=status, body=json.dumps(body), headers=sent)

    page.route(path, answer)


@contextmanager
def garden(base: Path, encoder: Path) -> Iterator[Site]:
    """Serve the embedded sample: advice on plants, with a model that has learnt nothing."""
    from importlib import resources

    sample = resources.files("ontograft.data.samples")
    lines = (sample / "train.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    rows = [{**json.loads(line), "year": str(2001 + at % 7)} for at, line in enumerate(lines)]
    names = (sample / "labels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    with site(
        base,
        encoder,
        ontology=(sample / "plant_health.ttl").read_text(encoding="utf-8"),
        rows=rows,
        label_names=dict(line.split("\t")[:2] for line in names),
    ) as running_site:
        yield running_site
