"""``scheduledwf health``: is it well, and if not, what is not?"""

from __future__ import annotations

from collections.abc import Mapping

import click

from scheduledwf_server.cli.client import Client
from scheduledwf_server.cli.exits import Exit, Failure
from scheduledwf_server.cli.output import member, show_json, show_table

UP = "up"
COLUMNS = {"PART": member("name"), "STATUS": member("status"), "WHY": member("reason")}


@click.command()
@click.option("--live", is_flag=True, help="Only whether it answers at all; needs no API key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def health(client: Client, live: bool, as_json: bool) -> None:  # noqa: FBT001 - click
    """Say whether the server can do its work, and which part cannot.

    The exit code is 6 if one cannot, or if nobody answers.
    """
    found = client.health("live" if live else "ready")
    told = found.get("parts")
    parts: Mapping[str, Mapping[str, object]] = told if isinstance(told, dict) else {}
    if as_json:
        show_json(found)
    elif parts:
        rows = [{"name": name, **part} for name, part in parts.items()]
        show_table(COLUMNS, rows, empty="")
    if found.get("status") != UP:
        down = [name for name, part in parts.items() if part.get("status") != UP]
        raise Failure(f"not ready, {' and '.join(down) or 'some part'} down", Exit.UNREACHABLE)
    if not as_json:
        click.echo("alive" if live else "ready")
