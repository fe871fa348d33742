"""The web page and its files, as they come with the package."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from .server_errors import ProblemError
from .server_headers import CONTENT_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""The media types of the files; one with another ending is not served."""

_STYLE: Final = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class PageFile:
    """A file of the page.

    Args:
        content: its bytes.
        type: its media type.
        tag: changes with its content.
    """

    content: bytes
    type: str
    tag: str


@cache
def page_files() -> dict[str, PageFile]:
    """Return the files of the page by their names: whatever else is asked for is not there."""
    found = {}
    for name, path in _walk(resources.files(__package__) / "page"):
        ending = name[name.rfind(".") :].lower()
        if ending in TYPES:
            content = path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            found[name] = PageFile(content, TYPES[ending], tag)
    return found


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """Return the page."""
    return _answer(request, "index.html")


@router.api_route("/page/{file:path}", methods=["GET", "HEAD"])
async def page_file(request: Request, file: str) -> Response:
    """Return a file of the page."""
    return _answer(request, file)


def login_page() -> Response:
    """Return the page that asks for the token.

    Nothing but itself can be loaded without the token, so its styles stand in it, and its policy
    names them by their hashes.
    """
    content = page_files()["login.html"].content
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'"
        for style in _STYLE.findall(content)
    ]
    policy = CONTENT_POLICY.replace("style-src 'self'", f"style-src 'self' {' '.join(hashes)}")
    headers = {"Content-Security-Policy": policy, "WWW-Authenticate": 'Bearer realm="ontograft"'}
    return Response(content, HTTPStatus.UNAUTHORIZED, headers, TYPES[".html"])


def _answer(request: Request, name: str) -> Response:
    file = page_files().get(name)
    if file is None:
        raise ProblemError(404, f"the page has no file {name[:100]!r}; open / instead")
    # The browser asks each time whether its copy is still good: a new version shows at once.
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.content, headers=headers, media_type=file.type)


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.is_dir():
            yield from _walk(path, f"{prefix}{path.name}/")
        else:
            yield prefix + path.name, path
