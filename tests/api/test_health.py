"""Health: does the process live, can it work, and which part cannot."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import SchedulerError, StoreUnavailable
from scheduledwf_core.model.node import Role
from scheduledwf_server.api.health import add_health_check
from tests.api.conftest import Json, Serve, Served

HOUR = timedelta(hours=1)


class AwayStore(MemoryStore):
    """A store that does not answer."""

    def check(self) -> None:
        raise StoreUnavailable("cannot reach mysql://root:hunter2@db/swf")


def ready(served: Served, status: int) -> Json:
    answer = served.http.get("/health/ready")
    assert answer.status_code == status, answer.text
    body = dict(answer.json())
    assert body["status"] == ("up" if status == 200 else "down")
    return dict(body["parts"])


def test_it_lives(served: Served) -> None:
    answer = served.http.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


def test_all_parts_are_up(served: Served) -> None:
    assert ready(served, 200) == {
        "store": {"status": "up"},
        "scheduler": {"status": "up"},
        "dueTimes": {"status": "up", "overdue": 0},
    }


def test_the_store_is_away(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    served = serve(store=AwayStore())

    with caplog.at_level(logging.WARNING):
        parts = ready(served, 503)

    assert parts["store"]["status"] == "down"
    assert parts["store"]["reason"] == "cannot reach mysql://root:***@db/swf"
    assert parts["scheduler"] == {"status": "up"}
    assert "dueTimes" not in parts
    assert served.http.get("/health/live").status_code == 200
    assert "hunter2" not in caplog.text


def test_the_scheduler_fell_silent(served: Served) -> None:
    served.node.tick()
    served.clock.advance(HOUR)

    assert ready(served, 503)["scheduler"] == {
        "status": "down",
        "reason": "the last sign of life was 3600 s ago",
    }
    served.node.tick()
    assert ready(served, 200)["scheduler"] == {"status": "up"}


def test_due_times_that_nobody_takes(served: Served) -> None:
    served.define()
    served.clock.advance(HOUR + timedelta(seconds=11))

    part = ready(served, 503)["dueTimes"]

    assert (part["status"], part["overdue"]) == ("down", 1)
    assert part["reason"] == "due times are late and no node took them"


def test_an_api_node_is_not_blamed_for_what_others_do_not_fire(serve: Serve) -> None:
    served = serve(role=Role.API)
    served.define()
    served.clock.advance(2 * HOUR)

    parts = ready(served, 200)

    assert parts == {"store": {"status": "up"}, "dueTimes": {"status": "up", "overdue": 1}}


def test_a_check_of_somebody_elses_is_asked_too(served: Served) -> None:
    broken: list[Exception] = []

    def check() -> None:
        for error in broken:
            raise error

    add_health_check(served.app, "conductor", check)

    assert ready(served, 200)["conductor"] == {"status": "up"}
    broken.append(SchedulerError("Conductor does not answer"))
    assert ready(served, 503)["conductor"] == {
        "status": "down",
        "reason": "Conductor does not answer",
    }
    broken[:] = [OSError("connect to http://user:hunter2@conductor failed")]
    assert ready(served, 503)["conductor"] == {"status": "down", "reason": "OSError"}
