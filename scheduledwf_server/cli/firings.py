"""``scheduledwf firings …``: the ledger at the shell."""

from __future__ import annotations

from typing import Any, cast

import click

from scheduledwf_server.cli.client import Client, Document
from scheduledwf_server.cli.output import show_json, show_pairs, show_table

COLUMNS = {
    "ID": "id",
    "SCHEDULE": "label",
    "DUE": "dueTime",
    "STATE": "state",
    "OUTCOME": "outcome",
    "LATE": "lateness",
    "WHY": "reason",
}


@click.group("firings")
def firings() -> None:
    """What became of each due time."""


@firings.command("list")
@click.option("-n", "--namespace", help="Only this namespace.")
@click.option("-s", "--schedule", help="Only the schedule of this name (with --namespace).")
@click.option("--outcome", multiple=True, help="delivered, dead, missed …; repeatable.")
@click.option("--state", help="planned, claimed or settled.")
@click.option("--from", "from_", metavar="INSTANT", help="Due then or later.")
@click.option("--to", metavar="INSTANT", help="Due before then.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(client: Client, limit: int, as_json: bool, from_: str, **params: Any) -> None:  # noqa: ANN401, FBT001
    """List firings, the newest first."""
    asked = {**params, "from": from_}
    found = list(client.pages("/api/v1/firings", asked, most=limit))
    if as_json:
        show_json(found)
        return
    rows = [{**item, "label": f"{item['namespace']}/{item['schedule']}"} for item in found]
    show_table(COLUMNS, rows, empty="no firings yet")


@firings.command("show")
@click.argument("firing_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(client: Client, firing_id: str, as_json: bool) -> None:  # noqa: FBT001
    """Show one firing and every attempt at it."""
    found = client.get(f"/api/v1/firings/{firing_id}")
    if as_json:
        show_json(found)
        return
    attempts = cast("list[Document]", found.pop("attempts"))
    show_pairs(found)
    columns = {"ATTEMPT": "number", "STARTED": "startedAt", "FINISHED": "finishedAt"}
    show_table({**columns, "NODE": "node", "ERROR": "error"}, attempts, empty="no attempts")


@firings.command("redrive")
@click.argument("firing_id")
@click.pass_obj
def redrive(client: Client, firing_id: str) -> None:
    """Let a dead firing live again."""
    found = client.post(f"/api/v1/firings/{firing_id}/redrive")
    click.echo(f"firing {firing_id} is {found['state']} again")


@firings.command("cancel")
@click.argument("firing_id")
@click.pass_obj
def cancel(client: Client, firing_id: str) -> None:
    """Take back a firing that is still waiting."""
    client.post(f"/api/v1/firings/{firing_id}/cancel")
    click.echo(f"cancelled firing {firing_id}")
