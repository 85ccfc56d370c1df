"""Checks 4, 10 to 13 and 15 in real time, before real Conductor servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.node import Node
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_server.app import create_app
from scheduledwf_server.schedule_wf.settings import ScheduleWfSettings
from scheduledwf_server.settings import WebSettings
from tests.api.schedule_wf.conftest import (
    DEFINITIONS,
    EXECUTIONS,
    PROCESSES,
    Json,
    definition,
    empty,
    refused,
)
from tests.integration.conductor.serving import served

pytestmark = pytest.mark.conductor

T = TypeVar("T")

PATIENCE = timedelta(seconds=30)
#: Ends in the request that starts it.
AT_ONCE = {"name": "say", "taskReferenceName": "say", "type": "SET_VARIABLE"}


@dataclass(frozen=True, kw_only=True)
class Real:
    """A running node, the Conductor behind it, and a client; *name* is a workflow's."""

    http: httpx.Client
    conductor: httpx.Client
    name: str

    def register_workflow(self, version: int = 1) -> None:
        workflow = {
            "name": self.name,
            "version": version,
            "schemaVersion": 2,
            "ownerEmail": "tests@example.com",
            "timeoutPolicy": "ALERT_ONLY",
            "timeoutSeconds": 3600,
            "tasks": [AT_ONCE],
        }
        self.conductor.put("/api/metadata/workflow", json=[workflow]).raise_for_status()

    def forget_workflow(self, version: int = 1) -> None:
        path = f"/api/metadata/workflow/{self.name}/{version}"
        self.conductor.delete(path).raise_for_status()

    def workflow(self, workflow_id: str) -> Json:
        answer = self.conductor.get(f"/api/workflow/{workflow_id}?includeTasks=false")
        return dict(answer.raise_for_status().json())

    def post(self, **members: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        return self.http.post(DEFINITIONS, json=definition(wfName=self.name, **members))

    def put(self, status: str) -> None:
        empty(self.http.put(f"{DEFINITIONS}/{self.name}", params={"status": status}))

    def rows(self, path: str) -> list[Json]:
        answer = self.http.get(path, params={"name": self.name, "size": 1000})
        return list(answer.raise_for_status().json()["results"])

    def executions(self, status: str, *, at_least: int) -> list[Json]:
        """The executions of *status*, once there are so many."""
        return until(
            lambda: [row for row in self.rows(EXECUTIONS) if row["executionStatus"] == status],
            lambda rows: len(rows) >= at_least,
        )


def until(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What *look* sees once it is *enough*."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while not enough(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
    return seen


@pytest.fixture(params=["conductor", "conductor_3_15"])
def real(request: pytest.FixtureRequest) -> Iterator[Real]:
    url = request.getfixturevalue(request.param)
    name = f"seed-{uuid4().hex[:8]}"
    web = WebSettings(schedule_wf=ScheduleWfSettings(zone="UTC"))
    with (
        Node(MemoryStore(), {"workflow": WorkflowTarget(url)}) as node,
        served(create_app(node, web)) as ours,
        httpx.Client(base_url=ours, timeout=30) as http,
        httpx.Client(base_url=url, timeout=30) as conductor,
    ):
        yield Real(http=http, conductor=conductor, name=name)


def test_k4_a_workflow_conductor_does_not_have_is_refused(real: Real) -> None:
    real.register_workflow()

    version = refused(real.post(wfVersion=7))
    name = refused(real.http.post(DEFINITIONS, json=definition(wfName="nobody-has-this")))

    unknown = "Cannot find the workflow definition with name={} and version={}"
    assert version == unknown.format(real.name, 7)
    assert name == unknown.format("nobody-has-this", 1)


def test_k10_k11_k13_workflows_run_in_conductor_until_they_are_stopped(real: Real) -> None:
    real.register_workflow(1)
    real.register_workflow(2)
    wanted = {"a": 1, "n": None, "nested": {"k": [1, {"deep": None}]}}
    asked_at = datetime.now(UTC)
    empty(real.post(wfInput=wanted, wfVersion=1))

    rows = real.executions("SUCCESS", at_least=3)
    real.put("SHUTDOWN")
    quiet_from = datetime.now(UTC) + timedelta(seconds=1)
    (process,) = {row["schedulerId"] for row in rows}

    assert rows[-1]["createTime"] < _ms(asked_at + timedelta(seconds=3))
    for row in rows:
        run = real.workflow(row["triggerId"])
        assert (run["workflowName"], run["workflowVersion"]) == (real.name, 1)
        assert (run["correlationId"], run["input"]) == (process, wanted)
        assert int(row["executedAt"][17:19]) % 2 == 0
    assert len({row["executedAt"][:19] for row in rows}) == len(rows)
    time.sleep(3)
    late = [row for row in real.rows(EXECUTIONS) if row["createTime"] > _ms(quiet_from)]
    assert late == []

    real.put("RUN")

    again = until(
        lambda: [row for row in real.rows(EXECUTIONS) if row["schedulerId"] != process], bool
    )
    assert real.workflow(again[0]["triggerId"])["correlationId"] == again[0]["schedulerId"]
    assert [row["state"] for row in real.rows(PROCESSES)] == ["RUNNING", "SHUTDOWN", "RUNNING"]


def test_k12_a_workflow_that_is_gone_fails_each_start_until_it_is_back(real: Real) -> None:
    real.register_workflow()
    empty(real.post(cronExpression="* * * * * ?"))
    real.executions("SUCCESS", at_least=1)

    real.forget_workflow()
    failed = real.executions("FAILURE", at_least=2)
    real.register_workflow()
    before = len(real.executions("SUCCESS", at_least=1))
    real.executions("SUCCESS", at_least=before + 2)

    reason = f"No such workflow found by name: {real.name}, version: 1; cause: null"
    assert {row["executionFailureReason"] for row in failed} == {reason}
    assert not any("triggerId" in row for row in failed)


def test_k15_a_definition_whose_workflow_is_missing_waits_for_it(real: Real) -> None:
    real.register_workflow()
    empty(real.post(status="SHUTDOWN"))
    real.forget_workflow()

    real.put("RUN")
    time.sleep(3)
    waiting = real.rows(PROCESSES) + real.rows(EXECUTIONS)
    real.register_workflow()

    assert waiting == []
    real.executions("SUCCESS", at_least=1)
    assert [row["state"] for row in real.rows(PROCESSES)] == ["RUNNING"]


def _ms(instant: datetime) -> float:
    return instant.timestamp() * 1000
