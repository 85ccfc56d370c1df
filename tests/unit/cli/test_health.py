"""``scheduledwf health``: which part is down, for a person and for a probe."""

from __future__ import annotations

import pytest

from scheduledwf_core.errors import SchedulerError
from scheduledwf_server.api.health import add_health_check
from tests.unit.cli.conftest import Run, Server, document, printed, refused


@pytest.fixture
def ill(server: Server) -> None:
    def check() -> None:
        raise SchedulerError("it fell asleep")

    add_health_check(server.stage.app, "conductor", check)  # type: ignore[arg-type]  # it is ours


def test_a_server_that_can_do_its_work_is_ready(run: Run) -> None:
    lines = printed(run("health")).splitlines()

    assert [line.split() for line in lines] == [
        ["PART", "STATUS", "WHY"],
        ["store", "up", "-"],
        ["scheduler", "up", "-"],
        ["dueTimes", "up", "-"],
        ["ready"],
    ]


@pytest.mark.usefixtures("ill")
def test_what_is_down_is_told_with_its_reason(run: Run) -> None:
    result = run("health")

    assert result.exit_code == 6
    assert result.stderr == "Error: not ready, conductor down\n"
    assert "conductor  down    it fell asleep\n" in result.stdout
    assert "store      up      -\n" in result.stdout


@pytest.mark.usefixtures("ill")
def test_a_program_gets_json_and_the_exit_code(run: Run) -> None:
    result = run("health --json")

    assert result.exit_code == 6
    assert '"reason": "it fell asleep"' in result.stdout


def test_a_program_gets_json_of_a_server_that_is_well(run: Run) -> None:
    assert document(run("health --json"))["status"] == "up"


@pytest.mark.usefixtures("ill")
def test_a_server_may_live_and_not_be_ready(run: Run) -> None:
    assert printed(run("health --live")) == "alive\n"


def test_whether_it_lives_is_told_without_a_key(run: Run, server: Server) -> None:
    key = server.ask_for_keys()

    assert "scheduledwf key create" in refused(run("health"), 7)
    assert printed(run("health --live")) == "alive\n"
    assert printed(run("health", env={"SCHEDULEDWF_API_KEY": key})).endswith("ready\n")
