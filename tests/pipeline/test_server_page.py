from __future__ import annotations

import base64
import hashlib
import re

import pytest
from starlette.testclient import TestClient

from ontograft.pipeline.server_page import login_page, page_files

from .served import client, make_served


@pytest.fixture(scope="module")
def known() -> TestClient:
    """Return a client that has the token."""
    return client(make_served())


def test_the_page_and_each_of_its_files_are_served(known: TestClient) -> None:
    assert known.get("/").text == page_files()["index.html"].content.decode()
    for name, file in page_files().items():
        answer = known.get(f"/page/{name}")
        assert answer.status_code == 200
        assert answer.content == file.content
        assert answer.headers["content-type"] == file.type
    assert page_files()["app.js"].type == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "../server.py",
        "..%2fserver.py",
        "%2e%2e/server.py",
        "/etc/passwd",
        "%2fetc/passwd",
        "__init__.py",
        "",
        "app.js%00",
        "APP.JS",
    ],
)
def test_nothing_else_is_served(name: str, known: TestClient) -> None:
    answer = known.get(f"http://127.0.0.1:8321/page/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_a_browser_keeps_its_copy_while_it_is_good(known: TestClient) -> None:
    first = known.get("/page/app.js")
    assert first.headers["cache-control"] == "no-cache"
    again = known.get("/page/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert known.get("/page/app.js", headers={"If-None-Match": '"old"'}).status_code == 200


def test_the_head_of_a_file_can_be_asked_for(known: TestClient) -> None:
    answer = known.head("/page/app.js")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(page_files()["app.js"].content)


def test_the_login_page_needs_nothing_but_itself() -> None:
    answer = login_page()
    assert answer.status_code == 401
    text = bytes(answer.body).decode()
    assert not re.findall(r'\b(?:src|href)="(?!data:)', text)
    assert "<script" not in text
    assert " style=" not in text
    policy = answer.headers["content-security-policy"]
    for style in re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
