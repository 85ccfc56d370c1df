"""``scheduledwf firings …``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduledwf_core.errors import DeliveryRejected, DeliveryRetryable
from scheduledwf_core.targets.base import Delivery
from tests.unit.cli.conftest import Run, Server, document, printed, refused

TEN_SECONDS = timedelta(seconds=10)


def away(delivery: Delivery) -> None:
    del delivery
    raise DeliveryRetryable("conductor-503", "it is\nnot \x1b[2Jthere")


def unknown(delivery: Delivery) -> None:
    del delivery
    raise DeliveryRejected("conductor-404", "no such workflow")


@pytest.fixture
def pulse(run: Run) -> None:
    printed(run("schedule create pulse --every 10s --workflow w"))


def ids(run: Run) -> list[str]:
    return [firing["id"] for firing in document(run("firings list --json"))]


@pytest.mark.usefixtures("pulse")
def test_firings_are_listed_latest_first_one_a_line(run: Run, server: Server) -> None:
    server.pass_time(TEN_SECONDS)
    server.target.script = unknown
    server.pass_time(TEN_SECONDS)

    listed = [line.split(maxsplit=7) for line in printed(run("firings list")).splitlines()]

    late, early = ids(run)
    assert listed == [
        ["ID", "SCHEDULE", "DUE", "STATE", "OUTCOME", "LATE", "WHY"],
        [late, *_due("12:00:20Z"), "settled", "dead", "0ms", "no such workflow"],
        [early, *_due("12:00:10Z"), "settled", "delivered", "0ms", "-"],
    ]


@pytest.mark.usefixtures("pulse")
def test_a_strangers_words_do_nothing_to_the_terminal(run: Run, server: Server) -> None:
    server.target.script = away
    server.pass_time(TEN_SECONDS)

    assert "it is not  [2Jthere\n" in printed(run("firings list"))
    assert "it is not  [2Jthere\n" in printed(run("firings show", *ids(run)))


@pytest.mark.usefixtures("pulse")
def test_a_list_can_be_narrowed(run: Run, server: Server) -> None:
    run("schedule create other -n two --every 20s --workflow w")
    server.pass_time(TEN_SECONDS)
    server.target.script = unknown
    server.pass_time(TEN_SECONDS)

    def found(*narrowed: str) -> list[str]:
        listed = document(run("firings list --json", *narrowed))
        return [f"{one['schedule']} {one['dueTime'][14:19]}" for one in listed]

    assert sorted(found()) == ["other 00:20", "pulse 00:10", "pulse 00:20"]
    assert found("-n", "two") == ["other 00:20"]
    assert found("-s", "pulse") == ["pulse 00:20", "pulse 00:10"]
    assert found("-n", "two", "-s", "other") == ["other 00:20"]
    assert found("--outcome", "delivered") == ["pulse 00:10"]
    assert len(found("--outcome", "delivered", "--outcome", "dead")) == 3
    assert found("--state", "planned") == []
    assert found("--to", "2030-01-01T12:00:20Z") == ["pulse 00:10"]
    assert len(found("--from", "2030-01-01T12:00:20Z")) == 2
    assert len(found("--limit", "1")) == 1


def test_an_empty_list_says_so(run: Run) -> None:
    assert printed(run("firings list")) == "no firings\n"


@pytest.mark.usefixtures("pulse")
def test_a_firing_is_shown_with_every_attempt(run: Run, server: Server) -> None:
    server.target.script = away
    server.pass_time(TEN_SECONDS)
    server.target.script = None
    server.pass_time(timedelta(seconds=2))
    (firing,) = ids(run)

    lines = printed(run("firings show", firing)).splitlines()

    assert lines[0] == f"firing    {firing}"
    assert lines[2:7] == [
        "schedule  default/pulse, revision 1",
        "due       2030-01-01 12:00:10Z",
        "state     settled",
        "outcome   delivered",
        "late      0ms",
    ]
    assert lines[7:9] == ['receipt   {"number": 1}', ""]
    assert lines[9].split() == ["ATTEMPT", "STARTED", "FINISHED", "NODE", "ERROR"]
    assert lines[10].startswith("1        2030-01-01 12:00:10Z  2030-01-01 12:00:10Z  ")
    assert lines[10].endswith("there (conductor-503)")
    assert lines[11].startswith("2        2030-01-01 12:00:12Z")
    assert lines[11].endswith("-")


@pytest.mark.usefixtures("pulse")
def test_a_firing_outlives_its_schedule(run: Run, server: Server) -> None:
    server.pass_time(TEN_SECONDS)
    run("schedule delete pulse")

    assert "default/(deleted)" in printed(run("firings list"))


@pytest.mark.usefixtures("pulse")
def test_a_dead_firing_lives_again(run: Run, server: Server) -> None:
    server.target.script = unknown
    server.pass_time(TEN_SECONDS)
    (firing,) = ids(run)
    server.target.script = None

    said = printed(run("firings redrive", firing))
    server.node.tick()

    assert said == f"firing {firing} is planned again\n"
    assert document(run("firings show --json", firing))["outcome"] == "delivered"


def test_a_waiting_firing_is_taken_back(run: Run, server: Server) -> None:
    run("schedule create later --cron", "0 0 1 1 *", "--workflow", "w")
    run("schedule trigger later --at 2030-01-01T13:00:00Z")
    (firing,) = ids(run)

    assert printed(run("firings cancel", firing)) == f"cancelled firing {firing}\n"
    server.pass_time(timedelta(hours=2))
    assert server.target.taken == []
    assert document(run("firings cancel --json", firing))["outcome"] == "cancelled"


@pytest.mark.usefixtures("pulse")
def test_what_cannot_be_done_is_told_with_its_exit_code(run: Run, server: Server) -> None:
    server.pass_time(TEN_SECONDS)
    (firing,) = ids(run)

    assert "no longer waiting" in refused(run("firings cancel", firing), 4)
    assert "only a dead one" in refused(run("firings redrive", firing), 4)
    assert "'no-id' is not the id" in refused(run("firings show no-id"), 5)
    assert "there is no firing" in refused(run(f"firings show {firing}0"), 3)
    assert "there is no schedule" in refused(run("firings list -s nobody"), 3)
    assert "from: 'soon'" in refused(run("firings list --from soon"), 5)
    assert "../nodes" in refused(run("firings show ../nodes"), 5)


def _due(time: str) -> list[str]:
    return ["default/pulse", "2030-01-01", time]
