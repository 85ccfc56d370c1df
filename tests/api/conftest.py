"""A real web server for the whole session, behind which each test puts its own application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from flask import Flask

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.node import Role
from scheduledwf_core.node import Node
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_server.app import close_app, create_app
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

Json = dict[str, Any]


class Stage:
    """The application of the test that runs now."""

    def __init__(self) -> None:
        self.app: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Any:  # noqa: ANN401
        assert self.app is not None
        return self.app(environ, start)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A node behind a web server, its clock, its target, and a client."""

    node: Node
    clock: ManualClock
    target: RecordingTarget
    app: Flask
    http: httpx.Client
    url: str

    def pass_time(self, by: timedelta) -> None:
        """Let *by* pass, and let the node do what is due then."""
        self.clock.advance(by)
        self.node.tick()

    def define(self, name: str = "nightly", **members: Any) -> Json:  # noqa: ANN401 - JSON
        """Define a schedule that is due every hour."""
        answer = self.http.post("/api/v1/schedules", json={**schedule(name), **members})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


Serve = Callable[..., Served]


def schedule(name: str = "nightly") -> Json:
    """A schedule as a client writes it."""
    return {
        "name": name,
        "trigger": {"type": "interval", "every": "PT1H", "anchor": "epoch"},
        "target": {"type": "record"},
    }


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def web_server(stage: Stage) -> Iterator[WebServer]:
    server = WebServer(stage, WebSettings(port=0, threads=8))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def serve(stage: Stage, web_server: WebServer) -> Iterator[Serve]:
    """Puts a node on the stage; another call puts another one in its place."""
    clients: list[httpx.Client] = []
    apps: list[Flask] = []

    def put(web: WebSettings | None = None, store: Store | None = None, **how: Any) -> Served:  # noqa: ANN401
        clock, target = ManualClock(NOON), RecordingTarget()
        role = how.pop("role", Role.ALL)
        node = Node(store or MemoryStore(), {"record": target}, role=role, clock=clock)
        stage.app = app = create_app(node, web or WebSettings())
        http = httpx.Client(base_url=web_server.url, timeout=30, **how)
        clients.append(http)
        apps.append(app)
        return Served(node=node, clock=clock, target=target, app=app, http=http, url=web_server.url)

    yield put
    for client in clients:
        client.close()
    for app in apps:
        close_app(app)
    stage.app = None


@pytest.fixture
def served(serve: Serve) -> Served:
    """A node with the settings one gets without asking for others."""
    return serve()


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """The body of *answer*, which must be a problem of that status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = dict(answer.json())
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:scheduledwf:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body
