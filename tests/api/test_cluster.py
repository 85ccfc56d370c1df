"""Nodes and totals over HTTP."""

from __future__ import annotations

from datetime import timedelta

from scheduledwf_core.identity import encode_id
from tests.api.conftest import Served, problem

HOUR = timedelta(hours=1)


def test_a_node_is_listed_with_its_signs_of_life(served: Served) -> None:
    served.pass_time(HOUR)

    body = served.http.get("/api/v1/nodes").json()

    assert body["next"] is None
    [node] = body["items"]
    assert node.pop("address")
    assert node.pop("version")
    assert node == {
        "id": encode_id(served.node.id),
        "role": "all",
        "startedAt": "2030-01-01T12:00:00Z",
        "heartbeatAt": "2030-01-01T13:00:00Z",
        "stoppedAt": None,
        "alive": True,
    }


def test_a_node_that_fell_silent_is_not_alive(served: Served) -> None:
    served.node.tick()
    served.clock.advance(HOUR)

    assert [node["alive"] for node in served.http.get("/api/v1/nodes").json()["items"]] == [False]


def test_totals(served: Served) -> None:
    served.define("a")
    served.define("b", paused=True)
    served.pass_time(HOUR)
    served.define("c")
    served.clock.advance(2 * HOUR)

    body = served.http.get("/api/v1/stats").json()

    assert body == {
        "window": "P1D",
        "schedules": {"active": 2, "paused": 1},
        "firings": {"delivered": 1, "skipped_paused": 1},
        "unsettled": 0,
        "overdue": 3,
    }


def test_totals_of_a_window(served: Served) -> None:
    served.define()
    served.pass_time(HOUR)
    served.clock.advance(2 * HOUR)

    body = served.http.get("/api/v1/stats", params={"window": "90m"}).json()

    assert (body["window"], body["firings"]) == ("PT1H30M", {})
    answer = served.http.get("/api/v1/stats", params={"window": "long"})
    assert problem(answer, 422, "invalid")["errors"][0]["field"] == "window"
