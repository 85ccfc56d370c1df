"""``scheduledwf up``, ``node`` and ``api`` beside a Conductor that is, or is not, there."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

import httpx
import pytest

from tests.integration.up.conftest import StandIn, Start
from tests.integration.up.process import Running, all_gone, json_lines, wait_until

UP = ("up", "--port", "0")
PULSE = ("schedule", "create", "pulse", "--every", "1s", "--workflow", "beat")


@pytest.fixture
def nobody() -> Iterator[str]:
    """A URL where nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_it_runs_beside_a_conductor_and_starts_its_workflows(
    start: Start, conductor: StandIn
) -> None:
    up = start(*UP, "--conductor-url", f"{conductor.url}/api")
    up.wait_for("ready")

    created = up.cli(*PULSE)

    assert created.returncode == 0, created.stderr
    wait_until(lambda: conductor.started, seconds=15, what=up.story)
    assert conductor.started[0]["name"] == "beat"
    assert conductor.started[0]["input"]["_firing"]["schedule"] == "pulse"


def test_its_example_is_for_a_conductor_of_ones_own_too(start: Start, conductor: StandIn) -> None:
    up = start(*UP, "--example", "--conductor-url", conductor.url)
    up.wait_for("ready")

    wait_until(lambda: conductor.started, seconds=15, what=up.story)

    assert conductor.registered == ["scheduledwf_example"]
    assert conductor.started[0]["name"] == "scheduledwf_example"


def test_a_conductor_that_does_not_take_the_example_is_told(
    start: Start, conductor: StandIn
) -> None:
    conductor.status = "500 Internal Server Error"

    up = start(*UP, "--example", "--conductor-url", conductor.url)
    up.wait_for("ready")

    said = "the example could not be defined, the rest works: Conductor does not take"
    assert said in up.said


def test_it_prints_where_everything_is(start: Start, conductor: StandIn, tmp_path: Path) -> None:
    up = start(*UP, "--conductor-url", conductor.url.replace("//", "//anybody:s3cret@"))
    up.wait_for("Ctrl-C")

    assert up.said.splitlines() == [
        "ready",
        f"  scheduler API  {up.url}/api/v1",
        f"  API docs       {up.url}/docs",
        f"  Conductor      {conductor.url} (also through {up.url}/api)",
        f"  store          sqlite:///{tmp_path}/data/scheduledwf.db",
        f"  try            scheduledwf --server {up.url} schedule list",
        "  stop           Ctrl-C",
    ]
    assert up.cli("schedule", "list").stdout == "no schedules\n"
    assert httpx.get(f"{up.url}/docs").is_success
    assert "s3cret" not in up.story()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_stop_stops_everything_in_order(
    number: int, start: Start, conductor: StandIn
) -> None:
    up = start(*UP, "--conductor-url", conductor.url)
    up.wait_for("ready")
    family = up.family()

    up.interrupt(number)

    assert up.ended() == 0
    assert up.said.endswith("stopping, this may take some seconds\n")
    assert "Traceback" not in up.log
    assert all_gone(family) == []
    again = start(*UP, "--conductor-url", conductor.url)
    again.wait_for("ready")
    before = again.get("/api/v1/nodes")["items"][0]
    assert before["stoppedAt"] is not None


def test_a_second_ctrl_c_does_not_stop_the_stopping(start: Start, conductor: StandIn) -> None:
    up = start(*UP, "--conductor-url", conductor.url)
    up.wait_for("ready")
    conductor.may_answer.clear()
    assert up.cli(*PULSE).returncode == 0
    assert conductor.asked.wait(15)

    up.interrupt()
    up.wait_for("stopping")
    up.interrupt()
    up.interrupt(signal.SIGTERM)
    conductor.may_answer.set()

    assert up.ended() == 0
    assert "Traceback" not in up.log
    again = start(*UP, "--conductor-url", conductor.url)
    again.wait_for("ready")
    oldest = again.get("/api/v1/firings")["items"][-1]
    assert (oldest["outcome"], len(oldest["attempts"])) == ("delivered", 1)


def test_without_conductor_the_api_is_up_and_says_what_is_down(start: Start, nobody: str) -> None:
    up = start(*UP, "--example", "--conductor-url", nobody)
    up.wait_for("ready")

    health = up.cli("health")

    assert f"Conductor at {nobody} does not answer (ConnectError). Going on" in up.said
    assert "the example could not be defined" in up.said
    assert health.returncode == 6
    assert health.stderr == "Error: not ready, conductor down\n"
    assert "does not answer (ConnectError)" in health.stdout
    assert up.cli(*PULSE).returncode == 0
    assert "Traceback" not in up.log


