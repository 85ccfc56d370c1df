"""``scheduledwf schedule …``: define, look at and steer schedules."""

from __future__ import annotations

from typing import Any, cast

import click

from scheduledwf_core.model.schedule import ScheduleState
from scheduledwf_server.cli.client import Client, Document, schedule_path
from scheduledwf_server.cli.definition import (
    DEFAULT_NAMESPACE,
    definition_options,
    document_of,
    read_object,
    rule_options,
    saved_name,
    says_when,
    trigger_of,
)
from scheduledwf_server.cli.describe import aim, label, last_outcome, rule, schedule_page
from scheduledwf_server.cli.output import (
    Column,
    Row,
    instant,
    member,
    moment,
    show,
    show_json,
    show_pairs,
    show_table,
)

COLUMNS: dict[str, Column] = {
    "NAMESPACE": member("namespace"),
    "NAME": member("name"),
    "STATE": member("state"),
    "TRIGGER": rule,
    "TARGET": aim,
    "NEXT": instant("nextDue"),
    "LAST": last_outcome,
}
#: What a preview takes of a saved schedule.
_DEFINING = ("namespace", "name", "trigger", "target", "policies")


@click.group("schedule")
def schedule() -> None:
    """Define, look at and steer schedules."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
in_namespace = click.option(
    "-n",
    "--namespace",
    default=DEFAULT_NAMESPACE,
    show_default=True,
    help="Where the schedule lives.",
)


@schedule.command("create")
@definition_options
@as_json
@click.pass_obj
def create(client: Client, /, as_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Define the schedule NAME, or the one in a --file.

    \b
    scheduledwf schedule create nightly --cron '0 2 * * MON-FRI' --zone Europe/Paris \\
        --workflow report --input '{"day": "${firing.nominalTime}"}'
    scheduledwf schedule create pulse --every 10s --workflow pulse
    """
    made = client.post("/api/v1/schedules", document_of(given))
    show(made, f"created {label(made)}, {_next_due(made)}", as_json=as_json)


@schedule.command("list")
@click.option("-n", "--namespace", help="Only this namespace.")
@click.option("--state", type=click.Choice([state.value for state in ScheduleState]))
@click.option("--tag", multiple=True, metavar="KEY:VALUE", help="Only with this tag; repeatable.")
@click.option("-q", "--query", "text", help="Text in name or description.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@as_json
@click.pass_obj
def list_(client: Client, /, limit: int, as_json: bool, text: str, **params: Any) -> None:  # noqa: ANN401, FBT001 - click
    """List schedules and when they are due next."""
    found = list(client.pages("/api/v1/schedules", {**params, "q": text}, most=limit))
    if as_json:
        show_json(found)
    else:
        show_table(COLUMNS, found, empty="no schedules")


@schedule.command("show")
@click.argument("name")
@in_namespace
@as_json
@click.pass_obj
def show_(client: Client, name: str, namespace: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Show one schedule whole."""
    found = client.get(schedule_path(namespace, name))
    if as_json:
        show_json(found)
    else:
        show_pairs(schedule_page(found))


@schedule.command("pause")
@click.argument("name")
@in_namespace
@click.option("--note", metavar="TEXT", help="Why; whoever asks later will see it.")
@click.option("--until", metavar="INSTANT", help="Resume by itself then.")
@as_json
@click.pass_obj
def pause(client: Client, /, name: str, namespace: str, as_json: bool, **how: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Stop firing; due times are recorded as skipped."""
    body = {member: value for member, value in how.items() if value}
    found = client.post(schedule_path(namespace, name, "pause"), body)
    until = found["pausedUntil"]
    end = f" until {moment(until)}" if until else ""
    show(found, f"paused {label(found)}{end}", as_json=as_json)


@schedule.command("resume")
@click.argument("name")
@in_namespace
@as_json
@click.pass_obj
def resume(client: Client, name: str, namespace: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Fire again from the next due time on."""
    found = client.post(schedule_path(namespace, name, "resume"))
    show(found, f"resumed {label(found)}, {_next_due(found)}", as_json=as_json)


@schedule.command("trigger")
@click.argument("name")
@in_namespace
@click.option("--input", "text", metavar="JSON", help="Input for this one firing.")
@click.option("--at", metavar="INSTANT", help="Then, and not now.")
@as_json
@click.pass_obj
def trigger(client: Client, /, name: str, namespace: str, as_json: bool, **how: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Fire once now, outside the rule."""
    body = {"input": read_object("--input", how["text"])} if how["text"] else {}
    body |= {"at": how["at"]} if how["at"] else {}
    firing = client.post(schedule_path(namespace, name, "trigger"), body)
    words = f"triggered {label(firing)}; see `scheduledwf firings show {firing['id']}`"
    show(firing, words, as_json=as_json)


@schedule.command("delete")
@click.argument("name")
@in_namespace
@click.pass_obj
def delete(client: Client, name: str, namespace: str) -> None:
    """Forget the schedule; its history stays."""
    client.delete(schedule_path(namespace, name))
    show({}, f"deleted {namespace}/{name}", as_json=False)


@schedule.command("preview")
@rule_options
@click.option("--from", "from_", metavar="INSTANT", help="From then on; from now unless given.")
@click.option("--count", default=10, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_obj
def preview(client: Client, /, count: int, as_json: bool, from_: str, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Show the next due times of a rule, of a --file, or of the saved schedule NAME.

    Nothing is written.
    """
    body = {**_previewed(client, given), "count": count, "from": from_}
    found = client.post("/api/v1/preview", body)
    if as_json:
        show_json(found)
        return
    columns = {"DUE": instant("dueTime"), "LOCAL": instant("localTime"), "WHY": _reasons}
    show_table(columns, cast("list[Document]", found["items"]), empty="never due")


def _previewed(client: Client, given: dict[str, Any]) -> Document:
    name = saved_name(given)
    if name:
        saved = client.get(schedule_path(*name))
        return {"schedule": {member: saved[member] for member in _DEFINING}}
    if given["file"]:
        return {"schedule": document_of(given)}
    if not says_when(given):
        raise click.UsageError("give the NAME of a saved schedule, a --file, or a rule like --cron")
    return {"trigger": trigger_of(given)}


def _reasons(item: Row) -> str:
    return ", ".join(cast("list[str]", item["reasons"]))


def _next_due(found: Document) -> str:
    return f"next due {moment(found['nextDue'])}" if found["nextDue"] else "not due any more"
