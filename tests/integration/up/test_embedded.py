"""``scheduledwf up --example`` with the Conductor it brings along, on a machine without Java."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.integration.up.conftest import Start
from tests.integration.up.process import Running, all_gone, wait_until
from tests.servers.conductor import CONDUCTOR, embedded_settings

pytestmark = [pytest.mark.conductor, pytest.mark.timeout(900)]

UP = ("up", "--example", "--port", "0")
START_S = 300  # it takes half a minute, where nobody else wants the machine
SOON_S = 15
PERIODIC = {"every-five-seconds", "every-ten-seconds"}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything is kept; skips the tests where there is no Conductor or no Java for it."""
    found = tmp_path_factory.mktemp("up")
    embedded_settings(CONDUCTOR, found)
    return found


@pytest.fixture(scope="module")
def example(directory: Path) -> Iterator[Running]:
    """The example as it runs; it is ready."""
    up = Running(*UP, directory=directory)
    try:
        up.wait_for("ready", seconds=START_S)
        yield up
    finally:
        up.close()


def completed(up: Running) -> dict[str, set[str]]:
    """The correlation ids of the workflows that Conductor says are completed, by schedule."""
    found: dict[str, set[str]] = {}
    page = up.get("/api/workflow/search", query="status='COMPLETED'", size=1000)
    for one in page["results"]:
        workflow = up.get(f"/api/workflow/{one['workflowId']}", includeTasks="false")
        assert workflow["status"] == "COMPLETED"
        schedule = workflow["input"]["_firing"]["schedule"]
        found.setdefault(schedule, set()).add(workflow["correlationId"])
    return found


def javas(up: Running) -> list[psutil.Process]:
    return [one for one in up.family() if "java" in Path(one.exe()).name]


def test_the_examples_workflows_complete_within_seconds(example: Running) -> None:
    started = time.monotonic()
    everything = {*PERIODIC, "once-in-three-seconds"}

    wait_until(
        lambda: set(completed(example)) == everything, seconds=SOON_S, what=lambda: _story(example)
    )

    assert time.monotonic() - started < SOON_S
    keys = {one["key"]: one for one in example.get("/api/v1/firings")["items"]}
    for schedule, correlation_ids in completed(example).items():
        assert {keys[key]["schedule"] for key in correlation_ids} == {schedule}


def test_what_it_prints_is_there(example: Running) -> None:
    conductor = example.said.partition("Conductor      ")[2].split()[0]

    assert example.said.startswith(f"starting Conductor {CONDUCTOR}")
    assert httpx.get(f"{example.url}/docs").is_success
    assert httpx.get(f"{conductor}/health").json()["healthy"] is True
    assert example.cli("health").returncode == 0
    assert "every-five-seconds" in example.cli("schedule", "list").stdout
    assert len(javas(example)) == 1


def test_nobody_else_works_in_its_directory(example: Running, directory: Path) -> None:
    other = Running("up", "--port", "0", directory=directory)

    assert other.ended() == 4
    assert "another `scheduledwf up` works in" in other.log
    assert example.cli("health").returncode == 0


def test_when_conductor_dies_health_says_so_until_it_is_back(example: Running) -> None:
    (java,) = javas(example)

    java.kill()
    wait_until(lambda: example.cli("health").returncode == 6, seconds=SOON_S, what=example.story)
    health = example.cli("health")

    assert "the embedded Conductor is restarting" in health.stdout
    assert example.cli("schedule", "list").returncode == 0
    wait_until(lambda: not example.cli("health").returncode, seconds=START_S, what=example.story)


def test_it_stops_whole_and_goes_on_where_it_was(example: Running, directory: Path) -> None:
    schedules = _created(example)
    before = completed(example)
    family = example.family()
    assert len(family) == 3, "we, the guard of Java, and Java"

    example.interrupt()
    assert example.ended() == 0
    assert all_gone(family) == []

    again = Running(*UP, directory=directory)
    try:
        again.wait_for("ready", seconds=START_S)
        assert _created(again) == schedules
        wait_until(lambda: _more(before, again), seconds=SOON_S, what=lambda: _story(again))
        family = again.family()

        again.process.kill()
        assert all_gone(family, seconds=30) == []
    finally:
        again.close()


def test_ctrl_c_while_conductor_starts_leaves_nothing_behind(start: Start, directory: Path) -> None:
    del directory  # it only says whether there is a Conductor
    up = start(*UP)
    wait_until(lambda: not up.lives or javas(up), seconds=60, what=up.story)
    family = up.family()

    up.interrupt()
    up.interrupt()

    assert up.ended() == 0
    assert up.said.endswith("stopping, this may take some seconds\n")
    assert "Traceback" not in up.log
    assert all_gone(family) == []


def _created(up: Running) -> dict[str, Any]:
    return {one["name"]: one["createdAt"] for one in up.get("/api/v1/schedules")["items"]}


def _more(before: dict[str, set[str]], up: Running) -> bool:
    """Whether everything completed is still known, and each periodic schedule went on."""
    now = completed(up)
    assert all(keys <= now[schedule] for schedule, keys in before.items())
    return all(now[schedule] > before[schedule] for schedule in PERIODIC)


def _story(up: Running) -> str:
    found = up.get("/api/workflow/search", size=100)
    return f"{found}\n{up.story()}"
