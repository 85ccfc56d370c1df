"""Previews over HTTP."""

from __future__ import annotations

import pytest

from tests.api.conftest import Json, Served, problem, schedule

CRON = {
    "type": "cron",
    "expressions": ["30 2 * * *"],
    "dialect": "unix",
    "zone": "Europe/Paris",
}


def preview(served: Served, **asked: object) -> Json:
    answer = served.http.post("/api/v1/preview", json=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_next_due_times_of_a_trigger(served: Served) -> None:
    body = preview(served, trigger=CRON, count=2)

    assert body == {
        "items": [
            {
                "nominalTime": "2030-01-02T01:30:00Z",
                "dueTime": "2030-01-02T01:30:00Z",
                "localTime": "2030-01-02T02:30:00+01:00",
                "reasons": [],
            },
            {
                "nominalTime": "2030-01-03T01:30:00Z",
                "dueTime": "2030-01-03T01:30:00Z",
                "localTime": "2030-01-03T02:30:00+01:00",
                "reasons": [],
            },
        ],
        "skipped": [],
        "diff": None,
        "warnings": [],
    }


def test_a_change_of_the_clocks_is_explained(served: Served) -> None:
    [shown] = preview(served, trigger=CRON, count=1, **{"from": "2030-03-31T00:00:00Z"})["items"]

    assert shown["localTime"] == "2030-03-31T03:00:00+02:00"
    assert shown["reasons"] == ["dst_gap"]


def test_ten_unless_another_count_is_asked_for(served: Served) -> None:
    assert len(preview(served, trigger=CRON)["items"]) == 10
    assert len(preview(served, trigger=CRON, count=1000)["items"]) == 1000


def test_both_ends_of_a_range_count(served: Served) -> None:
    hourly = {"type": "interval", "every": "1h", "anchor": "epoch"}
    ends = {"from": "2030-01-01T13:00:00Z", "to": "2030-01-01T15:00:00Z"}

    items = preview(served, trigger=hourly, **ends)["items"]

    assert [one["dueTime"][11:13] for one in items] == ["13", "14", "15"]


def test_policies_bound_it(served: Served) -> None:
    body = preview(served, trigger=CRON, policies={"maxFirings": 3, "endAt": None})

    assert len(body["items"]) == 3


def test_a_whole_schedule_is_previewed_and_not_saved(served: Served) -> None:
    body = preview(served, schedule={**schedule(), "policies": {"maxFirings": 2}})

    assert [one["dueTime"] for one in body["items"]] == [
        "2030-01-01T13:00:00Z",
        "2030-01-01T14:00:00Z",
    ]
    assert served.http.get("/api/v1/schedules").json()["items"] == []


def test_a_delay_is_counted_from_now(served: Served) -> None:
    [shown] = preview(served, trigger={"type": "delay", "after": "PT90S"})["items"]

    assert shown["dueTime"] == "2030-01-01T12:01:30Z"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "trigger"),
        ({"trigger": CRON, "schedule": schedule()}, "trigger"),
        ({"schedule": schedule(), "policies": {}}, "policies"),
        ({"trigger": {"type": "cron", "expressions": ["x"]}}, "trigger.expressions"),
        ({"schedule": {**schedule(), "target": {"type": "pigeon"}}}, "schedule.target.type"),
        ({"schedule": {**schedule(), "name": ""}}, "schedule.name"),
        ({"schedule": {"name": "x"}}, "schedule.trigger"),
        ({"trigger": CRON, "policies": {"window": "x"}}, "policies.window"),
        ({"trigger": CRON, "count": 0}, "count"),
        ({"trigger": CRON, "count": 1001}, "count"),
        ({"trigger": CRON, "count": "5"}, "count"),
        ({"trigger": CRON, "from": "now"}, "from"),
        ({"trigger": CRON, "against": "default/nightly"}, "against"),
    ],
)
def test_what_cannot_be_used_is_named(served: Served, asked: Json, field: str) -> None:
    answer = served.http.post("/api/v1/preview", json=asked)

    body = problem(answer, 422, answer.json()["code"])
    assert field in [error["field"] for error in body["errors"]]
