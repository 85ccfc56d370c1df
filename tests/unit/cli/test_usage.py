"""A command line that makes no sense is refused before anything is sent, and told what to give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scheduledwf_server.cli.main import main
from tests.unit.cli.conftest import refused, run_cli

CREATE = ("schedule", "create")
PREVIEW = ("schedule", "preview")
RULE = ("--workflow", "w", "--every", "5s")


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, *path, name)


EVERY_COMMAND = dict(commands(main))


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "schedule.json").write_text("{}")
    return str(tmp_path / "schedule.json")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (CREATE, "give the schedule a NAME, or describe it in a --file"),
        ((*CREATE, "x"), "say what to start with --workflow"),
        ((*CREATE, "x", "--workflow", "w"), "exactly one of --cron, --every, --at, --after"),
        ((*CREATE, "x", *RULE, "--cron", "* * * * *"), "exactly one of --cron, --every"),
        ((*CREATE, "x", *RULE, "--after", "1h"), "exactly one of"),
        ((*CREATE, "x", *RULE, "--zone", "UTC"), "--zone belongs to --cron, not to --every"),
        ((*CREATE, "x", *RULE, "--dialect", "unix"), "--dialect belongs to --cron"),
        ((*CREATE, "x", *RULE, "--dialect", "c"), "'unix', 'spring', 'quartz'"),
        ((*CREATE, "x", *RULE, "--input", "{a"), "--input: is no JSON"),
        ((*CREATE, "x", *RULE, "--input", "[1]"), "--input: must be a JSON object"),
        ((*CREATE, "x", *RULE, "--tag", "team"), "'team' is not KEY:VALUE"),
        ((*CREATE, "x", *RULE, "--tag", "a:1", "--tag", "a:2"), "gives a twice"),
        ((*CREATE, "x", *RULE, "--version", "0"), "--version"),
        ((*CREATE, "x", *RULE, "--attempts", "0"), "--attempts"),
        ((*CREATE, "x", *RULE, "--misfire", "some"), "'none', 'latest', 'all'"),
        ((*CREATE, "x", "y"), "unexpected extra argument"),
        (PREVIEW, "give the NAME of a saved schedule, a --file, or a rule"),
        ((*PREVIEW, "--every", "5s", "--at", "2030-01-01T00:00:00Z"), "exactly one of"),
        ((*PREVIEW, "--zone", "UTC"), "exactly one of"),
        ((*PREVIEW, "x", "--every", "5s"), "NAME says everything: leave out --every"),
        ((*PREVIEW, "-n", "x", "--every", "5s"), "--namespace belongs to the NAME"),
        ((*PREVIEW, "x", "--count", "0"), "--count"),
        (("schedule", "trigger", "x", "--input", "1"), "must be a JSON object"),
        (("schedule", "list", "--state", "asleep"), "'active', 'paused', 'completed', 'error'"),
        (("schedule", "list", "--limit", "0"), "--limit"),
        (("schedule", "show"), "Missing argument 'NAME'"),
        (("firings", "list", "--outcome", "lost"), "'delivered'"),
        (("firings", "list", "--state", "lost"), "'planned', 'claimed', 'settled'"),
        (("firings", "show"), "Missing argument 'FIRING_ID'"),
        (("key", "create"), "Missing argument 'NAME'"),
        (("up", "--auth", "password"), "'none', 'keys'"),
        (("up", "--port", "http"), "--port"),
        (("node",), "name the Conductor with --conductor-url, or use `scheduledwf up`"),
        (("api",), "name the Conductor with --conductor-url"),
        (("dance",), "No such command 'dance'"),
        (("--server", "127.0.0.1:8080", "health"), "--server takes a URL like http://"),
        (("--server", "http://", "health"), "--server takes a URL like http://"),
    ],
)
def test_it_is_told_what_to_give(words: tuple[str, ...], hint: str) -> None:
    said = refused(run_cli(*words), 2)

    assert hint in said


@pytest.mark.parametrize(
    ("others", "named"),
    [
        (("x",), "NAME"),
        (("-n", "y"), "--namespace"),
        (("--every", "5s"), "--every"),
        (("--workflow", "w"), "--workflow"),
        (("--paused",), "--paused"),
        (("--tag", "a:1"), "--tag"),
        (("--description", "d"), "--description"),
    ],
)
def test_a_file_says_everything(others: tuple[str, ...], named: str, file: str) -> None:
    said = refused(run_cli(*CREATE, "--file", file, *others), 2)

    assert f"--file says everything: leave out {named}\n" in said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    no_json, no_text = tmp_path / "no.json", tmp_path / "no.txt"
    no_json.write_text("name: x")
    no_text.write_bytes(b"\xff")

    assert "'/nowhere': No such file" in refused(run_cli(*CREATE, "--file", "/nowhere"), 2)
    assert "--file: is no JSON" in refused(run_cli(*CREATE, "--file", str(no_json)), 2)
    assert "--file: is no JSON" in refused(run_cli(*CREATE, "--file", str(no_text)), 2)


@pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
def test_every_command_tells_how_it_is_used(path: tuple[str, ...]) -> None:
    result = run_cli(*path, "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith(" ".join(["Usage: scheduledwf", *path]))
    assert EVERY_COMMAND[path].help


def test_the_version_is_told() -> None:
    assert run_cli("--version").stdout.startswith("scheduledwf, version ")
