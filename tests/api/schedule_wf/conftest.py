"""The original's API before a node whose time the test moves.

Tests are named by the acceptance checks they hold us to: K is kept as it was, F differs on
purpose, which docs/reference/compatibility.md tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from flask import Flask

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.dao.store import Store
from scheduledwf_core.node import Node
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_server.app import create_app
from scheduledwf_server.schedule_wf.settings import ScheduleWfSettings
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import WebSettings
from tests.api.conftest import Stage
from tests.api.schedule_wf.standin import StandInConductor

START = datetime(2026, 1, 15, 10, 20, 30, 500_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NO_TLS = False  # reading the CA certificates takes longer than most tests

DEFINITIONS = "/api/scheduling/metadata/scheduleWf"
MANAGERS = "/api/scheduler/managers"
PROCESSES = "/api/scheduler/scheduled/workflows/"
EXECUTIONS = "/api/scheduler/scheduled/workflows/executions"
VIOLATED = "Validation failed, check below errors for detail."

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A node, its clock, what stands in for Conductor, and a client of the original's API."""

    node: Node
    clock: ManualClock
    conductor: StandInConductor
    app: Flask
    http: httpx.Client

    def run(self, length: timedelta = SECOND, *, nodes: tuple[Node, ...] = ()) -> None:
        """Let *length* pass, half a second at a time, and the nodes do what is due then."""
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.clock.advance(min(SECOND / 2, end - self.clock.now()))
            for node in nodes or (self.node,):
                node.tick()

    def post(self, **members: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        return self.http.post(DEFINITIONS, json=definition(**members))

    def register(self, **members: Any) -> None:  # noqa: ANN401 - JSON
        """Register a definition that is due each even second."""
        empty(self.post(**members))

    def get(self, name: str = "w1") -> httpx.Response:
        return self.http.get(f"{DEFINITIONS}/{name}")

    def put(self, status: str, name: str = "w1") -> httpx.Response:
        return self.http.put(f"{DEFINITIONS}/{name}", params={"status": status})

    def processes(self, **criteria: object) -> list[Json]:
        return self.search(PROCESSES, **criteria)

    def executions(self, **criteria: object) -> list[Json]:
        return self.search(EXECUTIONS, **criteria)

    def search(self, path: str, **criteria: object) -> list[Json]:
        """The results of a search, by name unless other criteria are given."""
        answer = self.http.get(path, params={**(criteria or {"name": "w1"})})  # type: ignore[dict-item]
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def managers(self, **criteria: str) -> list[Json]:
        return list(self.http.get(MANAGERS, params=criteria).json())


Serve = Callable[..., Served]


def definition(**members: Any) -> Json:  # noqa: ANN401 - JSON
    """A definition as a client sends it; a member that is ``...`` is not sent."""
    plain = {"wfName": "w1", "wfVersion": 1, "status": "RUN", "cronExpression": "0/2 * * * * ?"}
    return {name: value for name, value in {**plain, **members}.items() if value is not ...}


def another_node(served: Served) -> Node:
    """A second node on the same store, a moment younger: ids are told apart by their time."""
    served.clock.advance(timedelta(milliseconds=1))
    node = Node(served.node.store, {"workflow": served.conductor}, clock=served.clock)
    node.tick()
    return node


def empty(answer: httpx.Response) -> None:
    """Check that the answer is 200 and nothing else."""
    assert answer.status_code == 200, answer.text
    assert answer.content == b""
    assert "Content-Type" not in answer.headers


def refused(answer: httpx.Response, status: int = 400) -> str:
    """The message of an error in the original's shape."""
    body = answer.json()
    assert answer.status_code == body["status"] == status, answer.text
    assert list(body) == ["status", "message", "instance", "retryable"]
    assert body["retryable"] is (body["message"].startswith("BACKEND_ERROR"))
    return str(body["message"])


def violations(answer: httpx.Response) -> list[Json]:
    """What failed validation, in the original's shape, by path."""
    body = answer.json()
    assert answer.status_code == 400, answer.text
    assert {name: body[name] for name in body if name != "validationErrors"} == {
        "status": 400,
        "message": VIOLATED,
        "retryable": False,
    }
    return sorted(body["validationErrors"], key=lambda found: str(found["path"]))


@pytest.fixture
def serve_original(stage: Stage, web_server: WebServer) -> Iterator[Serve]:
    """Puts a node on the stage; another call puts another one in its place."""
    clients: list[httpx.Client] = []

    def put(
        store: Store | None = None,
        *,
        clock: ManualClock | None = None,
        **settings: Any,  # noqa: ANN401
    ) -> Served:
        conductor = StandInConductor(("w1", 1), ("w1", 2), ("w2", 1))
        clock = clock or ManualClock(START)
        node = Node(store or MemoryStore(), {"workflow": conductor}, clock=clock)
        wanted = ScheduleWfSettings(**{"zone": "UTC", **settings})
        stage.app = app = create_app(node, WebSettings(schedule_wf=wanted))
        http = httpx.Client(base_url=web_server.url, timeout=30, verify=NO_TLS)
        clients.append(http)
        node.tick()
        return Served(node=node, clock=clock, conductor=conductor, app=app, http=http)

    yield put
    for client in clients:
        client.close()
    stage.app = None


@pytest.fixture
def served(serve_original: Serve) -> Served:
    return serve_original()
