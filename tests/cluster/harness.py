"""Real server processes over one store and one Conductor, to be killed; and what to check then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.node import Node
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_core.triggers import AtTrigger, CronTrigger, Dialect, Trigger
from scheduledwf_mysql.store import open_store

WORKFLOW = "swf_cluster_test"
PATIENT = RetryPolicy(attempts=50, initial=timedelta(milliseconds=500))
EVERY = MisfirePolicy(mode=MisfireMode.ALL, within=None)


class ServerProcess:
    """One ``scheduledwf up`` beside a Conductor that is already there."""

    def __init__(self, store_url: str, conductor_url: str, directory: Path) -> None:
        self.log = directory / f"server-{time.monotonic_ns()}.log"
        command = [str(Path(sys.executable).with_name("scheduledwf")), "up", "--port", "0"]
        command += ["--store", store_url, "--conductor-url", conductor_url]
        environment = {**os.environ, "SCHEDULEDWF_LEASE": "5s", "SCHEDULEDWF_HEARTBEAT": "1s"}
        # results wait a second to be written: a kill loses some of what Conductor took
        environment["SCHEDULEDWF_SETTLE_EVERY"] = "1s"
        environment["SCHEDULEDWF_DATA_DIR"] = str(directory)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        wait_until(lambda: "ready" in self.log.read_text(), seconds=60, what=self.log.read_text)

    def terminate(self) -> int:
        """End it as a deploy does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(10)


class Ledger:
    """A node that is never started: it defines schedules and reads what became of them."""

    def __init__(self, store_url: str, conductor_url: str) -> None:
        store = open_store(store_url)
        store.migrate()
        self.node = Node(store, {"workflow": WorkflowTarget(conductor_url)})

    def define(self, name: str, trigger: Trigger, bounds: Bounds | None = None) -> None:
        definition = Definition(
            namespace="cluster",
            name=name,
            trigger=trigger,
            target=TargetSpec(kind="workflow", options={"name": WORKFLOW, "input": {"n": name}}),
            policies=Policies(bounds=bounds or Bounds(), misfire=EVERY, retry=PATIENT),
        )
        self.node.schedules.create(definition, by="test")

    def firings(self) -> list[Firing]:
        """Every firing of the namespace."""
        found: list[Firing] = []
        query = FiringQuery(namespace="cluster", limit=1000)
        while True:
            page = self.node.firings.search(query)
            found += page.items
            if page.after is None:
                return found
            query = FiringQuery(namespace="cluster", limit=1000, after=page.after)

    def all_settled(self, count: int) -> bool:
        firings = self.firings()
        return len(firings) >= count and all(firing.outcome for firing in firings)

    def close(self) -> None:
        self.node.close()


def register_workflow(conductor_url: str) -> None:
    """A workflow that completes by itself."""
    task = {"name": "s", "taskReferenceName": "s", "type": "SET_VARIABLE"}
    document: dict[str, Any] = {
        "name": WORKFLOW,
        "version": 1,
        "schemaVersion": 2,
        "ownerEmail": "test@example.com",
        "timeoutSeconds": 0,
        "tasks": [{**task, "inputParameters": {"n": "${workflow.input.n}"}}],
    }
    answer = httpx.post(f"{conductor_url}/api/metadata/workflow", json=document, timeout=30)
    assert answer.status_code in {200, 409}, answer.text


def workflows_by_key(conductor_url: str, keys: Sequence[str]) -> Counter[str]:
    """How many workflows Conductor has for each correlation id."""
    counts: Counter[str] = Counter()
    url = f"{conductor_url}/api/workflow/{WORKFLOW}/correlated"
    for start in range(0, len(keys), 50):
        answer = httpx.post(
            url,
            params={"includeClosed": "true", "includeTasks": "false"},
            json=list(keys[start : start + 50]),
            timeout=60,
        )
        answer.raise_for_status()
        counts.update({key: len(runs) for key, runs in answer.json().items()})
    return counts


def every_second() -> CronTrigger:
    return CronTrigger(expressions=("* * * * * *",), dialect=Dialect.SPRING)


def at(instant: datetime) -> AtTrigger:
    return AtTrigger(times=(instant,))


def seconds_of(start: datetime, end: datetime) -> list[datetime]:
    """Every whole second from *start* to *end*, both included."""
    return [start + timedelta(seconds=n) for n in range(int((end - start).total_seconds()) + 1)]


def next_whole_second(ahead: timedelta) -> datetime:
    return (datetime.now(UTC) + ahead).replace(microsecond=0)


def nominal_times(firings: Iterable[Firing]) -> dict[int, list[datetime]]:
    """The nominal times of each schedule, in order."""
    times: dict[int, list[datetime]] = {}
    for firing in firings:
        times.setdefault(firing.schedule_id, []).append(firing.nominal_at)
    return {schedule_id: sorted(found) for schedule_id, found in times.items()}


def wait_until(
    happened: Callable[[], bool], *, seconds: float, what: Callable[[], object] = lambda: ""
) -> None:
    """Poll until it *happened*; an assertion error with *what* is known if it does not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)
