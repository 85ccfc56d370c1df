"""``scheduledwf up | node | api | fetch``: what runs until it is stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scheduledwf_core.model.node import Role
from scheduledwf_server.cli.config import config_option, server_options, settings_from
from scheduledwf_server.cli.exits import answered
from scheduledwf_server.conductor.jar import fetch_server_jar, server_jar
from scheduledwf_server.conductor.progress import shown
from scheduledwf_server.log import set_up_logging
from scheduledwf_server.stack import Stack

with_logging = click.option("--log-json", is_flag=True, help="Log lines as JSON.")


@click.command()
@server_options
@with_logging
@click.option("--example", is_flag=True, help="Define a small workflow and schedules for it.")
@answered
def up(log_json: bool, example: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run everything: a Conductor, and the scheduler beside it.

    Without --conductor-url the Conductor is fetched, once, and run here. The tables of the
    store are brought to this version.
    """
    set_up_logging(json=log_json)
    Stack(settings_from(given), say=click.echo).run(migrate=True, example=example)


@click.command()
@server_options
@with_logging
@answered
def node(log_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run a node that fires, and answers probes only."""
    _run_beside(given, Role.SCHEDULER, log_json=log_json)


@click.command()
@server_options
@with_logging
@answered
def api(log_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Run a server that answers and fires nothing."""
    _run_beside(given, Role.API, log_json=log_json)


@click.command()
@config_option
@click.option(
    "--to", metavar="DIR", help="Where to keep it; in the local Maven repository unless given."
)
@answered
def fetch(to: str | None, **given: Any) -> None:  # noqa: ANN401 - click
    """Fetch the Conductor that `up` runs.

    Then `up` starts at once, and without a network.
    """
    set_up_logging()
    embedding = settings_from(given).embedding
    with shown(f"fetching Conductor {embedding.version}") as progress:
        cache = Path(to) if to else embedding.jars
        path = fetch_server_jar(server_jar(embedding.version), cache=cache, progress=progress)
    click.echo(f"Conductor is at {path}")


def _run_beside(given: dict[str, Any], role: Role, *, log_json: bool) -> None:
    set_up_logging(json=log_json)
    settings = replace(settings_from(given), role=role)
    if settings.conductor_url is None:
        raise click.UsageError("name the Conductor with --conductor-url, or use `scheduledwf up`")
    Stack(settings, say=click.echo).run()
