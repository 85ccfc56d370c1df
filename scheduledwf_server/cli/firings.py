"""``scheduledwf firings …``: the ledger at the shell."""

from __future__ import annotations

from typing import Any, cast

import click

from scheduledwf_core.model.firing import FiringState, Outcome
from scheduledwf_server.cli.client import Client, Document, firing_path
from scheduledwf_server.cli.describe import failure, firing_page, label
from scheduledwf_server.cli.output import (
    Column,
    Row,
    instant,
    length,
    member,
    show,
    show_json,
    show_pairs,
    show_table,
)


def _late(firing: Row) -> str:
    return length(firing["lateness"])


COLUMNS: dict[str, Column] = {
    "ID": member("id"),
    "SCHEDULE": label,
    "DUE": instant("dueTime"),
    "STATE": member("state"),
    "OUTCOME": member("outcome"),
    "LATE": _late,
    "WHY": member("reason"),
}
ATTEMPT_COLUMNS: dict[str, Column] = {
    "ATTEMPT": member("number"),
    "STARTED": instant("startedAt"),
    "FINISHED": instant("finishedAt"),
    "NODE": member("node"),
    "ERROR": failure,
}

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("firings")
def firings() -> None:
    """What became of each due time."""


@firings.command("list")
@click.option("-n", "--namespace", help="Only this namespace.")
@click.option("-s", "--schedule", help="Only this schedule, of the namespace given or `default`.")
@click.option(
    "--outcome",
    multiple=True,
    type=click.Choice([outcome.value for outcome in Outcome]),
    metavar="OUTCOME",
    help="delivered, dead, missed, …; repeatable.",
)
@click.option("--state", type=click.Choice([state.value for state in FiringState]))
@click.option("--from", "from_", metavar="INSTANT", help="Due then or later.")
@click.option("--to", metavar="INSTANT", help="Due before then.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@as_json
@click.pass_obj
def list_(client: Client, /, limit: int, as_json: bool, from_: str, **params: Any) -> None:  # noqa: ANN401, FBT001 - click
    """List firings, the latest due time first."""
    asked = {**params, "from": from_}
    found = list(client.pages("/api/v1/firings", asked, most=limit))
    if as_json:
        show_json(found)
    else:
        show_table(COLUMNS, found, empty="no firings")


@firings.command("show")
@click.argument("firing_id")
@as_json
@click.pass_obj
def show_(client: Client, firing_id: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Show one firing and every attempt at it."""
    found = client.get(firing_path(firing_id))
    if as_json:
        show_json(found)
        return
    show_pairs(firing_page(found))
    click.echo()
    attempts = cast("list[Document]", found["attempts"])
    show_table(ATTEMPT_COLUMNS, attempts, empty="no attempt yet")


@firings.command("redrive")
@click.argument("firing_id")
@as_json
@click.pass_obj
def redrive(client: Client, firing_id: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Let a dead firing live again, with all its attempts before it."""
    found = client.post(firing_path(firing_id, "redrive"))
    show(found, f"firing {firing_id} is {found['state']} again", as_json=as_json)


@firings.command("cancel")
@click.argument("firing_id")
@as_json
@click.pass_obj
def cancel(client: Client, firing_id: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Take back a firing that is still waiting."""
    found = client.post(firing_path(firing_id, "cancel"))
    show(found, f"cancelled firing {firing_id}", as_json=as_json)
