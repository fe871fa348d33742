"""What the server may be asked for, and how much of it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from ..errors import SettingsError

MEBIBYTE: Final = 1 << 20

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)


@dataclass(frozen=True)
class ServerSettings:
    """How the server is reached, and what it bears. All times are in seconds.

    Args:
        host: the address it listens on.
        port: the port.
        token: what every request but ``/health`` must know.
        allowed_hosts: names by which it may be called, beside those of this machine itself.
        body_bytes: the longest body of a request.
        bodies_bytes: what the bodies of all requests that are being read may take together.
        headers: the most headers of a request.
        header_bytes: the longest head of a request, its first line included.
        header_s: how long the head of a request may take to come.
        body_s: how long its body may take.
        keep_alive_s: how long a connection may stay idle.
        write_s: how long a client may let an answer wait before it is cut off.
        connections: the most connections; beyond it the one that has been silent longest is closed.
        requests: the most requests at work; ``/health``, ``/ready`` and ``/metrics`` do not count.
        texts: the most texts of a request.
        characters: the longest text.
        waiting_texts: the most texts that wait for the model, of all requests together.
        waiting_characters: the most characters of them.
        batch_texts: the most texts that the model reads at a time.
        queries: how many queries of the results run at a time.
        waiting_queries: how many more may wait.
        query_s: how long a query may take.
        drain_s: how long ``/ready`` says so before the server stops listening.
        stop_s: how long requests at work may take until they are given up, when it stops.

    Raises:
        SettingsError: a number is not positive, or a name is none that a browser sends.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    token: str = ""
    allowed_hosts: tuple[str, ...] = ()
    body_bytes: int = 8 * MEBIBYTE
    bodies_bytes: int = 32 * MEBIBYTE
    headers: int = 64
    header_bytes: int = 16 * 1024
    header_s: float = 10.0
    body_s: float = 20.0
    keep_alive_s: float = 15.0
    write_s: float = 30.0
    connections: int = 1024
    requests: int = 256
    texts: int = 1000
    characters: int = 1_000_000
    waiting_texts: int = 4096
    waiting_characters: int = 8_000_000
    batch_texts: int = 8
    queries: int = 4
    waiting_queries: int = 32
    query_s: float = 20.0
    drain_s: float = 0.5
    stop_s: float = 7.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, (int, float)) and name != "port" and not value > 0:
                raise SettingsError(f"{name} must be above 0, got {value}")
        if not 0 <= self.port < 1 << 16:
            raise SettingsError(f"port must be between 0 and 65535, got {self.port}")
        for name in self.allowed_hosts:
            if not (_NAME.fullmatch(name) or _is_address(name)):
                raise SettingsError(
                    f"--allowed-host {name!r}: is no name of a host; expected one as browsers send "
                    "it, without scheme, port and wildcards, such as texts.example.org; of a name "
                    "with other letters the form that begins with xn--"
                )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
