"""Schedules over HTTP: define, find, change, pause, resume, trigger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import Served, problem, schedule

HOUR = timedelta(hours=1)
ONE = "/api/v1/schedules/default/nightly"


def test_a_schedule_is_defined_and_read_back_whole(served: Served) -> None:
    sent = {
        **schedule(),
        "description": "the books",
        "tags": {"team": "finance"},
        "policies": {"retry": {"attempts": 5}, "startAt": "2030-01-01T00:00:00+01:00"},
    }

    made = served.http.post("/api/v1/schedules", json=sent)

    assert made.status_code == 201
    assert made.headers["Location"] == ONE
    assert made.headers["ETag"].endswith('.1"')
    body = served.http.get(made.headers["Location"]).json()
    assert body == made.json()
    assert body["namespace"] == "default"
    assert body["tags"] == {"team": "finance"}
    assert body["policies"]["retry"] == {
        "attempts": 5,
        "backoff": "exponential",
        "initial": "PT1S",
        "max": "PT1M",
        "jitter": 0.2,
    }
    assert body["policies"]["startAt"] == "2029-12-31T23:00:00Z"
    known = {"state": "active", "revision": 1, "paused": False, "fault": None, "lastFiring": None}
    assert {name: body[name] for name in known} == known
    assert body["nextDue"] == body["nextNominal"] == "2030-01-01T13:00:00Z"
    assert body["createdAt"] == body["updatedAt"] == "2030-01-01T12:00:00Z"
    assert body["createdBy"] == body["updatedBy"] == "anonymous"
    assert [body[f"paused{what}"] for what in ("At", "By", "Note", "Until")] == [None] * 4


def test_a_schedule_shows_its_last_firing(served: Served) -> None:
    served.define()

    served.pass_time(HOUR)

    last = served.http.get(ONE).json()["lastFiring"]
    assert last == {"nominalTime": "2030-01-01T13:00:00Z", "outcome": "delivered"}


def test_a_schedule_may_begin_paused(served: Served) -> None:
    body = served.define(paused=True)

    assert (body["state"], body["paused"]) == ("paused", True)
    assert body["pausedAt"] == "2030-01-01T12:00:00Z"
    assert body["pausedBy"] == "anonymous"


def test_a_name_is_taken_once(served: Served) -> None:
    served.define()

    again = served.http.post("/api/v1/schedules", json=schedule())

    problem(again, 409, "schedule-exists")


def test_what_names_nothing_is_not_found(served: Served) -> None:
    for method, path in (
        ("GET", ONE),
        ("DELETE", ONE),
        ("POST", f"{ONE}/pause"),
        ("POST", f"{ONE}/resume"),
        ("POST", f"{ONE}/trigger"),
        ("GET", f"{ONE}/revisions"),
    ):
        body = problem(served.http.request(method, path), 404, "not-found")
        assert body["detail"] == "there is no schedule default/nightly"
    for method in ("PUT", "PATCH"):
        problem(served.http.request(method, ONE, json=schedule()), 404, "not-found")


def test_put_replaces_and_its_body_need_not_repeat_the_name(served: Served) -> None:
    served.define(tags={"team": "finance"})
    body = {name: value for name, value in schedule().items() if name != "name"}

    answer = served.http.put(ONE, json={**body, "description": "new"})

    assert answer.status_code == 200
    assert answer.headers["ETag"].endswith('.2"')
    assert answer.json()["description"] == "new"
    assert answer.json()["tags"] == {}


def test_put_under_another_name_is_refused(served: Served) -> None:
    served.define()

    for member in ("name", "namespace"):
        answer = served.http.put(ONE, json={**schedule(), member: "other"})
        body = problem(answer, 422, "invalid-schedule")
        assert [error["field"] for error in body["errors"]] == [member]


@pytest.mark.parametrize("content_type", ["application/json", "application/merge-patch+json"])
def test_patch_merges_and_null_puts_a_default_back(served: Served, content_type: str) -> None:
    served.define(description="old", tags={"team": "finance", "tier": "1"})
    patch = b'{"description": null, "tags": {"tier": null}, "policies": {"maxFirings": 3}}'

    answer = served.http.patch(ONE, content=patch, headers={"Content-Type": content_type})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["description"], body["tags"]) == ("", {"team": "finance"})
    assert body["policies"]["maxFirings"] == 3
    assert body["revision"] == 2


def test_a_patch_cannot_rename(served: Served) -> None:
    served.define()

    problem(served.http.patch(ONE, json={"name": "other"}), 422, "invalid-schedule")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "tag", ['"ID.1"', '"ID.7"', 'W/"ID.2"', '"0000000000000.2"', '"nonsense"', '"2"']
)
def test_a_stale_writer_is_told_so_and_changes_nothing(
    served: Served, method: str, tag: str
) -> None:
    served.define()
    served.http.patch(ONE, json={"description": "newer"})
    body = None if method == "DELETE" else {**schedule(), "description": "mine"}

    sent = tag.replace("ID", the_id(served))
    answer = served.http.request(method, ONE, json=body, headers={"If-Match": sent})

    problem(answer, 412, "stale-revision")
    assert served.http.get(ONE).json()["description"] == "newer"


@pytest.mark.parametrize("tag", ['"ID.2"', "*", '"ID.1", "ID.2"'])
def test_a_writer_that_is_up_to_date_may_write(served: Served, tag: str) -> None:
    served.define()
    served.http.patch(ONE, json={"description": "newer"})

    sent = tag.replace("ID", the_id(served))
    answer = served.http.patch(ONE, json={"description": "mine"}, headers={"If-Match": sent})

    assert answer.status_code == 200
    assert answer.headers["ETag"].endswith('.3"')


def test_a_tag_of_a_deleted_schedule_does_not_fit_its_successor(served: Served) -> None:
    served.define()
    tag = served.http.get(ONE).headers["ETag"]
    served.http.delete(ONE)
    served.define()

    problem(served.http.delete(ONE, headers={"If-Match": tag}), 412, "stale-revision")


def the_id(served: Served) -> str:
    """What the tags of the schedule at ONE begin with."""
    return served.http.get(ONE).headers["ETag"].strip('"').partition(".")[0]


def test_a_change_of_the_definition_does_not_pause(served: Served) -> None:
    served.define()

    for method in ("PUT", "PATCH"):
        answer = served.http.request(method, ONE, json={**schedule(), "paused": True})
        body = problem(answer, 422, "invalid-schedule")
        assert body["errors"][0]["field"] == "paused"
        same = served.http.request(method, ONE, json={**schedule(), "paused": False})
        assert same.status_code == 200


def test_delete_forgets_the_schedule_but_not_its_history(served: Served) -> None:
    served.define()
    served.pass_time(HOUR)

    gone = served.http.delete(ONE, headers={"If-Match": served.http.get(ONE).headers["ETag"]})

    assert (gone.status_code, gone.content) == (204, b"")
    problem(served.http.get(ONE), 404, "not-found")
    ledger = served.http.get("/api/v1/firings").json()["items"]
    assert [(one["outcome"], one["schedule"]) for one in ledger] == [("delivered", None)]


def test_pause_and_resume(served: Served) -> None:
    served.define()
    asked = {"note": "migration", "until": "2030-01-02T00:00:00+02:00"}

    paused = served.http.post(f"{ONE}/pause", json=asked)

    assert paused.status_code == 200
    assert paused.headers["ETag"].endswith('.2"')
    body = paused.json()
    assert (body["state"], body["paused"], body["pausedNote"]) == ("paused", True, "migration")
    assert (body["pausedBy"], body["pausedUntil"]) == ("anonymous", "2030-01-01T22:00:00Z")
    resumed = served.http.post(f"{ONE}/resume").json()
    assert (resumed["state"], resumed["pausedAt"]) == ("active", None)


def test_pause_needs_no_body(served: Served) -> None:
    served.define()

    assert served.http.post(f"{ONE}/pause").json()["pausedNote"] == ""


def test_a_pause_cannot_end_before_it_begins(served: Served) -> None:
    served.define()

    answer = served.http.post(f"{ONE}/pause", json={"until": "2029-01-01T00:00:00Z"})

    body = problem(answer, 422, "invalid-schedule")
    assert body["errors"] == [{"field": "until", "message": "lies in the past"}]


def test_trigger_fires_now_with_an_input_of_its_own(served: Served) -> None:
    served.define(target={"type": "record", "input": {"day": "usual"}})

    answer = served.http.post(f"{ONE}/trigger", json={"input": {"day": "special"}})

    assert answer.status_code == 202
    firing = answer.json()
    assert (firing["schedule"], firing["state"]) == ("nightly", "planned")
    assert answer.headers["Location"] == f"/api/v1/firings/{firing['id']}"
    served.node.tick()
    assert served.http.get(answer.headers["Location"]).json()["outcome"] == "delivered"
    assert [taken.options["input"] for taken in served.target.taken] == [{"day": "special"}]


def test_trigger_at_an_instant_happens_once(served: Served) -> None:
    served.define()
    at = {"at": "2030-01-01T12:10:00Z"}

    first, again = (served.http.post(f"{ONE}/trigger", json=at) for _ in range(2))

    assert first.json()["dueTime"] == at["at"]
    problem(again, 409, "wrong-state")


def test_trigger_in_the_past_is_refused(served: Served) -> None:
    served.define()

    answer = served.http.post(f"{ONE}/trigger", json={"at": "2029-01-01T00:00:00Z"})

    assert problem(answer, 422, "invalid-schedule")["errors"][0]["field"] == "at"


def test_every_state_of_a_definition_is_kept(served: Served) -> None:
    served.define(description="first")
    served.http.patch(ONE, json={"description": "second"})

    body = served.http.get(f"{ONE}/revisions").json()

    assert body["next"] is None
    assert [
        (one["revision"], one["definition"]["description"], one["state"]) for one in body["items"]
    ] == [(1, "first", "active"), (2, "second", "active")]
    assert body["items"][0]["updatedAt"] == "2030-01-01T12:00:00Z"
    assert body["items"][0]["updatedBy"] == "anonymous"


REFUSED = [
    ({"trigger": None}, "trigger"),
    ({"name": None}, "name"),
    ({"name": ""}, "name"),
    ({"name": 7}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": "tab\there"}, "name"),
    ({"namespace": ""}, "namespace"),
    ({"colour": "red"}, "colour"),
    ({"state": "active"}, "state"),
    ({"revision": 1}, "revision"),
    ({"paused": "yes"}, "paused"),
    ({"paused": 1}, "paused"),
    ({"tags": ["a"]}, "tags"),
    ({"tags": {"a": 1}}, "tags.a.value"),
    ({"trigger": "hourly"}, "trigger"),
    ({"trigger": {}}, "trigger.type"),
    ({"trigger": {"type": "moon"}}, "trigger.type"),
    ({"trigger": {"type": "cron", "expressions": ["99 * * * *"]}}, "trigger.expressions"),
    ({"trigger": {"type": "interval", "every": "soon"}}, "trigger.every"),
    ({"trigger": {"type": "at", "times": ["2029-01-01T00:00:00Z"]}}, "trigger"),
    ({"target": {}}, "target.type"),
    ({"target": {"type": "pigeon"}}, "target.type"),
    ({"policies": {"colour": "red"}}, "policies.colour"),
    ({"policies": {"maxFirings": "3"}}, "policies.maxFirings"),
    ({"policies": {"startAt": "2030-01-01"}}, "policies.startAt"),
    ({"policies": {"retry": {"attempts": 0}}}, "policies.retry.attempts"),
    ({"policies": {"misfire": {"mode": "maybe"}}}, "policies.misfire.mode"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_what_cannot_be_used_is_named_and_nothing_is_written(
    served: Served, change: dict[str, object], field: str
) -> None:
    answer = served.http.post("/api/v1/schedules", json={**schedule(), **change})

    assert answer.status_code == 422
    body = problem(answer, 422, answer.json()["code"])
    assert body["code"] in ("invalid", "invalid-schedule")
    assert field in [error["field"] for error in body["errors"]]
    assert all(error["message"] for error in body["errors"])
    assert served.http.get("/api/v1/schedules").json()["items"] == []


def test_every_missing_and_unknown_member_is_named_at_once(served: Served) -> None:
    answer = served.http.post("/api/v1/schedules", json={"nmae": "x"})

    named = {error["field"] for error in problem(answer, 422, "invalid")["errors"]}
    assert named == {"nmae", "name", "trigger", "target"}


class TestSearch:
    """GET /schedules."""

    def names(self, served: Served, **params: object) -> list[str]:
        answer = served.http.get("/api/v1/schedules", params=params)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    def test_every_parameter_narrows_the_answer(self, served: Served) -> None:
        served.define("a", tags={"team": "x", "tier": "1"}, description="The Books")
        served.define("b", tags={"team": "x"}, namespace="other")
        served.define("c", paused=True, trigger={"type": "at", "times": ["2031-01-01T00:00:00Z"]})

        assert self.names(served) == ["a", "c", "b"]
        assert self.names(served, namespace="other") == ["b"]
        assert self.names(served, state="paused") == ["c"]
        assert self.names(served, target="record") == ["a", "c", "b"]
        assert self.names(served, target="workflow") == []
        assert self.names(served, tag="team:x") == ["a", "b"]
        assert self.names(served, tag=["team:x", "tier:1"]) == ["a"]
        assert self.names(served, q="books") == ["a"]
        assert self.names(served, dueBefore="2030-06-01T00:00:00Z") == ["a", "b"]
        assert self.names(served, sort="nextDue") == ["a", "b", "c"]
        assert self.names(served, sort="updated") == ["a", "b", "c"]

    @pytest.mark.parametrize("sort", ["name", "nextDue", "updated"])
    def test_pages_meet_every_schedule_once_though_others_come_and_go(
        self, served: Served, sort: str
    ) -> None:
        for number in range(7):
            served.define(f"s{number}")
        seen: list[str] = []
        params: dict[str, str | int] = {"limit": 3, "sort": sort}
        while True:
            page = served.http.get("/api/v1/schedules", params=params).json()
            seen += [item["name"] for item in page["items"]]
            if page["next"] is None:
                break
            served.define(f"late{len(seen)}", namespace="a")
            params["cursor"] = page["next"]

        assert [name for name in seen if name.startswith("s")] == [f"s{n}" for n in range(7)]
        assert len(seen) == len(set(seen))

    def test_a_cursor_belongs_to_its_query(self, served: Served) -> None:
        for number in range(3):
            served.define(f"s{number}")
        cursor = served.http.get("/api/v1/schedules", params={"limit": 1}).json()["next"]

        other = {"limit": 1, "cursor": cursor, "namespace": "default"}
        answer = served.http.get("/api/v1/schedules", params=other)

        assert problem(answer, 422, "invalid")["errors"][0]["field"] == "cursor"
        larger = served.http.get("/api/v1/schedules", params={"limit": 2, "cursor": cursor})
        assert [item["name"] for item in larger.json()["items"]] == ["s1", "s2"]

    @pytest.mark.parametrize("cursor", ["x", "", "e30=", "W10=", "WzEsMl0=", "é", "[" * 500])
    def test_a_cursor_that_is_none_is_refused(self, served: Served, cursor: str) -> None:
        answer = served.http.get("/api/v1/schedules", params={"cursor": cursor})

        assert problem(answer, 422, "invalid")["errors"][0]["field"] == "cursor"

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "0"}, "limit"),
            ({"limit": "1001"}, "limit"),
            ({"limit": "many"}, "limit"),
            ({"state": "asleep"}, "state"),
            ({"sort": "colour"}, "sort"),
            ({"tag": "nocolon"}, "tag"),
            ({"dueBefore": "soon"}, "dueBefore"),
            ({"dueBefore": "2030-01-01T00:00:00"}, "dueBefore"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_a_parameter_that_cannot_be_used_is_named(
        self, served: Served, params: dict[str, str], field: str
    ) -> None:
        answer = served.http.get("/api/v1/schedules", params=params)

        assert problem(answer, 422, "invalid")["errors"][0]["field"] == field
