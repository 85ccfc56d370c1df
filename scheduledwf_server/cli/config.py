"""The options that say how a server is run, and the settings they make."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from scheduledwf_server.settings import ServerSettings
from scheduledwf_server.sources import OURS, from_environment, read_file, settings_of

C = TypeVar("C", bound=Callable[..., Any])

_STORE = (
    click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        help="A properties file, as Conductor reads it.",
    ),
    click.option("--store", metavar="URL", help="sqlite:///file, mysql://user:word@host/db …"),
    click.option("--data-dir", metavar="DIR", help="Where the embedded default keeps its files."),
)
_SERVER = (
    click.option("--host", help="The address to listen on; loopback unless given."),
    click.option("--port", type=int, help="The port to listen on; 8080 unless given."),
    click.option("--auth", type=click.Choice(["none", "keys"]), help="Who may call."),
    click.option(
        "--insecure",
        is_flag=True,
        default=None,
        help="Listen beyond loopback without authentication.",
    ),
    click.option("--conductor-url", metavar="URL", help="A Conductor that is already there."),
)


def store_options(command: C) -> C:
    """Give *command* the options that say where the store is."""
    return _with(command, _STORE)


def server_options(command: C) -> C:
    """Give *command* the options that say how to listen and where Conductor is."""
    return _with(_with(command, _SERVER), _STORE)


def settings_from(given: Mapping[str, Any]) -> ServerSettings:
    """The settings of file, environment and command line; a later one wins.

    Raises InvalidSetting for what nobody knows or cannot be used.
    """
    named = os.environ.get("CONDUCTOR_CONFIG_FILE")
    path = given.get("config") or (Path(named) if named else None)
    properties = read_file(path) if path else {}
    properties |= from_environment(os.environ)
    for name in ("store", "data_dir", "host", "port", "auth", "insecure", "role"):
        if given.get(name) is not None:
            properties[OURS + name.replace("_", "-")] = str(given[name])
    if given.get("conductor_url"):
        properties["conductor.server.url"] = given["conductor_url"]
    return settings_of(properties)


def _with(command: C, options: tuple[Callable[[C], C], ...]) -> C:
    for option in reversed(options):
        command = option(command)
    return command
