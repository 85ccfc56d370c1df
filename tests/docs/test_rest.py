"""docs/reference/rest.md tells every route, parameter and member of the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.node import Node
from scheduledwf_server.api.auth import OPEN
from scheduledwf_server.api.health import add_health_check
from scheduledwf_server.app import create_app
from scheduledwf_server.settings import Auth, WebSettings
from tests.docs.pages import first_words, table, word, words

REST = "reference/rest.md"
FACADE = "/api/scheduling/", "/api/scheduler/"

#: Where the members of a schema of the OpenAPI document are told.
MEMBERS = {
    "Schedule": "Schedule",
    "NewSchedule": "Define a schedule",
    "Revision": "Revision",
    "Pause": "Pause",
    "TriggerRequest": "Trigger",
    "Firing": "Firing",
    "Attempt": "Attempt",
    "PreviewRequest": "Preview",
    "Previewed": "Previewed due time",
    "Node": "Node",
    "Stats": "Stats",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    node = Node(MemoryStore(), {})
    web = WebSettings(conductor_url="http://127.0.0.1:9", auth=Auth.KEYS)
    return create_app(node, web)


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    app.config["TESTING"] = True
    node = Node(MemoryStore(), {})
    answer = create_app(node, WebSettings()).test_client().get("/api/v1/openapi.json")
    return dict(answer.get_json())


def test_every_route_is_there_and_no_other(app: Flask) -> None:
    served = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {(row["method"], word(row["path"])) for row in _routes()} == served


def test_what_is_open_without_a_key_is_marked(app: Flask) -> None:
    marked = {word(row["path"]) for row in table(REST, "Routes") if "*open*" in row["does"]}

    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    assert marked == {rules[name].replace("<", "{").replace(">", "}") for name in OPEN}


def test_a_route_answers_what_is_told(document: dict[str, Any]) -> None:
    told = {
        (row["method"], word(row["path"])): set(_numbers(row["answers"]))
        for row in table(REST, "Routes")
    }

    for (method, path), numbers in told.items():
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            assert set(operation["responses"]) - {"default", "422"} == numbers, (method, path)


@pytest.mark.parametrize(
    ("path", "heading"),
    [("/api/v1/schedules", "Find schedules"), ("/api/v1/firings", "Search the ledger")],
)
def test_every_filter_of_a_list_is_there(document: dict[str, Any], path: str, heading: str) -> None:
    asked = {one["name"] for one in document["paths"][path]["get"]["parameters"]}

    assert set(first_words(REST, heading)) == asked


def test_every_parameter_of_the_facade_is_there(document: dict[str, Any]) -> None:
    for row in _routes():
        path = word(row["path"])
        if path.startswith(FACADE):
            operation = document["paths"][path][row["method"].lower()]
            asked = {one["name"] for one in operation.get("parameters", ())}
            assert set(words(row["does"])) == asked, path


@pytest.mark.parametrize("schema", MEMBERS)
def test_every_member_is_there(document: dict[str, Any], schema: str) -> None:
    members = document["components"]["schemas"][schema]["properties"]

    assert set(first_words(REST, MEMBERS[schema])) == set(members)


def test_every_part_of_readiness_is_there() -> None:
    node = Node(MemoryStore(), {})
    app = create_app(node, WebSettings())
    add_health_check(app, "conductor", lambda: None)  # as `up` does

    parts = app.test_client().get("/health/ready").get_json()["parts"]
    assert first_words("reference/telemetry.md", "Parts of readiness") == list(parts)


def _routes() -> list[dict[str, str]]:
    lines = table(REST, "Routes")
    seven = table(REST, "The seven operations")
    return [*lines, *seven]


def _numbers(cell: str) -> list[str]:
    return [text for text in cell.replace(",", " ").replace(";", " ").split() if text.isdecimal()]
