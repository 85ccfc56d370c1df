"""Runs of the command, and something that stands where Conductor would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cheroot.wsgi import Server

from tests.integration.up.process import Running

Start = Callable[..., Running]


class StandIn:
    """Answers as Conductor does to what we ask of it, and remembers the workflows started."""

    def __init__(self) -> None:
        self.url = ""
        self.registered: list[str] = []
        self.started: list[dict[str, Any]] = []
        self.status = "200 OK"
        self.asked = Event()
        self.may_answer = Event()
        self.may_answer.set()
        self.health = b'{"healthy":true}'

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:  # noqa: ANN401 - WSGI's
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        body = environ["wsgi.input"].read()
        start(
            "200 OK" if path == "/health" else self.status, [("Content-Type", "application/json")]
        )
        if path == "/health":
            return [self.health]
        if (method, path) == ("POST", "/api/workflow"):
            self.asked.set()
            self.may_answer.wait(60)
            self.started.append(json.loads(body))
            return [f'"id-{len(self.started)}"'.encode()]
        if (method, path) == ("POST", "/api/metadata/workflow"):
            self.registered.append(json.loads(body)["name"])
        if path.startswith("/api/metadata/workflow/"):
            return [json.dumps({"name": path.rpartition("/")[2], "tasks": []}).encode()]
        return [b"{}"]

    @contextmanager
    def served(self, port: int = 0) -> Iterator[str]:
        """Its URL, while it is there."""
        server = Server(("127.0.0.1", port), self, numthreads=8)
        server.prepare()
        thread = Thread(target=server.serve, name="stand-in")
        thread.start()
        self.url = f"http://127.0.0.1:{server.bind_addr[1]}"
        try:
            yield self.url
        finally:
            self.may_answer.set()
            server.stop()
            thread.join()


@pytest.fixture
def conductor() -> Iterator[StandIn]:
    stand_in = StandIn()
    with stand_in.served():
        yield stand_in


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the command; at the end of the test, nothing of it is left."""
    runs: list[Running] = []

    def run(*words: str, **env: str) -> Running:
        runs.append(Running(*words, directory=tmp_path, env=env))
        return runs[-1]

    yield run
    for running in runs:
        running.close()
