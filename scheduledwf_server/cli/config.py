"""The options that say how a server is run, and the settings they make."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from scheduledwf_server.settings import Auth, ServerSettings
from scheduledwf_server.sources import OURS, from_environment, read_file, settings_of

C = TypeVar("C", bound=Callable[..., Any])

#: Variables that name the properties file; the second is Conductor's own.
CONFIG_VARIABLES = ("SCHEDULEDWF_CONFIG", "CONDUCTOR_CONFIG_FILE")

_CONFIG = click.option(
    "--config",
    metavar="FILE",
    help="A properties file, as Conductor reads it.  [env var: SCHEDULEDWF_CONFIG]",
)
_STORE = (
    _CONFIG,
    click.option(
        "--store",
        metavar="URL",
        help="Like mysql://user:password@host/database or sqlite:///file; a file in the data"
        " directory unless given. A password is better given in SCHEDULEDWF_STORE.",
    ),
    click.option("--data-dir", metavar="DIR", help="Where the embedded default keeps its files."),
)
_SERVER = (
    click.option("--host", help="The address to listen on; loopback unless given."),
    click.option(
        "--port", type=int, help="The port to listen on; 8080 unless given, 0 takes a free one."
    ),
    click.option(
        "--auth",
        type=click.Choice([auth.value for auth in Auth]),
        help="Who may call: everybody, which is the default on loopback, or who has a key.",
    ),
    click.option(
        "--insecure",
        is_flag=True,
        default=None,
        help="Listen beyond loopback without authentication.",
    ),
    click.option("--conductor-url", metavar="URL", help="A Conductor that is already there."),
)
_OPTIONS = ("store", "data_dir", "host", "port", "auth", "insecure", "conductor_url")


def config_option(command: C) -> C:
    """Give *command* the option that names the properties file."""
    return _CONFIG(command)


def store_options(command: C) -> C:
    """Give *command* the options that say where the store is."""
    return _with(command, _STORE)


def server_options(command: C) -> C:
    """Give *command* the options that say how to listen and where Conductor is."""
    return _with(_with(command, _STORE), _SERVER)


def settings_from(given: Mapping[str, Any]) -> ServerSettings:
    """The settings of file, environment and command line; a later one wins.

    Raises InvalidSetting for what nobody knows or cannot be used.
    """
    named = [given.get("config"), *(os.environ.get(name) for name in CONFIG_VARIABLES)]
    path = next(filter(None, named), None)
    properties = read_file(Path(path)) if path else {}
    properties |= from_environment(os.environ)
    for name in _OPTIONS:
        if given.get(name) is not None:
            properties[OURS + name.replace("_", "-")] = str(given[name])
    return settings_of(properties)


def _with(command: C, options: tuple[Callable[[C], C], ...]) -> C:
    for option in reversed(options):
        command = option(command)
    return command
