"""``scheduledwf schedule …``: define, look at and steer schedules."""

from __future__ import annotations

from typing import Any, cast

import click

from scheduledwf_server.cli.client import Client, Document, schedule_path
from scheduledwf_server.cli.definition import definition_options, document_of, read_json
from scheduledwf_server.cli.output import show_json, show_pairs, show_table

COLUMNS = {
    "NAMESPACE": "namespace",
    "NAME": "name",
    "STATE": "state",
    "TRIGGER": "when",
    "TARGET": "what",
    "NEXT": "nextDue",
    "LAST": "last",
}


@click.group("schedule")
def schedule() -> None:
    """Define, look at and steer schedules."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
in_namespace = click.option(
    "-n", "--namespace", default="default", show_default=True, help="Where the schedule lives."
)


@schedule.command("create")
@definition_options
@as_json
@click.pass_obj
def create(client: Client, as_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Define the schedule NAME, or the one in a --file."""
    made = client.post("/api/v1/schedules", document_of(given))
    if as_json:
        show_json(made)
        return
    click.echo(f"created {made['namespace']}/{made['name']}, next due {made['nextDue']}")


@schedule.command("list")
@click.option("-n", "--namespace", help="Only this namespace.")
@click.option("--state", help="active, paused, completed or error.")
@click.option("--tag", multiple=True, metavar="KEY:VALUE", help="Only with this tag; repeatable.")
@click.option("-q", "--query", "text", help="Text in name or description.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@as_json
@click.pass_obj
def list_(client: Client, limit: int, as_json: bool, text: str, **params: Any) -> None:  # noqa: ANN401, FBT001
    """List schedules and when they are due next."""
    found = list(client.pages("/api/v1/schedules", {**params, "q": text}, most=limit))
    if as_json:
        show_json(found)
        return
    show_table(COLUMNS, [_row(item) for item in found], empty="no schedules yet")


@schedule.command("show")
@click.argument("name")
@in_namespace
@as_json
@click.pass_obj
def show(client: Client, name: str, namespace: str, as_json: bool) -> None:  # noqa: FBT001
    """Show one schedule whole."""
    found = client.get(schedule_path(namespace, name))
    if as_json:
        show_json(found)
    else:
        show_pairs(found)


@schedule.command("pause")
@click.argument("name")
@in_namespace
@click.option("--note", default="", help="Why; whoever asks later will see it.")
@click.option("--until", metavar="INSTANT", help="Resume by itself then.")
@click.pass_obj
def pause(client: Client, name: str, namespace: str, note: str, until: str | None) -> None:
    """Stop firing; due times are recorded as skipped."""
    body = {"note": note, "until": until}
    client.post(schedule_path(namespace, name, "pause"), {k: v for k, v in body.items() if v})
    click.echo(f"paused {namespace}/{name}")


@schedule.command("resume")
@click.argument("name")
@in_namespace
@click.pass_obj
def resume(client: Client, name: str, namespace: str) -> None:
    """Fire again from the next due time on."""
    found = client.post(schedule_path(namespace, name, "resume"))
    click.echo(f"resumed {namespace}/{name}, next due {found['nextDue']}")


@schedule.command("trigger")
@click.argument("name")
@in_namespace
@click.option("--input", "text", metavar="JSON", help="Input for this one firing.")
@as_json
@click.pass_obj
def trigger(client: Client, name: str, namespace: str, text: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Fire once now, outside the rule."""
    body = {"input": read_json("--input", text)} if text else {}
    firing = client.post(schedule_path(namespace, name, "trigger"), body)
    if as_json:
        show_json(firing)
    else:
        click.echo(f"triggered {namespace}/{name}: scheduledwf firings show {firing['id']}")


@schedule.command("delete")
@click.argument("name")
@in_namespace
@click.pass_obj
def delete(client: Client, name: str, namespace: str) -> None:
    """Forget the schedule; its history stays."""
    client.delete(schedule_path(namespace, name))
    click.echo(f"deleted {namespace}/{name}")


@schedule.command("preview")
@definition_options
@click.option("--count", default=10, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_obj
def preview(client: Client, count: int, as_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001
    """Show the next due times of a schedule nobody has saved."""
    document = document_of(given, preview=True)
    body = {
        "trigger": document["trigger"],
        "policies": document.get("policies", {}),
        "count": count,
    }
    found = client.post("/api/v1/preview", body)
    if as_json:
        show_json(found)
        return
    items = cast("list[Document]", found["items"])
    rows = [{**item, "why": ", ".join(cast("list[str]", item["reasons"]))} for item in items]
    columns = {"DUE (UTC)": "dueTime", "LOCAL": "localTime", "": "why"}
    show_table(columns, rows, empty="never due")


def _row(item: Document) -> Document:
    trigger = cast("Document", item["trigger"])
    target = cast("Document", item["target"])
    last = cast("Document", item.get("lastFiring") or {})
    when = trigger.get("expressions") or trigger.get("every") or trigger.get("times") or ""
    return {
        **item,
        "when": " | ".join(map(str, when)) if isinstance(when, list) else f"every {when}",
        "what": f"{target['type']} {target.get('name') or ''}".strip(),
        "last": last.get("outcome"),
    }
