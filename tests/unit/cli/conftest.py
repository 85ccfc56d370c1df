"""The command line against a real server, whose clock and target the test holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.model.node import Role
from scheduledwf_core.node import Node
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_server.app import create_app
from scheduledwf_server.cli.main import main
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import Auth, WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

Run = Callable[..., Result]


class Stage:
    """The application of the test that runs now."""

    def __init__(self) -> None:
        self.app: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Any:  # noqa: ANN401
        assert self.app is not None
        return self.app(environ, start)


class Workflows(RecordingTarget):
    """Takes workflows as Conductor would, and remembers them."""

    def __init__(self) -> None:
        super().__init__("workflow")
        self._real = WorkflowTarget("http://127.0.0.1:1")

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        return self._real.check(options)

    def close(self) -> None:
        self._real.close()


@dataclass(frozen=True, kw_only=True)
class Server:
    """A node behind a web server, its clock and its target."""

    node: Node
    clock: ManualClock
    target: Workflows
    url: str
    stage: Stage

    def pass_time(self, by: timedelta) -> None:
        """Let *by* pass, and let the node do what is due then."""
        self.clock.advance(by)
        self.node.tick()

    def ask_for_keys(self) -> str:
        """Let the server ask for keys from now on; a key that opens it."""
        self.stage.app = create_app(self.node, WebSettings(auth=Auth.KEYS))
        return self.node.keys.create("ann")[1]


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def web_server(stage: Stage) -> Iterator[WebServer]:
    server = WebServer(stage, WebSettings(port=0, threads=4))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(stage: Stage, web_server: WebServer) -> Iterator[Server]:
    clock, target = ManualClock(NOON), Workflows()
    node = Node(MemoryStore(), {"workflow": target}, role=Role.ALL, clock=clock)
    stage.app = create_app(node, WebSettings())
    yield Server(node=node, clock=clock, target=target, url=web_server.url, stage=stage)
    node.close()
    stage.app = None


@pytest.fixture
def run(server: Server) -> Run:
    """Runs a command against the server; more words may follow as arguments."""

    def command(line: str, *words: str, env: Mapping[str, str] | None = None) -> Result:
        return run_cli("--server", server.url, *line.split(), *words, env=env)

    return command


def run_cli(*words: str, env: Mapping[str, str] | None = None, text: str | None = None) -> Result:
    """What the ``scheduledwf`` command says to *words*; bugs in it are not hidden."""
    result = CliRunner(catch_exceptions=False).invoke(
        main, words, env=env, input=text, prog_name="scheduledwf"
    )
    assert result.exit_code == 0 or result.stderr, "whatever goes wrong is told"
    return result


def printed(result: Result) -> str:
    """What a command that went well printed."""
    assert result.exit_code == 0, result.output
    return result.stdout


def document(result: Result) -> Any:  # noqa: ANN401 - JSON
    """The JSON that a command printed."""
    return json.loads(printed(result))


def refused(result: Result, code: int) -> str:
    """What a command that went wrong said, and nothing else was printed."""
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr
