"""docs/reference tells everything that can be set, called and heard, and nothing that cannot."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import click
import pytest

from scheduledwf_core import telemetry
from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.node import Node
from scheduledwf_core.plugins import STORES
from scheduledwf_core.telemetry import Event
from scheduledwf_server.cli.exits import Exit
from scheduledwf_server.cli.main import main
from scheduledwf_server.metrics import Metrics
from scheduledwf_server.sources import KEYS, OURS, SAME, settings_of
from tests.docs.pages import ROOT, cells, first_words, section, table, word, words

SETTINGS = (
    "The server",
    "The store and Conductor",
    "The embedded Conductor",
    "Schedule Conductor Workflows",
    "The engine of a node",
)
CLI = "reference/cli.md"

#: Where options are told that several commands have.
OPTIONS_OF = {
    "options-of-a-server": ("Options of a server", "Options of a store"),
    "options-of-a-store": ("Options of a store",),
    "options-of-a-rule": ("Options of a rule",),
}
#: Settings whose default is nothing, or this machine's.
WITHOUT = {"store", "data-dir", "conductor-url", "conductor-jars", "modules", "schedule-wf-zone"}

_OPTIONS_OF = re.compile(r"\(#(options-of-[\w-]+)\)")


def commands(
    command: click.Command = main, name: str = "scheduledwf"
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for word_, inner in command.commands.items():
        yield from commands(inner, f"{name} {word_}")


COMMANDS = dict(commands())


def test_every_setting_is_there_and_no_other() -> None:
    listed = [
        word for heading in SETTINGS for word in first_words("reference/settings.md", heading)
    ]

    assert sorted(listed) == sorted(OURS + name for name in KEYS)


def test_a_setting_has_the_default_that_is_told() -> None:
    rows = [row for heading in SETTINGS for row in table("reference/settings.md", heading)]
    told = {word(row["key"]): words(row["default"]) for row in rows}

    given = {key: default[0] for key, default in told.items() if default}
    assert settings_of(given) == settings_of({})
    assert {key.removeprefix(OURS) for key, default in told.items() if not default} == WITHOUT


def test_every_key_of_conductor_that_means_something_to_us_is_there() -> None:
    listed = first_words("reference/settings.md", "Keys of Conductor's")

    assert set(listed) == _keys_asked_for() | set(SAME)


def test_every_kind_of_store_is_there() -> None:
    listed = {word.partition(":")[0] for word in first_words("reference/settings.md", "Stores")}

    ours = {
        entry.name
        for entry in entry_points(group=STORES)
        if entry.dist is not None and entry.dist.name == "scheduledwf"
    }
    assert listed == ours


def test_every_command_is_there_and_no_other() -> None:
    page = (ROOT / "docs/reference/cli.md").read_text("utf8")

    assert set(re.findall(r"^### (scheduledwf .+)$", page, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_the_arguments_and_options_that_are_told(name: str) -> None:
    lines = section(CLI, name)
    command = COMMANDS[name]

    options = {
        opt for param in command.params if isinstance(param, click.Option) for opt in param.opts
    }
    assert _usage(command, name) in "\n".join(lines)
    assert _options_told(name) == options


def test_the_options_of_every_command_and_their_variables_are_there() -> None:
    rows = table(CLI, "Options of every command")

    told = {first: words(row["variable"]) for row in rows for first in _names(row["option"])}
    ours = {opt: _variables(param) for param in main.params for opt in param.opts}
    assert told == {**ours, "-h": [], "--help": []}


def test_every_exit_code_is_there() -> None:
    rows = table(CLI, "Exit codes")

    assert {word(row["name"]): int(row["code"]) for row in rows} == {
        code.name: code.value for code in Exit
    }


def test_every_metric_is_there_with_its_type_and_labels() -> None:
    rows = table("reference/telemetry.md", "Metrics")

    told = {
        word(row["metric"]).removesuffix("_total"): (row["type"], words(row["labels"]))
        for row in rows
    }
    assert told == _metrics()


def test_every_event_that_a_node_tells_is_there_with_its_fields() -> None:
    rows = table("reference/telemetry.md", "Events")

    assert {word(row["event"]): set(words(row["fields"])) for row in rows} == _emitted()


def _keys_asked_for() -> set[str]:
    """The keys that sources.py looks up in a properties file, ours apart."""
    tree = ast.parse((ROOT / "scheduledwf_server/sources.py").read_text("utf8"))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said = {
        f"{prefix}.{what}"
        for prefix in ("jdbc", "spring.datasource")
        for what in ("username", "password")
        if what in texts
    }
    known = re.compile(r"db|(conductor\.db|jdbc|spring\.datasource)\.\w+")
    return said | {text for text in texts if known.fullmatch(text)}


def _usage(command: click.Command, name: str) -> str:
    with click.Context(command, info_name=name) as context:
        return f"`{name} {' '.join(command.collect_usage_pieces(context))}`"


def _options_told(heading: str) -> set[str]:
    """The options in the tables of a command's section, and of those it refers to."""
    lines = section(CLI, heading)
    for link in _OPTIONS_OF.findall("\n".join(lines)):
        for other in OPTIONS_OF[link]:
            lines += section(CLI, other)
    rows = (cells(line)[0] for line in lines if line.startswith("| `-"))
    return {name for row in rows for name in _names(row)}


def _names(cell: str) -> list[str]:
    return [option.split()[0] for option in words(cell)]


def _variables(param: click.Parameter) -> list[str]:
    variable: Any = param.envvar
    return [variable] if isinstance(variable, str) else list(variable or ())


def _metrics() -> dict[str, tuple[str, list[str]]]:
    node = Node(MemoryStore(), {})
    metrics = Metrics(node)
    metrics.hear(Event.SETTLED, {"outcomes": {"delivered": 1}, "lateness": [0.1]})
    metrics.hear(Event.STEP_FAILED, {"step": "plan", "error": ""})
    found = {}
    for family in metrics.registry.collect():
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        found[family.name] = (family.type, sorted(labels) or _declared(family.name))
    return found


def _declared(name: str) -> list[str]:
    """Labels of a metric of which there is nothing to show in an empty store."""
    return ["state"] if name == "scheduledwf_schedules" else []


def _emitted() -> dict[str, set[str]]:
    """Every event that is emitted somewhere in the core, with the fields it is given."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "scheduledwf_core").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "emit":
                event = call.args[0]
                assert isinstance(event, ast.Attribute)
                name = telemetry.Event[event.attr].value
                found.setdefault(name, set()).update(key.arg or "" for key in call.keywords)
    return found
