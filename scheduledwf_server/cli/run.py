"""``scheduledwf up | node | api | fetch``: what runs until it is stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scheduledwf_core.errors import SchedulerError
from scheduledwf_core.model.node import Role
from scheduledwf_server.bootstrap import open_store
from scheduledwf_server.cli.config import server_options, settings_from
from scheduledwf_server.cli.exits import answered
from scheduledwf_server.conductor.jar import fetch_server_jar
from scheduledwf_server.conductor.progress import shown
from scheduledwf_server.log import set_up_logging
from scheduledwf_server.settings import ServerSettings
from scheduledwf_server.stack import Stack

with_logging = click.option("--log-json", is_flag=True, help="Log lines as JSON.")


@click.command()
@server_options
@with_logging
@click.option("--example", is_flag=True, help="Define a small workflow and schedules for it.")
@answered
def up(log_json: bool, example: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run everything: a Conductor, unless one is named, and the scheduler beside it."""
    set_up_logging(json=log_json)
    settings = _prepared(settings_from(given))
    stack = Stack(settings, say=click.echo)
    stack.run(example=example)


@click.command()
@server_options
@with_logging
@answered
def node(log_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run a node that fires and answers health checks only."""
    _run_beside(given, Role.SCHEDULER, log_json=log_json)


@click.command()
@server_options
@with_logging
@answered
def api(log_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run a server that answers and fires nothing."""
    _run_beside(given, Role.API, log_json=log_json)


@click.command()
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Where to keep it.")
@answered
def fetch(to: Path | None) -> None:
    """Fetch the Conductor that `up` runs, so that it need not be fetched later."""
    with shown("fetching Conductor") as progress:
        path = fetch_server_jar(cache=to, progress=progress)
    click.echo(f"Conductor is at {path}")


def _run_beside(given: dict[str, Any], role: Role, *, log_json: bool) -> None:
    set_up_logging(json=log_json)
    settings = replace(settings_from(given), role=role)
    if settings.conductor_url is None:
        raise click.UsageError("name the Conductor with --conductor-url, or use `up`")
    store = open_store(settings.store_url)
    try:
        store.check()
    finally:
        store.close()
    Stack(settings, say=click.echo).run(example=False)


def _prepared(settings: ServerSettings) -> ServerSettings:
    """Make the data directory, and bring the schema of the store to this version."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SchedulerError(f"cannot use {settings.data_dir}: {error.strerror}") from error
    store = open_store(settings.store_url)
    try:
        store.migrate()
    finally:
        store.close()
    return settings
