from __future__ import annotations

from typing import Any

import pytest

from ontograft.errors import SettingsError
from ontograft.pipeline.server_settings import ServerSettings


@pytest.mark.parametrize(
    "change", [{"texts": 0}, {"body_s": -1.0}, {"queries": 0}, {"stop_s": float("nan")}]
)
def test_limits_are_above_zero(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"{next(iter(change))} must be above 0, got"):
        ServerSettings(**change)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_a_port(port: int) -> None:
    with pytest.raises(SettingsError, match="port must be between 0 and 65535, got"):
        ServerSettings(port=port)


def test_nobody_else_reaches_it_unless_it_is_said() -> None:
    assert ServerSettings().host == "127.0.0.1"


@pytest.mark.parametrize(
    "name",
    ["", "https://texts.example.org", "texts.example.org:8080", "*", "*.x.org", "b\u00fc.de"],
)
def test_a_name_that_no_browser_sends_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=r"--allowed-host '.*': is no name of a host; expected"):
        ServerSettings(allowed_hosts=("texts.example.org", name))


def test_names_and_addresses_of_hosts_are_allowed() -> None:
    names = (
        "texts.example.org",
        "Texts",
        "xn--b-wia.de",
        "10.0.0.7",
        "[::1]",
        "fe80::1",
        "my_host",
    )
    assert ServerSettings(allowed_hosts=names).allowed_hosts == names
