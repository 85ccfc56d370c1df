"""Options of the command line that describe a schedule, and the document they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])
Given = Mapping[str, Any]
Option = Callable[[C], C]

DEFAULT_NAMESPACE = "default"

#: What says when, and which of it belongs to which trigger.
_KINDS = ("cron", "every", "at", "after")
_OF_CRON = ("dialect", "zone")

_WHICH = (
    click.argument("name", required=False),
    click.option(
        "-n", "--namespace", help=f"Where the schedule lives; {DEFAULT_NAMESPACE} unless given."
    ),
    click.option(
        "--file",
        type=click.File("r", encoding="utf8"),
        metavar="FILE",
        help="A whole schedule as JSON, in place of all other options; - reads standard input.",
    ),
)
_WHEN = (
    click.option("--cron", multiple=True, metavar="EXPR", help="A cron expression; repeatable."),
    click.option(
        "--dialect",
        type=click.Choice(["unix", "spring", "quartz"]),
        help="Of the cron expressions: five fields (unix), or seconds first.",
    ),
    click.option(
        "--zone",
        metavar="IANA",
        help="Whose clock the cron expressions mean, like Europe/Paris; UTC unless given.",
    ),
    click.option("--every", metavar="DURATION", help="An interval from now on, like 10s or PT5M."),
    click.option(
        "--at", multiple=True, metavar="INSTANT", help="Like 2030-01-31T02:00:00Z; repeatable."
    ),
    click.option("--after", metavar="DURATION", help="Once, so long from now."),
)
_WHAT = (
    click.option("--workflow", metavar="NAME", help="The Conductor workflow to start."),
    click.option(
        "--version", type=click.IntRange(1), help="The workflow's; the latest unless given."
    ),
    click.option("--input", metavar="JSON", help="The workflow's input, an object."),
)
_HOW = (
    click.option("--description", metavar="TEXT"),
    click.option("--tag", multiple=True, metavar="KEY:VALUE", help="Repeatable."),
    click.option(
        "--misfire",
        type=click.Choice(["none", "latest", "all"]),
        help="Which of the due times that nobody was there for are made up for.",
    ),
    click.option("--attempts", type=click.IntRange(1), help="How often a firing is tried."),
    click.option("--paused", is_flag=True, help="Begin paused."),
)


def definition_options(command: C) -> C:
    """Give *command* every option that describes a schedule."""
    return _with(command, (*_WHICH, *_WHEN, *_WHAT, *_HOW))


def rule_options(command: C) -> C:
    """Give *command* the options that say when, or which schedule says it."""
    return _with(command, (*_WHICH, *_WHEN))


def document_of(given: Given) -> dict[str, Any]:
    """The schedule that the options describe, as the API takes it."""
    if given["file"]:
        _refuse_beside("--file", given, given)
        return read_object("--file", given["file"])
    if not given["name"]:
        raise click.UsageError("give the schedule a NAME, or describe it in a --file")
    if not given["workflow"]:
        raise click.UsageError("say what to start with --workflow, or describe it in a --file")
    target = {"type": "workflow", "name": given["workflow"], "version": given["version"]}
    if given["input"]:
        target["input"] = read_object("--input", given["input"])
    return {
        "namespace": given["namespace"] or DEFAULT_NAMESPACE,
        "name": given["name"],
        "description": given["description"] or "",
        "tags": _tags(given["tag"]),
        "trigger": trigger_of(given),
        "target": target,
        "policies": _policies(given),
        "paused": given["paused"],
    }


def trigger_of(given: Given) -> dict[str, Any]:
    """What the options say of when."""
    kinds = [kind for kind in _KINDS if given[kind]]
    if len(kinds) != 1:
        raise click.UsageError("say when with exactly one of --cron, --every, --at, --after")
    kind = kinds[0]
    if kind == "cron":
        extra = {name: given[name] for name in _OF_CRON if given[name]}
        return {"type": "cron", "expressions": list(given["cron"]), **extra}
    for name in _OF_CRON:
        if given[name]:
            raise click.UsageError(f"--{name} belongs to --cron, not to --{kind}")
    if kind == "every":
        return {"type": "interval", "every": given["every"], "anchor": "creation"}
    if kind == "at":
        return {"type": "at", "times": list(given["at"])}
    return {"type": "delay", "after": given["after"]}


def says_when(given: Given) -> bool:
    """Whether any option says when."""
    return any(given[name] for name in (*_KINDS, *_OF_CRON))


def saved_name(given: Given) -> tuple[str, str] | None:
    """The namespace and name of the saved schedule that is meant; None if none is named."""
    if not given["name"]:
        if given["namespace"]:
            raise click.UsageError("--namespace belongs to the NAME of a saved schedule")
        return None
    _refuse_beside("NAME", given, (*_KINDS, *_OF_CRON, "file"))
    return given["namespace"] or DEFAULT_NAMESPACE, given["name"]


def read_object(where: str, given: Any) -> dict[str, Any]:  # noqa: ANN401 - a text or an open file
    """The JSON object in *given*; a usage error that names *where* it was given if it is none."""
    try:
        found = json.loads(given if isinstance(given, str) else given.read())
    except ValueError as error:
        raise click.BadParameter(f"is no JSON: {error}", param_hint=where) from error
    if not isinstance(found, dict):
        raise click.BadParameter('must be a JSON object, like {"a": 1}', param_hint=where)
    return found


def _policies(given: Given) -> dict[str, Any]:
    policies: dict[str, Any] = {}
    if given["misfire"]:
        policies["misfire"] = {"mode": given["misfire"]}
    if given["attempts"]:
        policies["retry"] = {"attempts": given["attempts"]}
    return policies


def _tags(texts: Iterable[str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for text in texts:
        key, colon, value = text.partition(":")
        if not colon or key in tags:
            reason = f"gives {key} twice" if colon else "is not KEY:VALUE"
            raise click.BadParameter(f"{text!r} {reason}", param_hint="--tag")
        tags[key] = value
    return tags


def _refuse_beside(what: str, given: Given, names: Iterable[str]) -> None:
    """A usage error if any of *names* was given too: *what* says it all."""
    others = [_shown(name) for name in names if given[name] and _shown(name) != what]
    if others:
        raise click.UsageError(f"{what} says everything: leave out {', '.join(others)}")


def _shown(name: str) -> str:
    return "NAME" if name == "name" else f"--{name}"


def _with(command: C, options: Iterable[Option[C]]) -> C:
    for option in reversed(tuple(options)):
        command = option(command)
    return command
