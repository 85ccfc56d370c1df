"""Swagger UI and the OpenAPI document, without internet."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.api.conftest import Json, Served, problem

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(served: Served) -> Json:
    answer = served.http.get("/api/v1/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    return dict(answer.json())


def operations(document: Json) -> list[tuple[str, Json]]:
    return [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_front_door_leads_to_the_docs(served: Served) -> None:
    answer = served.http.get("/", follow_redirects=True)

    assert answer.url.path == "/docs"
    assert "swagger-ui" in answer.text


def test_all_the_page_needs_comes_from_us(served: Served) -> None:
    page = served.http.get("/docs")

    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 5
    for link in links:
        assert "://" not in link
        asset = served.http.get(urljoin("/docs", link))
        assert asset.status_code == 200, link
        assert asset.headers["Content-Type"].split(";")[0] in (
            "text/css",
            "text/javascript",
            "image/png",
        )
    assert "<script>" not in page.text
    assert "http" not in served.http.get("/docs/start.js").text.replace("href", "")


def test_a_browser_is_told_to_load_nothing_from_elsewhere(served: Served) -> None:
    answer = served.http.get("/docs")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["index.html", "..%2F__init__.py", "%2Fetc%2Fpasswd", "x"])
def test_nothing_else_of_the_bundle_is_served(served: Served, name: str) -> None:
    problem(served.http.get(f"/docs/{name}"), 404, "not-found")


def test_every_route_of_ours_is_in_the_document(served: Served, document: Json) -> None:
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in served.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }

    assert rules <= set(document["paths"])


def test_every_operation_is_described(document: Json) -> None:
    found = operations(document)

    ids = [operation["operationId"] for _, operation in found]
    assert len(ids) == len(set(ids)) >= 18
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    for where, operation in found:
        assert operation["summary"], where
        assert set(operation["tags"]) <= tags, where
        assert "default" in operation["responses"], where
        assert any(status.startswith("2") for status in operation["responses"]), where


def test_writes_that_take_a_definition_show_an_example(document: Json) -> None:
    for path, method in (("", "post"), ("/{namespace}/{name}", "put")):
        body = document["paths"][f"/api/v1/schedules{path}"][method]["requestBody"]
        assert body["content"]["application/json"]["example"]["trigger"]


def test_the_example_works(served: Served, document: Json) -> None:
    content = document["paths"]["/api/v1/preview"]["post"]["requestBody"]["content"]

    answer = served.http.post("/api/v1/preview", json=content["application/json"]["example"])

    assert len(answer.json()["items"]) == 5


def test_errors_are_problems_in_the_document_too(document: Json) -> None:
    for answer in document["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]


def test_every_reference_leads_somewhere(document: Json) -> None:
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return here + [found for inner in value.values() for found in references(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in references(inner)]
    return []