def test_a_conductor_that_comes_later_is_found(start: Start) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        up = start(*UP, "--conductor-url", f"http://127.0.0.1:{port}")
        up.wait_for("ready")
        assert up.cli("health").returncode == 6
    stand_in = StandIn()

    with stand_in.served(port):
        health = up.cli("health")
        assert up.cli(*PULSE).returncode == 0
        wait_until(lambda: stand_in.started, seconds=15, what=up.story)

    assert health.returncode == 0, health.stdout


def test_a_conductor_that_is_ill_is_told(start: Start, conductor: StandIn) -> None:
    conductor.health = b'{"healthy":false}'

    up = start(*UP, "--conductor-url", conductor.url)
    up.wait_for("ready")

    assert f"Conductor at {conductor.url} says that it is not well" in up.said
    assert up.cli("health").returncode == 6


def test_proxies_of_the_environment_do_not_stand_between_us_and_conductor(
    start: Start, conductor: StandIn, nobody: str
) -> None:
    up = start(*UP, "--example", "--conductor-url", conductor.url, HTTP_PROXY=nobody)
    up.wait_for("ready")

    wait_until(lambda: conductor.started, seconds=15, what=up.story)

    assert up.said.startswith("ready\n")
    assert up.cli("health").returncode == 0


def test_a_file_says_it_all_and_a_module_of_the_users_own_is_used(
    start: Start, conductor: StandIn, tmp_path: Path
) -> None:
    (tmp_path / "loud.py").write_text(
        "from scheduledwf_server import ScheduledWfServerModule\n"
        "class Loud(ScheduledWfServerModule):\n"
        "    def configure(self, components):\n"
        "        print('configured', flush=True)\n"
        "        return components\n"
    )
    file = tmp_path / "scheduledwf.properties"
    file.write_text(
        f"conductor.server.url={conductor.url}/api\n"
        "conductor.additional.modules=scheduledwf_server.ScheduledWfServerModule,loud.Loud\n"
        "scheduledwf.port=70000\n"
        "scheduledwf.store=memory:\n"
    )

    up = start("up", "--config", str(file), SCHEDULEDWF_PORT="0", PYTHONPATH=str(tmp_path))
    up.wait_for("ready")

    assert up.said.startswith("configured\nready\n")
    assert "store          memory:\n" in up.said
    assert up.cli("health").returncode == 0


def refused(run: Running, code: int) -> str:
    """What a run that cannot start says, which is all it says."""
    assert (run.ended(), run.said) == (code, ""), run.story()
    assert run.log.startswith("Error: ")
    assert "Traceback" not in run.log
    return run.log


