"""The ``scheduledwf`` command."""

from __future__ import annotations

import click

from scheduledwf_server.cli.client import Client
from scheduledwf_server.cli.firings import firings
from scheduledwf_server.cli.health import health
from scheduledwf_server.cli.run import api, fetch, node, up
from scheduledwf_server.cli.schedules import schedule
from scheduledwf_server.cli.store import key, store


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scheduledwf")
@click.option(
    "--server",
    envvar="SCHEDULEDWF_SERVER",
    default="http://127.0.0.1:8080",
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="The server that schedule, firings and health talk to.",
)
@click.option(
    "--api-key",
    envvar="SCHEDULEDWF_API_KEY",
    show_envvar=True,
    metavar="KEY",
    help="What opens its API; better given in the environment, where nobody else sees it.",
)
@click.pass_context
def main(context: click.Context, server: str, api_key: str | None) -> None:
    """A scheduler that stands next to a Conductor server.

    \b
    scheduledwf up --example                   run everything, with something to look at
    scheduledwf schedule create hello --every 10s --workflow my_workflow
    scheduledwf firings list                   see what became of each due time

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 in the wrong state, 5 a value
    refused, 6 server or database down, 7 an API key is needed.
    """
    client = Client(server, api_key)
    context.call_on_close(client.close)
    context.obj = client


for command in (up, node, api, fetch, store, key, schedule, firings, health):
    main.add_command(command)
