from __future__ import annotations

import pytest
from starlette.responses import StreamingResponse

from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_headers import SECURITY

from .served import client, make_served


@pytest.mark.parametrize("path", ["/health", "/about", "/nothing", "/", "/page/app.js", "/metrics"])
def test_every_answer_has_the_headers_that_keep_a_browser_safe(path: str) -> None:
    app = make_app(make_served())
    for known in (client(app), client(app, Authorization=""), client(app, Host="evil.example")):
        answer = known.get(path)
        for name, value in SECURITY.items():
            if name != b"cache-control":
                assert answer.headers[name.decode()] == value.decode(), (path, name)
        assert answer.headers["cache-control"] in ("no-store", "no-cache")
        assert "server" not in answer.headers


def test_the_policy_lets_nothing_run_but_the_pages_own_files() -> None:
    policy = client(make_served()).get("/").headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def test_an_answer_that_breaks_off_is_not_answered_twice() -> None:
    app = make_app(make_served())

    @app.get("/breaks")
    def breaks() -> StreamingResponse:
        def parts() -> object:
            yield b"begun"
            raise RuntimeError("broken off")

        return StreamingResponse(parts())  # type: ignore[arg-type]

    with pytest.raises(RuntimeError, match="broken off"):
        client(app).get("/breaks")


def test_a_path_cannot_write_a_line_of_its_own_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app(make_served())

    @app.get("/fails/{name}")
    def fails(name: str) -> None:
        raise RuntimeError(name[:1])

    assert client(app).get("/fails/a%0AERROR%20all%20is%20lost").status_code == 500
    messages = [record.getMessage() for record in caplog.records]
    assert "GET '/fails/a\\nERROR all is lost' failed" in messages
    assert not any("\n" in message for message in messages)
