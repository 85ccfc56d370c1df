"""A schedule of any name can be reached by its path, percent-encoded."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.api.conftest import Served, problem, schedule

NAMES = [
    "plain",
    "with space",
    "a/b",
    "/",
    "//",
    "a//b/",
    "a:b",
    "schedules:pause",
    "100%",
    "%2F",
    "%252F",
    "a%2fb",
    "%",
    "%zz",
    "pause",
    "a/pause",
    '{"product": "x", "group": ["a/b", 1]}',
    "träge Tasse",
    "🕰️/⏰",
    "a?b=c&d#e",
    "a+b",
    "a;b=c",
    "...",
    "semi;colon,comma'quote\"",
    "back\\slash",
    "%E4",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_read_changed_and_deleted(served: Served, name: str) -> None:
    path = f"/api/v1/schedules/default/{quote(name, safe='')}"

    made = served.http.post("/api/v1/schedules", json=schedule(name))

    assert made.status_code == 201, made.text
    assert made.headers["Location"] == path
    assert served.http.get(path).json()["name"] == name
    assert served.http.patch(path, json={"description": "x"}).json()["name"] == name
    assert served.http.post(f"{path}/pause").json()["name"] == name
    assert served.http.post(f"{path}/trigger").json()["schedule"] == name
    assert len(served.http.get(f"{path}/revisions").json()["items"]) == 3
    found = served.http.get("/api/v1/firings", params={"schedule": name}).json()["items"]
    assert [firing["schedule"] for firing in found] == [name]
    assert served.http.delete(path).status_code == 204
    problem(served.http.get(path), 404, "not-found")


def test_a_namespace_may_hold_a_slash_too(served: Served) -> None:
    made = served.http.post("/api/v1/schedules", json={**schedule("b/c"), "namespace": "a/b"})

    assert made.headers["Location"] == "/api/v1/schedules/a%2Fb/b%2Fc"
    assert served.http.get(made.headers["Location"]).json()["namespace"] == "a/b"


def test_names_that_differ_in_their_escapes_only_are_different(served: Served) -> None:
    for name in ("a/b", "a%2Fb", "a%252Fb"):
        served.define(name)

    for name in ("a/b", "a%2Fb", "a%252Fb"):
        path = f"/api/v1/schedules/default/{quote(name, safe='')}"
        assert served.http.get(path).json()["name"] == name


def test_a_slash_that_is_not_escaped_separates(served: Served) -> None:
    served.define("a/b")

    problem(served.http.get("/api/v1/schedules/default/a/b"), 404, "not-found")


def test_what_is_no_utf8_names_nothing(served: Served) -> None:
    problem(served.http.get("/api/v1/schedules/default/%ff%fe"), 404, "not-found")
