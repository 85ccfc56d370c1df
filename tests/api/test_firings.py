"""The ledger over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduledwf_core.errors import DeliveryRejected, DeliveryRetryable
from scheduledwf_core.identity import encode_id
from scheduledwf_core.targets.base import Delivery
from tests.api.conftest import NOON, Json, Served, problem

HOUR = timedelta(hours=1)
FIRINGS = "/api/v1/firings"


def ledger(served: Served, **params: object) -> list[Json]:
    """The items of one page."""
    answer = served.http.get(FIRINGS, params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def refuse(delivery: Delivery) -> None:
    raise DeliveryRejected("no-such-thing", f"there is no {delivery.name}")


def break_down(delivery: Delivery) -> None:
    raise DeliveryRetryable("busy", f"{delivery.name} is busy")


def test_a_firing_is_shown_whole(served: Served) -> None:
    served.define()
    served.pass_time(HOUR + timedelta(milliseconds=12))

    [listed] = ledger(served)

    assert listed == served.http.get(f"{FIRINGS}/{listed['id']}").json()
    node = encode_id(served.node.id)
    began = "2030-01-01T13:00:00.012000Z"
    assert listed == {
        "id": listed["id"],
        "key": f"{listed['id'].partition('-')[0]}@2030-01-01T13:00:00Z",
        "namespace": "default",
        "schedule": "nightly",
        "revision": 1,
        "nominalTime": "2030-01-01T13:00:00Z",
        "dueTime": "2030-01-01T13:00:00Z",
        "state": "settled",
        "outcome": "delivered",
        "reason": "",
        "attempts": [
            {"number": 1, "startedAt": began, "finishedAt": began, "node": node, "error": None}
        ],
        "receipt": {"number": 1},
        "lateness": "PT0.012S",
    }


def test_every_parameter_narrows_the_answer(served: Served) -> None:
    served.define("good")
    served.define("bad", namespace="other")
    served.target.script = lambda delivery: refuse(delivery) if delivery.name == "bad" else None
    served.pass_time(HOUR)
    served.pass_time(HOUR)

    def names(**params: object) -> list[str]:
        return sorted(one["schedule"] for one in ledger(served, **params))

    node = encode_id(served.node.id)
    assert names() == ["bad", "bad", "good", "good"]
    assert names(namespace="other") == ["bad", "bad"]
    assert names(schedule="good") == ["good", "good"]
    assert names(schedule="bad", namespace="other") == ["bad", "bad"]
    assert names(outcome="dead") == ["bad", "bad"]
    assert names(outcome=["dead", "delivered"]) == ["bad", "bad", "good", "good"]
    assert names(outcome="missed") == []
    assert names(state="settled", namespace="default") == ["good", "good"]
    assert names(state="planned") == []
    assert names(**{"from": "2030-01-01T14:00:00Z"}) == ["bad", "good"]
    assert names(to="2030-01-01T14:00:00Z") == ["bad", "good"]
    assert names(node=node) == ["bad", "bad", "good", "good"]
    assert names(node="0000000000000") == []
    assert names(receipt="nothing") == []


def test_the_latest_comes_first_and_pages_meet_each_firing_once(served: Served) -> None:
    served.define()
    for _ in range(5):
        served.pass_time(HOUR)

    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 2}
    while True:
        page = served.http.get(FIRINGS, params=params).json()
        seen += [one["dueTime"] for one in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]

    assert seen == [f"2030-01-01T{hour}:00:00Z" for hour in (17, 16, 15, 14, 13)]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"outcome": "great"}, "outcome[0]"),
        ({"state": "gone"}, "state"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2030-01-01"}, "to"),
        ({"node": "me"}, "node"),
        ({"limit": "-1"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"since": "2030-01-01T00:00:00Z"}, "since"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(
    served: Served, params: dict[str, str], field: str
) -> None:
    answer = served.http.get(FIRINGS, params=params)

    assert problem(answer, 422, "invalid")["errors"][0]["field"] == field


def test_firings_of_a_schedule_that_is_not_there(served: Served) -> None:
    problem(served.http.get(FIRINGS, params={"schedule": "nobody"}), 404, "not-found")


def test_a_firing_that_is_not_there(served: Served) -> None:
    for method, action in (("GET", ""), ("POST", "/redrive"), ("POST", "/cancel")):
        nobody = f"{FIRINGS}/{encode_id(1)}-1{action}"
        problem(served.http.request(method, nobody), 404, "not-found")
        for text in ("x", f"{encode_id(1)}-", "a-b-c", f"{'z' * 13}-1"):
            answer = served.http.request(method, f"{FIRINGS}/{text}{action}")
            assert problem(answer, 422, "invalid")["errors"][0]["field"] == "id"


def test_a_dead_firing_lives_again_and_asking_twice_is_asking_once(served: Served) -> None:
    served.define()
    served.target.script = refuse
    served.pass_time(HOUR)
    [dead] = ledger(served)
    assert (dead["outcome"], dead["reason"]) == ("dead", "there is no nightly")
    assert dead["attempts"][0]["error"] == {
        "code": "no-such-thing",
        "message": "there is no nightly",
    }

    redrive = f"{FIRINGS}/{dead['id']}/redrive"
    answers = [served.http.post(redrive) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["state"] == "planned"
    served.target.script = None
    served.node.tick()
    assert ledger(served)[0]["outcome"] == "delivered"
    problem(served.http.post(redrive), 409, "wrong-state")


def test_a_waiting_firing_is_taken_back(served: Served) -> None:
    served.define()
    served.target.script = break_down
    served.pass_time(HOUR)
    [waiting] = ledger(served)
    assert (waiting["state"], waiting["outcome"]) == ("planned", None)

    answer = served.http.post(f"{FIRINGS}/{waiting['id']}/cancel")

    assert answer.status_code == 202
    assert (answer.json()["outcome"], answer.json()["state"]) == ("cancelled", "settled")
    served.pass_time(timedelta(minutes=10))
    assert ledger(served)[0]["outcome"] == "cancelled"


def test_a_settled_firing_is_not_taken_back(served: Served) -> None:
    served.define()
    served.pass_time(HOUR)
    [settled] = ledger(served)

    problem(served.http.post(f"{FIRINGS}/{settled['id']}/cancel"), 409, "wrong-state")


def test_a_firing_that_nobody_tried_has_no_lateness(served: Served) -> None:
    served.define()
    served.http.post(
        "/api/v1/schedules/default/nightly/trigger",
        json={"at": (NOON + HOUR / 2).isoformat()},
    )

    [waiting] = ledger(served)

    assert (waiting["lateness"], waiting["attempts"], waiting["receipt"]) == (None, [], None)
