"""What the pages show is true: examples run, JSON is understood, commands exist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import javaproperties
import pytest
from marshmallow import RAISE, Schema

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import DeliveryRejected
from scheduledwf_core.model.document import definition_from_json, policies_from_json
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.node import Node
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_core.triggers import trigger_from_json
from scheduledwf_server.api.schemas.cluster import HealthSchema, NodeListSchema
from scheduledwf_server.api.schemas.firing import FiringSchema
from scheduledwf_server.api.schemas.problem import ProblemSchema
from scheduledwf_server.app import create_app
from scheduledwf_server.bootstrap import load_modules
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import WebSettings
from scheduledwf_server.sources import read_file, settings_of
from tests.docs import shell
from tests.docs.pages import Block, blocks_of, every_block, every_page, page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=11)

#: Every language of a block; each is checked, but for output and what a database is told.
LANGUAGES = {"python", "bash", "json", "properties", "text", "sql"}
TRIGGERS = {"cron", "interval", "at", "delay"}
ANSWERS: tuple[type[Schema], ...] = (ProblemSchema, NodeListSchema, HealthSchema, FiringSchema)
QUICK_STARTS = (every_page()[0], page("tutorial/first-schedule.md"))


def named(blocks: list[Block]) -> list[Any]:
    """*blocks* as parameters of a test, called by where they stand."""
    return [pytest.param(block, id=block.where) for block in blocks]


def test_every_block_says_what_it_is() -> None:
    assert {block.language for path in every_page() for block in blocks_of(path)} <= LANGUAGES


@pytest.mark.parametrize("block", named(every_block("json")))
def test_json_is_understood(block: Block) -> None:
    document = json.loads(block.text)

    read(document)


@pytest.mark.parametrize("block", named(every_block("properties")))
def test_a_properties_file_is_understood(block: Block) -> None:
    settings = settings_of(javaproperties.loads(block.text))

    assert settings.conductor_url or settings.store


@pytest.mark.parametrize("block", named(every_block("bash")))
def test_a_command_can_be_called_like_that(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(block.page, tmp_path)
    monkeypatch.chdir(tmp_path)

    for line in shell.lines_of(block):
        shell.check(line)


@pytest.mark.parametrize("block", named(every_block("python")))
def test_an_example_runs_and_prints_what_is_told(block: Block, tmp_path: Path) -> None:
    write_files(block.page, tmp_path)
    script = tmp_path / (block.title or "example.py")
    script.write_text(block.text, "utf8")

    done = subprocess.run(
        [sys.executable, "-W", "error", script.name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == output_told(block)


@pytest.mark.parametrize("path", QUICK_STARTS, ids=lambda path: path.name)
def test_a_quick_start_does_what_it_says(
    path: Path, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(path, tmp_path)
    monkeypatch.chdir(tmp_path)

    for block in blocks_of(path):
        for line in shell.lines_of(block) if block.language == "bash" else ():
            if asks_a_server(line):
                shell.run(line, stand.url, FIRING=stand.latest, WORKFLOW_ID="an-id")
                stand.pass_a_moment()
    assert stand.target.taken


def test_a_module_replaces_what_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(page("howto/replace-components.md"), tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    settings = settings_of(read_file(tmp_path / "scheduledwf.properties"))
    components = load_modules(settings.modules)
    node = Node(MemoryStore(), {"broken": RecordingTarget("broken", reject)}, components=components)

    for kind in ("print", "broken"):
        fire_once(node, {"type": kind, "text": "seen"})

    assert settings.store_url.startswith("mysql://scheduler:a-password@")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "seen"
    assert printed[1].startswith("somebody should look at")


@dataclass(frozen=True)
class Stand:
    """A server like the one of ``make run``, whose time is moved by hand."""

    node: Node
    clock: ManualClock
    target: RecordingTarget
    url: str

    def pass_a_moment(self) -> None:
        self.clock.advance(MOMENT)
        self.node.tick()

    @property
    def latest(self) -> str:
        """The id of the firing that was delivered last."""
        with self.node.store.transaction() as tx:
            found = tx.index.firings(FiringQuery(limit=1)).items
        return found[0].id if found else "FIRING"


@pytest.fixture
def stand() -> Iterator[Stand]:
    clock, target = ManualClock(NOON), RecordingTarget("workflow")
    node = Node(MemoryStore(), {"workflow": target}, clock=clock)
    conductor = WebServer(whatever_is_asked, WebSettings(port=0, threads=2))
    conductor.start()
    web = WebSettings(port=0, threads=4, conductor_url=conductor.url)
    server = WebServer(create_app(node, web), web)
    server.start()
    node.tick()
    yield Stand(node=node, clock=clock, target=target, url=server.url)
    server.stop()
    conductor.stop()


def whatever_is_asked(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """Stands where Conductor would, and is content with everything."""
    del environ
    start("200 OK", [("Content-Type", "application/json")])
    return [b"{}"]


def asks_a_server(line: shell.Line) -> bool:
    """Whether a command talks to a server that runs, and so can be tried here."""
    if line.program == "curl":
        return True
    return line.program == "scheduledwf" and line.words[1] in {"schedule", "firings", "health"}


def read(document: dict[str, Any]) -> None:
    """Fail unless *document* is something the scheduler takes or answers."""
    if {"trigger", "target"} <= document.keys():
        definition = definition_from_json(document)
        WorkflowTarget(shell.SERVER).check(definition.target.options)
    elif document.get("type") in TRIGGERS:
        trigger_from_json(document)
    elif document.get("type") == "workflow":
        options = {name: value for name, value in document.items() if name != "type"}
        assert WorkflowTarget(shell.SERVER).check(options) == options
    elif "misfire" in document:
        policies_from_json(document)
    else:
        refusals = [schema(unknown=RAISE).validate(document) for schema in ANSWERS]
        assert {} in refusals, refusals


def write_files(path: Path, directory: Path) -> None:
    """Write the blocks of a page that have a name as files of that name."""
    for block in blocks_of(path):
        if block.title:
            (directory / block.title).write_text(block.text, "utf8")


def output_told(block: Block) -> str:
    """The output that stands right after *block*; none if there is none."""
    after = [other for other in blocks_of(block.page) if other.line > block.line]
    return after[0].text if after and after[0].language == "text" else ""


def fire_once(node: Node, target: dict[str, Any]) -> None:
    trigger = {"type": "at", "times": ["2100-01-01T00:00:00Z"]}
    document = {"name": target["type"], "trigger": trigger, "target": target}
    node.schedules.create(definition_from_json(document), by="a test")
    node.schedules.trigger("default", target["type"], override={})
    node.tick()


def reject(delivery: Delivery) -> None:
    raise DeliveryRejected("broken", f"{delivery.name} takes nothing")
