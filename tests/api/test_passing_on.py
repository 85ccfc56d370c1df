"""What is not ours goes on to Conductor: after the guards, and without our limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import Auth, WebSettings
from tests.api.conftest import Serve, Served, problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def echo(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """Answers what it was asked, as somebody behind us sees it."""
    told = {
        "path": environ["REQUEST_URI"],
        "length": len(environ["wsgi.input"].read()),
        "headers": sorted(name for name in environ if name.startswith("HTTP_")),
    }
    body = json.dumps(told).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def behind() -> Iterator[WebServer]:
    server = WebServer(echo, WebSettings(port=0, threads=4))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def passing(serve: Serve, behind: WebServer) -> Served:
    return serve(WebSettings(conductor_url=f"{behind.url}/api", longest_body=100))


def test_a_path_that_is_not_ours_is_passed_on_whole(passing: Served) -> None:
    told = passing.http.get("/api/metadata/a%2Fb%20%25?x=%2F").json()

    assert told["path"] == "/api/metadata/a%2Fb%20%25?x=%2F"


@pytest.mark.parametrize("chunked", [False, True])
def test_our_limit_of_bodies_is_not_conductors(passing: Served, chunked: bool) -> None:  # noqa: FBT001
    body = b"x" * 1_000_000

    sent = iter([body]) if chunked else body
    told = passing.http.post("/api/workflow", content=sent).json()

    assert told["length"] == len(body)
    problem(passing.http.post("/api/v1/preview", content=body), 413, "too-large")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/nothing", "/health/nothing"])
def test_what_would_be_ours_is_never_passed_on(passing: Served, path: str) -> None:
    problem(passing.http.get(path), 404, "not-found")


def test_a_wrong_method_is_our_answer_and_not_conductors(passing: Served) -> None:
    problem(passing.http.delete("/api/v1/stats"), 405, "method-not-allowed")


def test_a_page_from_elsewhere_does_not_reach_conductor_through_us(passing: Served) -> None:
    headers = {"Origin": "https://evil.example"}

    problem(passing.http.post("/api/workflow/x", headers=headers), 403, "forbidden")


def test_conductor_needs_a_key_too_and_does_not_see_it(serve: Serve, behind: WebServer) -> None:
    locked = serve(WebSettings(auth=Auth.KEYS, conductor_url=f"{behind.url}/api"))
    key = locked.node.keys.create("worker")[1]

    problem(locked.http.get("/api/tasks/poll/x"), 401, "unauthenticated")
    for header, value in (
        ("X-Authorization", key),
        ("X-API-Key", key),
        ("Authorization", f"Bearer {key}"),
    ):
        told = locked.http.get("/api/tasks/poll/x", headers={header: value}).json()
        seen = f"HTTP_{header.upper().replace('-', '_')}"
        assert told["path"] == "/api/tasks/poll/x"
        assert seen not in told["headers"]
