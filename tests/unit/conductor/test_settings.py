"""What an embedded Conductor and a proxy refuse to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.conductor.embedded import (
    TRANSITIONS,
    ConductorState,
    EmbeddedSettings,
)
from scheduledwf_server.conductor.proxy import conductor_proxy


@pytest.mark.parametrize("heap", ["", "1", "much", "-Xss1g", "1g -version"])
def test_a_heap_is_a_size(heap: str) -> None:
    with pytest.raises(InvalidSetting, match="conductor-heap"):
        EmbeddedSettings(jar=Path("x.jar"), data_dir=Path(), heap=heap)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_a_port(port: int) -> None:
    with pytest.raises(InvalidSetting, match="conductor-port"):
        EmbeddedSettings(jar=Path("x.jar"), data_dir=Path(), port=port)


def test_every_state_can_be_left() -> None:
    assert set(TRANSITIONS) == set(ConductorState)
    assert all(TRANSITIONS.values())


@pytest.mark.parametrize("url", ["", "conductor:8080", "ftp://conductor", "http://"])
def test_a_proxy_is_told_an_http_url(url: str) -> None:
    with pytest.raises(InvalidSetting, match=r"conductor\.server\.url"):
        conductor_proxy(url)
