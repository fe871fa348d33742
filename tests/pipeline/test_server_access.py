from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_access import is_loopback

from .served import HOST, TOKEN, client, make_served

BODY = {"text": "an apple"}


@pytest.fixture(scope="module")
def known() -> TestClient:
    """Return a client that has the token."""
    return client(make_served())


@pytest.fixture(scope="module")
def unknown() -> TestClient:
    """Return a client without it."""
    return client(make_served(), Authorization="")


def routes_of(app: Any) -> list[tuple[str, str]]:
    """Return method and path of every route that an app has, those of its routers included."""
    found: list[tuple[str, str]] = []

    def walk(routes: list[BaseRoute]) -> None:
        for route in routes:
            inner = getattr(route, "routes", None) or getattr(
                getattr(route, "original_router", None), "routes", None
            )
            if inner:
                walk(inner)
            elif hasattr(route, "path"):
                methods = getattr(route, "methods", None) or {"GET"}
                found.extend((method, route.path) for method in sorted(methods))

    walk(app.routes)
    return found


def test_every_route_but_health_needs_the_token() -> None:
    app = make_app(make_served())
    stranger = client(app, Authorization="")
    routes = routes_of(app)
    named = {(method, path.replace(":path}", "}")) for method, path in routes}
    described = app.openapi()["paths"]
    for path, methods in described.items():  # none is missing from what was enumerated
        assert {(method.upper(), path) for method in methods} <= named
    assert {"/", "/page/{file:path}", "/openapi.json", "/metrics", "/ready"} <= {
        path for _, path in routes
    }
    for method, path in routes:
        asked = re.sub(r"\{[^}]*\}", "1", path)
        answer = stranger.request(method, asked)
        assert answer.status_code == (200 if path == "/health" else 401), (method, path)
        if path != "/health":
            assert answer.headers["www-authenticate"] == 'Bearer realm="ontograft"'


@pytest.mark.parametrize(
    "path", ["/nothing", "//health", "/health/", "/Health", "/page/%2e%2e/health", "/health%2f"]
)
def test_what_is_not_there_needs_the_token_too(path: str, unknown: TestClient) -> None:
    assert unknown.get(f"{HOST}{path}").status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer \xff\xfe",
    ],
)
def test_a_wrong_token_is_refused(value: str, unknown: TestClient) -> None:
    answer = unknown.get("/about", headers=[(b"authorization", value.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "send the header 'Authorization: Bearer TOKEN'" in answer.json()["detail"]


def test_the_scheme_is_read_in_either_case(unknown: TestClient) -> None:
    for value in (f"bearer {TOKEN}", f"BEARER  {TOKEN} "):
        assert unknown.get("/about", headers={"Authorization": value}).status_code == 200


def test_a_token_may_be_any_text() -> None:
    token = "geheimes-Wort-für-den-Dienst"
    stranger = client(make_served(token=token), Authorization="")
    headers = [(b"authorization", f"Bearer {token}".encode())]
    assert stranger.get("/about", headers=headers).status_code == 200


def test_without_a_token_of_its_own_a_server_lets_nobody_in() -> None:
    stranger = client(make_served(token=""), Authorization="")
    for headers in ({}, {"Authorization": "Bearer "}, {"Cookie": "ontograft-8321="}):
        assert stranger.get("/about", headers=headers).status_code == 401
    assert stranger.get("/?token=").status_code == 401


def test_the_address_with_the_token_sets_a_cookie_that_opens_the_rest() -> None:
    browser = client(make_served(), Authorization="")
    answer = browser.get(f"/?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("ontograft-8321=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert browser.get("/about").status_code == 200
    assert browser.get("/", headers={"Accept": "text/html"}).status_code == 200


def test_a_cookie_of_another_token_or_port_opens_nothing() -> None:
    browser = client(make_served(), Authorization="")
    browser.get(f"/?token={TOKEN}", follow_redirects=False)
    (value,) = browser.cookies.values()
    for served in (make_served(token="x" * 20), make_served(port=9000)):
        stranger = client(served, Authorization="", Cookie=f"ontograft-{8321}={value}")
        assert stranger.get("/about").status_code == 401
    broken = client(make_served(), Authorization="")
    for raw in (b"ontograft-8321=\x80; ;=", b"ontograft-8321", b'ontograft-8321="', b"=" * 100):
        assert broken.get("/about", headers=[(b"cookie", raw)]).status_code == 401


def test_a_browser_without_the_token_is_asked_for_it(unknown: TestClient) -> None:
    for path in ("/", "/?token=wrong"):
        answer = unknown.get(path, headers={"Accept": "text/html,*/*"})
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("text/html")
        assert "<form" in answer.text
    assert unknown.get("/about", headers={"Accept": "text/html"}).json()["status"] == 401


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8321", "127.0.0.1", "127.9.9.9:1", "[::1]:8321", "localhost.:8321"],
)
def test_a_loopback_server_is_called_by_the_names_of_this_machine(
    host: str, known: TestClient
) -> None:
    assert known.get("/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "localhost.evil", "[::2]"]
)
def test_another_host_is_refused(host: str, known: TestClient) -> None:
    answer = known.get("/about", headers={"Host": host})
    assert answer.status_code == 421
    assert "start it with --allowed-host NAME" in answer.json()["detail"]


def test_a_server_for_others_is_called_by_address_or_by_a_name_that_was_given() -> None:
    open_to_all = client(make_served(host="0.0.0.0", allowed_hosts=("Texts.example.org",)))
    for host in ("10.0.0.1:80", "[2001:db8::1]", "texts.example.org", "localhost"):
        assert open_to_all.get("/about", headers={"Host": host}).status_code == 200
    assert open_to_all.get("/about", headers={"Host": "evil.example"}).status_code == 421
    named = client(make_served(host="texts.local"))
    assert named.get("/about", headers={"Host": "texts.local:8321"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(headers: dict[str, str], known: TestClient) -> None:
    answer = known.post("/classify", json=BODY, headers=headers)
    assert answer.status_code == 403
    assert "may not change anything here; use the page of this server" in answer.json()["detail"]
    assert known.get("/about", headers=headers).status_code == 200


def test_the_own_page_may_ask() -> None:
    known = client(make_served(allowed_hosts=("texts.example.org",)))
    for headers in (
        {"Origin": "http://127.0.0.1:8321", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://texts.example.org"},  # a proxy before it
        {"Sec-Fetch-Site": "none"},
    ):
        assert known.post("/classify", json=BODY, headers=headers).status_code == 200


def test_no_other_site_may_read_answers(known: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1:3000", "Access-Control-Request-Method": "POST"}
    for answer in (known.get("/about", headers=headers), known.options("/about", headers=headers)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("texts.local", False),
        ("::", False),
    ],
)
def test_which_addresses_are_of_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "other", ['prefs={"a":1}', "name=J Smith", "x", "a b=c", "\u00e9=1", 'mine="']
)
def test_the_cookies_of_other_programs_on_the_host_keep_nobody_out(other: str) -> None:
    app = make_app(make_served())
    browser = client(app, Authorization="")
    browser.get(f"/?token={TOKEN}", follow_redirects=False)
    (value,) = browser.cookies.values()
    stranger = client(app, Authorization="")
    for cookies in (f"{other}; ontograft-8321={value}", f"ontograft-8321={value}; {other}"):
        headers = [(b"cookie", cookies.encode())]
        assert stranger.get("/about", headers=headers).status_code == 200, cookies
