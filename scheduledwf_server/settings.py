"""Settings of a server: one frozen value, checked at the door."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from scheduledwf_core.config import CoreSettings
from scheduledwf_core.errors import InvalidSetting
from scheduledwf_core.model.node import Role
from scheduledwf_server.schedule_wf.settings import ScheduleWfSettings


class Auth(StrEnum):
    """Who may call."""

    NONE = "none"  # everybody who reaches the port; the default on loopback
    KEYS = "keys"  # whoever shows an API key


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the HTTP server listens and what it lets in."""

    host: str = "127.0.0.1"
    port: int = 8080
    auth: Auth = Auth.NONE
    insecure: bool = False
    """Listen beyond loopback without authentication; only if somebody said so in words."""
    threads: int = 32
    longest_body: int = 4 * 1024 * 1024
    """Bytes our own paths accept in a body; what is passed on to Conductor is not limited."""
    conductor_url: str | None = None
    """Where paths that are not ours are passed on to; None passes nothing on."""
    schedule_wf: ScheduleWfSettings = field(default_factory=ScheduleWfSettings)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InvalidSetting("port", f"must be between 0 and 65535, not {self.port}")
        for name in ("threads", "longest_body"):
            if getattr(self, name) < 1:
                raise InvalidSetting(name.replace("_", "-"), "must be at least 1")
        if self.auth is Auth.NONE and not self.insecure and not is_loopback(self.host):
            raise InvalidSetting(
                "host",
                f"{self.host or 'every address'} can be reached from other machines: ask for keys"
                " with --auth keys, or say --insecure if everybody there may do everything",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSettings:
    """The Conductor that is run beside us when no other is named."""

    version: str = "3.32.3"
    port: int = 0
    """0 takes a free one."""
    heap: str = "1g"
    jars: Path | None = None
    """Where its jar is kept; None means the user's local Maven repository."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """``conductor.*`` and ``spring.*`` keys of the properties file, handed on as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Everything one run of ``scheduledwf`` needs to know."""

    core: CoreSettings = field(default_factory=CoreSettings)
    web: WebSettings = field(default_factory=WebSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    data_dir: Path = field(default_factory=lambda: user_data_path("scheduledwf"))
    """Where the embedded default keeps its files."""
    store: str | None = None
    """The store's URL; None means a SQLite file in ``data_dir``."""
    conductor_url: str | None = None
    """A Conductor that is already there; None means the embedded one."""
    role: Role = Role.ALL
    modules: tuple[str, ...] = ()
    """Dotted names or entry points of modules that replace components."""
    verify: bool = True
    """Whether Conductor is asked at definition if a workflow exists."""

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{self.data_dir / 'scheduledwf.db'}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach *host*; of a name only ``localhost`` is believed."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def leaves_machine(url: str) -> bool:
    """Whether *url* leads to another machine, so that proxies of the environment count."""
    return not is_loopback(urlsplit(url).hostname or "")
