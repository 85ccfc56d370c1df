"""Workflow starts: raw, through us, and by Conductor's own scheduler, on the same Conductor.

Each second a number of schedules is due. What counts is how many workflows Conductor has at
the end, and how many of the due times have theirs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from benchmarks.counting import percentile
from scheduledwf_core.config import CoreSettings
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.firing import Firing, Outcome
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.node import Node
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_core.triggers import CronTrigger, Dialect
from scheduledwf_mysql.store import open_store
from scheduledwf_server.conductor.embedded import EmbeddedConductor, EmbeddedSettings
from scheduledwf_server.conductor.jar import fetch_server_jar, server_jar
from scheduledwf_server.conductor.profile import profile_of
from scheduledwf_server.settings import EmbeddingSettings

CONNECTIONS = (1, 2, 4, 8, 16)
WORKFLOW = "swf_bench"
EVERY_SECOND = "* * * * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What one way of starting workflows came to."""

    way: str
    due: int
    started: int
    per_second: float
    lateness_p99_s: float | None = None

    def row(self) -> dict[str, object]:
        return asdict(self)


@contextmanager
def conductor(*, own_scheduler: bool) -> Iterator[str]:
    """A fresh Conductor on SQLite; its base URL."""
    coordinate = server_jar(EmbeddingSettings().version)
    with tempfile.TemporaryDirectory() as directory:
        server = EmbeddedConductor(
            EmbeddedSettings(
                jar=fetch_server_jar(coordinate),
                data_dir=Path(directory),
                profile=profile_of(coordinate),
                properties={"conductor.scheduler.enabled": str(own_scheduler).lower()},
            )
        )
        server.start()
        try:
            server.wait_ready()
            _register(server.base_url)
            yield server.base_url
        finally:
            server.stop()


def raw(url: str, *, seconds: float) -> list[Started]:
    """``POST /api/workflow`` as fast as so many connections can; the best is the measure."""
    return [_raw(url, connections, seconds) for connections in CONNECTIONS]


def ours(url: str, *, schedules: int, seconds: int, workers: int) -> Started:
    """Through this scheduler: *schedules* due each second, until every firing is settled."""
    with tempfile.TemporaryDirectory() as directory:
        store = open_store(f"sqlite:///{directory}/bench.db")
        store.migrate()
        settings = CoreSettings(workers=workers)
        node = Node(store, {"workflow": WorkflowTarget(url)}, settings)
        start = (datetime.now(UTC) + timedelta(seconds=8)).replace(microsecond=0)
        bounds = Bounds(start_at=start, end_at=start + timedelta(seconds=seconds - 1))
        for number in range(schedules):
            node.schedules.create(_definition(f"s{number}", bounds), by="bench")
        with node:
            firings = _settled(node, schedules * seconds)
        finished = max(one.attempts[-1].finished_at for one in firings if one.attempts)
        late = [(one.attempts[0].started_at - one.due_at).total_seconds() for one in firings]
    delivered = sum(one.outcome is Outcome.DELIVERED for one in firings)
    return Started(
        way="scheduledwf",
        due=schedules * seconds,
        started=delivered,
        per_second=round(delivered / (finished - start).total_seconds(), 1),
        lateness_p99_s=round(percentile(late, 0.99), 2),
    )


def theirs(url: str, *, schedules: int, seconds: int) -> Started:
    """By Conductor's own scheduler, as it comes; what it started while they were due."""
    before = _count(url)
    with httpx.Client(base_url=url, timeout=60) as client:
        start = datetime.now(UTC) + timedelta(seconds=20)  # its first poll comes 15 s late
        for number in range(schedules):
            document = {
                "name": f"bench{number}",
                "cronExpression": EVERY_SECOND,
                "startWorkflowRequest": {"name": WORKFLOW, "version": 1, "input": {}},
                "scheduleStartTime": int(start.timestamp() * 1000),
                "scheduleEndTime": int((start.timestamp() + seconds - 1) * 1000),
            }
            client.post("/api/scheduler/schedules", json=document).raise_for_status()
        time.sleep(max(0.0, (start - datetime.now(UTC)).total_seconds()) + seconds + 3)
        started = _count(url) - before
        for number in range(schedules):
            client.delete(f"/api/scheduler/schedules/bench{number}")
    return Started(
        way="Conductor's own scheduler",
        due=schedules * seconds,
        started=started,
        per_second=round(started / seconds, 1),
    )


def _raw(url: str, connections: int, seconds: float) -> Started:
    end = time.monotonic() + seconds
    body = {"name": WORKFLOW, "version": 1, "input": {}}

    def client(_: int) -> int:
        count = 0
        with httpx.Client(base_url=url, timeout=60) as http:
            while time.monotonic() < end:
                http.post("/api/workflow", json=body).raise_for_status()
                count += 1
        return count

    began = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        started = sum(pool.map(client, range(connections)))
    rate = started / (time.monotonic() - began)
    way = f"raw, {connections} connections"
    return Started(way=way, due=started, started=started, per_second=round(rate, 1))


def _definition(name: str, bounds: Bounds) -> Definition:
    return Definition(
        namespace="bench",
        name=name,
        trigger=CronTrigger(expressions=(EVERY_SECOND,), dialect=Dialect.SPRING),
        target=TargetSpec(kind="workflow", options={"name": WORKFLOW, "version": 1}),
        policies=Policies(bounds=bounds, misfire=MisfirePolicy(mode=MisfireMode.ALL, within=None)),
    )


def _settled(node: Node, count: int) -> list[Firing]:
    """All firings, once there are *count* and each has its outcome."""
    while True:
        totals = node.cluster.stats(window=timedelta(hours=1))
        if sum(totals.firings.values()) >= count:
            break
        time.sleep(0.2)
    found: list[Firing] = []
    query = FiringQuery(limit=1000)
    while True:
        page = node.firings.search(query)
        found += page.items
        if page.after is None:
            return found
        query = FiringQuery(limit=1000, after=page.after)


def _count(url: str) -> int:
    query = {"query": f"workflowType={WORKFLOW}", "size": 1}
    answer = httpx.get(f"{url}/api/workflow/search", params=query, timeout=60)
    return int(answer.raise_for_status().json()["totalHits"])


def _register(url: str) -> None:
    task = {"name": "s", "taskReferenceName": "s", "type": "SET_VARIABLE", "inputParameters": {}}
    document = {
        "name": WORKFLOW,
        "version": 1,
        "schemaVersion": 2,
        "ownerEmail": "bench@example.com",
        "timeoutSeconds": 0,
        "tasks": [{**task, "inputParameters": {"x": 1}}],
    }
    httpx.post(f"{url}/api/metadata/workflow", json=document, timeout=60).raise_for_status()
