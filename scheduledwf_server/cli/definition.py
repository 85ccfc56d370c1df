"""Options of the command line that describe a schedule, and the document they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("name", required=False),
    click.option("-n", "--namespace", default="default", show_default=True),
    click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--cron", multiple=True, metavar="EXPR", help="A cron expression; repeatable."),
    click.option("--dialect", type=click.Choice(["unix", "spring", "quartz"])),
    click.option("--zone", metavar="IANA", help="The zone whose clock decides, like Europe/Paris."),
    click.option("--every", metavar="DURATION", help="An interval, like 10s or PT5M."),
    click.option("--at", multiple=True, metavar="INSTANT", help="An instant; repeatable."),
    click.option("--after", metavar="DURATION", help="Once, so long from now."),
    click.option("--workflow", help="The Conductor workflow to start."),
    click.option("--version", type=int, help="Its version; the latest unless given."),
    click.option("--input", "text", metavar="JSON", help="Its input."),
    click.option("--description", default=""),
    click.option("--tag", multiple=True, metavar="KEY:VALUE", help="Repeatable."),
    click.option("--misfire", type=click.Choice(["none", "latest", "all"])),
    click.option("--attempts", type=click.IntRange(1), help="How often a firing is tried."),
)


def definition_options(command: C) -> C:
    """Give *command* every option that describes a schedule."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def document_of(given: Mapping[str, Any], *, preview: bool = False) -> dict[str, Any]:
    """The schedule that the options describe, as the API takes it."""
    if given["path"]:
        return _read(given["path"])
    document: dict[str, Any] = {"trigger": _trigger(given), "policies": _policies(given)}
    if preview:
        return document
    if not given["name"] or not given["workflow"]:
        raise click.UsageError("give NAME and --workflow, or a --file")
    target = {"type": "workflow", "name": given["workflow"], "version": given["version"]}
    target["input"] = read_json("--input", given["text"]) if given["text"] else {}
    return {
        **document,
        "namespace": given["namespace"],
        "name": given["name"],
        "description": given["description"],
        "tags": dict(_tag(text) for text in given["tag"]),
        "target": target,
    }


def _trigger(given: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in ("cron", "every", "at", "after") if given[kind]]
    if len(kinds) != 1:
        raise click.UsageError("say when with exactly one of --cron, --every, --at, --after")
    if given["cron"]:
        trigger = {"type": "cron", "expressions": list(given["cron"])}
        extra = {name: given[name] for name in ("dialect", "zone") if given[name]}
        return {**trigger, **extra}
    if given["every"]:
        return {"type": "interval", "every": given["every"], "anchor": "creation"}
    if given["at"]:
        return {"type": "at", "times": list(given["at"])}
    return {"type": "delay", "after": given["after"]}


def _policies(given: Mapping[str, Any]) -> dict[str, Any]:
    policies: dict[str, Any] = {}
    if given["misfire"]:
        policies["misfire"] = {"mode": given["misfire"]}
    if given["attempts"]:
        policies["retry"] = {"attempts": given["attempts"]}
    return policies


def _tag(text: str) -> tuple[str, str]:
    key, colon, value = text.partition(":")
    if not colon:
        raise click.BadParameter(f"{text!r} is not KEY:VALUE", param_hint="--tag")
    return key, value


def _read(path: Path) -> dict[str, Any]:
    found = read_json(str(path), path.read_text("utf8"))
    if not isinstance(found, dict):
        raise click.BadParameter("holds no JSON object", param_hint=str(path))
    return found


def read_json(where: str, text: str) -> Any:  # noqa: ANN401 - any JSON
    """The JSON in *text*; a usage error that names *where* it was given if it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"is no JSON: {error}", param_hint=where) from error
