"""``ontograft serve``: the model, the results and the web page, over HTTP."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from ..errors import SettingsError
from .cli_options import (
    AllowedHosts,
    CorrectionsFolder,
    Host,
    Model,
    Port,
    ResultsToServe,
    Threads,
    TokenFile,
)

if TYPE_CHECKING:
    from .serving import Served


def serve(
    model: Model,
    results: ResultsToServe = None,
    host: Host = "127.0.0.1",
    port: Port = 8321,
    token_file: TokenFile = None,
    allowed_host: AllowedHosts = None,
    corrections: CorrectionsFolder = None,
    threads: Threads = None,
) -> None:
    """Serve a model over HTTP: a web page for people, and JSON for programs.

    Prints the address of the page. Programs send the token as 'Authorization: Bearer TOKEN'; GET
    /openapi.json describes what they can ask. Ctrl-C stops the server.

    [bold]Examples[/bold]

      ontograft serve runs/doid
      ontograft serve runs/doid --results results --corrections corrections
      ontograft serve runs/doid --host 0.0.0.0 --token-file token --allowed-host texts.example.org
    """
    _need_server()
    from .server_running import choose_token, listen
    from .server_running import serve as run
    from .server_settings import ServerSettings

    token, made = choose_token(token_file, host)
    settings = ServerSettings(
        host=host, port=port, token=token, allowed_hosts=tuple(allowed_host or ())
    )
    listening, settings = listen(settings)
    _say_where(settings.host, settings.port, token if made else "")

    def load() -> Served:
        from .serving import Served

        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        return Served.load(model, results=results, corrections=corrections, settings=settings)

    _say("loading the model")
    run(load, listening, settings, told=_say)
    _leave()


def _need_server() -> None:
    """Refuse to go on without the libraries of the server.

    Raises:
        SettingsError: one is not installed.
    """
    try:
        from .server_running import listen  # noqa: F401
        from .serving import Served  # noqa: F401
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("ontograft"):
            raise
        raise SettingsError(
            f"the server needs {error.name}, which is not installed: pip install 'ontograft[serve]'"
        ) from error


def _say_where(host: str, port: int, token: str) -> None:
    """Print the address of the page, with the token if nobody else knows it; warn if it is open."""
    from .server_access import is_loopback

    shown = host if is_loopback(host) else "localhost"
    shown = f"[{shown}]" if ":" in shown else shown
    where = f"http://{shown}:{port}/"
    typer.echo(f"{where}?token={token}" if token else where)
    if not is_loopback(host):
        _say(
            "note: other machines can reach it, and what is sent is not encrypted; put a proxy "
            "with TLS before it (docs/serve.md)"
        )


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _leave() -> NoReturn:
    """End now: a query that is still at it in a thread must not be waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
