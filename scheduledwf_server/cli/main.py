"""The ``scheduledwf`` command."""

from __future__ import annotations

import click

from scheduledwf_server.cli.client import Client
from scheduledwf_server.cli.exits import Exit, Failure
from scheduledwf_server.cli.firings import firings
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
    metavar="URL",
    help="The server that schedule and firings commands talk to.",
)
@click.option("--api-key", envvar="SCHEDULEDWF_API_KEY", metavar="KEY", help="Opens its API.")
@click.pass_context
def main(context: click.Context, server: str, api_key: str | None) -> None:
    """A scheduler that stands next to a Conductor server."""
    context.obj = Client(server, api_key)


@main.command()
@click.pass_obj
def health(client: Client) -> None:
    """Say whether the server is ready; exit code 6 if it is not."""
    parts = client.get("/health/ready")
    if parts.get("status") != "up":
        raise Failure(f"not ready: {parts}", Exit.UNREACHABLE)
    click.echo("ready")


for command in (up, node, api, fetch, store, key, schedule, firings):
    main.add_command(command)