def test_a_port_that_is_taken_is_told_at_once(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        said = refused(start("up", "--port", str(port)), 5)

    assert f"127.0.0.1:{port} is taken by another program" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--host", "0.0.0.0"), 5, "--auth keys"),  # noqa: S104 - it is refused
        (("--store", "mysql://u:s3cret@127.0.0.1:1/x"), 6, "the database cannot be used"),
        (("--store", "oracle://u:s3cret@127.0.0.1:1/x"), 5, "store: oracle is none of"),
        (("--data-dir", "/proc/nothing"), 5, "choose another with --data-dir"),
        (("--conductor-url", "conductor:8080"), 5, "must be a URL like"),
        (("--config", "/nowhere"), 5, "cannot read /nowhere"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_begun(
    words: tuple[str, ...], code: int, hint: str, start: Start
) -> None:
    said = refused(start(*UP, *words), code)

    assert hint in said
    assert "s3cret" not in said


def test_a_variable_nobody_knows_is_told(start: Start) -> None:
    said = refused(start(*UP, SCHEDULEDWF_PROT="1"), 5)

    assert "SCHEDULEDWF_PROT: is no setting; did you mean SCHEDULEDWF_PORT?" in said


def test_a_module_that_is_none_is_told(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "scheduledwf.properties"
    file.write_text("conductor.additional.modules=net.jas34.scheduledwf.ServerModule\n")

    said = refused(start(*UP, "--config", str(file)), 5)

    assert "cannot load net.jas34.scheduledwf.ServerModule" in said


@pytest.mark.parametrize("command", ["node", "api"])
def test_a_node_leaves_the_tables_alone_and_says_what_to_run(
    command: str, start: Start, nobody: str, tmp_path: Path
) -> None:
    said = refused(start(command, "--conductor-url", nobody), 4)

    assert "run `scheduledwf store migrate`" in said
    with sqlite3.connect(tmp_path / "data" / "scheduledwf.db") as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize("command", ["up", "node", "api"])
def test_tables_of_a_later_version_are_left_alone(
    command: str, start: Start, nobody: str, tmp_path: Path
) -> None:
    assert start("store", "migrate").ended() == 0
    with sqlite3.connect(tmp_path / "data" / "scheduledwf.db") as database:
        database.execute("UPDATE scheduledwf_version SET version_num = '9999'")
    database.close()

    said = refused(start(command, "--conductor-url", nobody), 4)

    assert "update scheduledwf" in said


def test_what_one_server_is_told_another_node_fires(start: Start, conductor: StandIn) -> None:
    assert start("store", "migrate").ended() == 0
    beside = ("--port", "0", "--conductor-url", conductor.url)
    api, node = start("api", *beside), start("node", *beside)
    api.wait_for("ready")
    node.wait_for("ready")

    assert api.cli(*PULSE).returncode == 0
    wait_until(lambda: conductor.started, seconds=15, what=node.story)

    roles = {one["id"]: one["role"] for one in api.get("/api/v1/nodes")["items"]}
    assert sorted(roles.values()) == ["api", "scheduler"]
    wait_until(lambda: _fired_by(api), seconds=15)
    assert {roles[fired] for fired in _fired_by(api)} == {"scheduler"}


def _fired_by(server: Running) -> set[str]:
    firings = server.get("/api/v1/firings")["items"]
    return {attempt["node"] for firing in firings for attempt in firing["attempts"]}


def test_a_node_answers_probes_and_nothing_else(start: Start, conductor: StandIn) -> None:
    assert start("store", "migrate").ended() == 0
    node = start("node", "--port", "0", "--conductor-url", conductor.url)
    node.wait_for("ready")

    assert node.cli("health").returncode == 0
    assert httpx.get(f"{node.url}/metrics").is_success
    assert "only fires" in node.cli("schedule", "list").stderr
    for path in ("/api/v1/schedules", "/api/workflow/search", "/docs", "/api/scheduling/metadata"):
        assert httpx.get(node.url + path).status_code == 404


def test_with_keys_it_says_how_to_make_the_first_and_tells_none(
    start: Start, conductor: StandIn
) -> None:
    keyed = (*UP, "--auth", "keys", "--host", "0.0.0.0", "--conductor-url", conductor.url)  # noqa: S104
    up = start(*keyed)
    up.wait_for("ready")
    assert "make one with `scheduledwf key create NAME`" in up.said
    assert up.cli("schedule", "list").returncode == 7

    made = start("key", "create", "ann")
    assert made.ended() == 0
    key = made.said.strip()

    assert up.cli("--api-key", key, "schedule", "list").stdout == "no schedules\n"
    assert up.cli("--api-key", key[:-1], "schedule", "list").returncode == 7
    again = start(*keyed)
    again.wait_for("ready")
    assert "key create" not in again.said
    assert key.rpartition("_")[2] not in up.story() + again.story()


def test_a_conductor_that_was_fetched_is_found_where_it_is_kept(
    start: Start, tmp_path: Path
) -> None:
    place = tmp_path / "jars" / "org" / "conductoross" / "conductor-server" / "9.8.7"
    place.mkdir(parents=True)
    jar = place / "conductor-server-9.8.7-boot.jar"
    jar.write_bytes(b"a jar")
    jar.with_name(f"{jar.name}.sha1").write_text(sha1(b"a jar", usedforsecurity=False).hexdigest())
    version = {"SCHEDULEDWF_CONDUCTOR_VERSION": "9.8.7"}

    kept = {"SCHEDULEDWF_CONDUCTOR_JARS": str(tmp_path / "jars")}
    for fetch in (
        start("fetch", **version, **kept),
        start("fetch", "--to", str(tmp_path / "jars"), **version),
    ):
        assert fetch.ended() == 0
        assert fetch.said == f"Conductor is at {jar}\n"


def test_a_version_of_conductor_that_is_none_is_told(start: Start) -> None:
    said = refused(start("fetch", SCHEDULEDWF_CONDUCTOR_VERSION="latest"), 5)

    assert "conductor-version: 'latest' is no version like" in said


def test_log_lines_may_be_json(start: Start, conductor: StandIn) -> None:
    up = start(*UP, "--log-json", "--conductor-url", conductor.url)
    up.wait_for("ready")
    up.interrupt()
    up.ended()

    assert "web server listens" in [line["message"] for line in json_lines(up.log)]
