"""Who may ask: the host by which the server is called, the page that asks, and the token."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response

from .server_errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from .server_settings import ServerSettings

OPEN: Final = frozenset({"/health"})
"""The paths that need no token."""

_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_MISDIRECTED: Final = HTTPStatus.MISDIRECTED_REQUEST
_BAD_HOST: Final = "unknown host {!r}; call the server by its address, or start it with {}"


class Access:
    """Lets through who is called by the right name, comes from the right page, and has the token.

    Args:
        app: the app.
        settings: host, port, token and the names by which the server may be called.
        login: makes the page that asks for the token.
    """

    def __init__(
        self, app: ASGIApp, *, settings: ServerSettings, login: Callable[[], Response]
    ) -> None:
        self.app = app
        self.login = login
        self.hosts = Hosts(settings)
        self.key = Key(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        self.hosts.check(headers, scope["method"])
        answer = self._answer(scope, headers)
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope, headers: Headers) -> Response | None:
        """Return the answer to who has no token, or sends it with the page's address."""
        page = scope["path"] == "/" and scope["method"] in ("GET", "HEAD")
        if page and b"token=" in scope["query_string"]:
            query = parse_qs(scope["query_string"].decode("latin-1"))
            if self.key.fits(query.get("token", [""])[0]):
                entered = RedirectResponse("/", HTTPStatus.SEE_OTHER)
                name, value = self.key.cookie
                entered.set_cookie(name, value, httponly=True, samesite="strict", path="/")
                return entered
        elif self.key.opens(headers):
            return None
        if page and "text/html" in headers.get("accept", ""):
            return self.login()
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "the token is missing or wrong; send the header 'Authorization: Bearer TOKEN', or open "
            "/?token=TOKEN in a browser; the server printed it when it started, or its "
            "administrator has it",
            headers={"WWW-Authenticate": 'Bearer realm="ontograft"'},
        )


class Key:
    """The token, compared in constant time, and the cookie that stands for it.

    The cookie holds a hash of the token, and is named by the port: browsers do not tell the ports
    of a host apart.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._token = settings.token.encode()
        value = hmac.new(self._token, b"ontograft cookie", hashlib.sha256).hexdigest()
        self.cookie = (f"ontograft-{settings.port}", value)

    def fits(self, token: str) -> bool:
        """Return whether this is the token."""
        found = token.encode("utf-8", "surrogatepass")
        return bool(self._token) and hmac.compare_digest(found, self._token)

    def opens(self, headers: Headers) -> bool:
        """Return whether a request has the token, or the cookie."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme:
            # Header values come as Latin-1; the token may be any text in UTF-8.
            sent = token.strip().encode("latin-1").decode("utf-8", "replace")
            return scheme.lower() == "bearer" and self.fits(sent)
        name, value = self.cookie
        # As browsers read it: the standard library drops all cookies where one of them is odd, and
        # other programs on this host set theirs too.
        sent = cookie_parser(headers.get("cookie", "")).get(name, "")
        return hmac.compare_digest(sent.encode(), value.encode())


class Hosts:
    """The names by which the server may be called.

    A page of another site can have its own name lead to this machine (DNS rebinding); it then
    calls the server by that name. Names must therefore be known. An address is safe; on a
    loopback server only those of this machine are let through.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._own = {name.lower().strip("[]") for name in settings.allowed_hosts}
        self._known = self._own | {"localhost"}
        bound = settings.host.lower().strip("[]")
        self._loopback = is_loopback(bound)
        if _address(bound) is None:
            self._known.add(bound)

    def check(self, headers: Headers, method: str) -> None:
        """Refuse a request that calls another host, or that another site's page sends.

        Raises:
            ProblemError: it does.
        """
        host = headers.get("host", "")
        if not self._may_call(_name(host)):
            raise ProblemError(_MISDIRECTED, _BAD_HOST.format(host[:100], "--allowed-host NAME"))
        if method in _SAFE:
            return
        origin = headers.get("origin")
        foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if origin is None and not foreign:
            return
        site = urlsplit(origin or "").netloc.lower() if _is_url(origin) else ""
        if site and (site == host.lower() or _name(site) in self._own):
            return
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            f"a page of {(origin or 'another site')[:100]!r} may not change anything here; use the "
            "page of this server, or name the site's host with --allowed-host",
        )

    def _may_call(self, name: str) -> bool:
        if name in self._known:
            return True
        address = _address(name)
        return address is not None and (not self._loopback or address.is_loopback)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a server at an address."""
    address = _address(host.strip("[]"))
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_url(origin: str | None) -> bool:
    try:
        return bool(origin) and bool(urlsplit(origin or "").netloc)
    except ValueError:
        return False


def _name(host: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case."""
    host = host.lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")
