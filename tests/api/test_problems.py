"""Whatever goes wrong is a problem with a stable code, and tells nothing it should not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Response

from scheduledwf_core.dao.memory.store import MemoryStore, MemoryTransaction
from scheduledwf_core.errors import SchemaMismatch, StoreError, StoreUnavailable
from scheduledwf_server.api.errors import CODES, STATUS, Problem, problem_of, shape_errors
from tests.api.conftest import Serve, Served, problem, schedule

SECRET = "SELECT password FROM users"


class BrokenStore(MemoryStore):
    """A store that raises what it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        if self.error is not None:
            raise self.error
        with super().transaction() as tx:
            yield tx


CALLS: list[tuple[str, str, object]] = [
    ("GET", "/api/v1/schedules", None),
    ("POST", "/api/v1/schedules", schedule()),
    ("GET", "/api/v1/schedules/default/x", None),
    ("PUT", "/api/v1/schedules/default/x", schedule("x")),
    ("PATCH", "/api/v1/schedules/default/x", {}),
    ("DELETE", "/api/v1/schedules/default/x", None),
    ("POST", "/api/v1/schedules/default/x/pause", None),
    ("POST", "/api/v1/schedules/default/x/resume", None),
    ("POST", "/api/v1/schedules/default/x/trigger", None),
    ("GET", "/api/v1/schedules/default/x/revisions", None),
    ("GET", "/api/v1/firings", None),
    ("GET", "/api/v1/firings/0000000000001-1", None),
    ("POST", "/api/v1/firings/0000000000001-1/redrive", None),
    ("POST", "/api/v1/firings/0000000000001-1/cancel", None),
    ("GET", "/api/v1/nodes", None),
    ("GET", "/api/v1/stats", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_every_call_says_when_the_store_is_away(
    serve: Serve, method: str, path: str, body: object
) -> None:
    served = serve(store=BrokenStore(StoreUnavailable(SECRET)))

    answer = served.http.request(method, path, json=body)

    problem(answer, 503, "store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert SECRET not in answer.text


def test_calls_go_on_when_the_store_is_back(serve: Serve) -> None:
    store = BrokenStore(StoreUnavailable("away"))
    served = serve(store=store)
    problem(served.http.get("/api/v1/schedules"), 503, "store-unavailable")

    store.error = None

    assert served.http.get("/api/v1/schedules").status_code == 200


@pytest.mark.parametrize(
    ("error", "code"),
    [(StoreError(SECRET), "store-error"), (RuntimeError(SECRET), "internal")],
)
def test_a_fault_of_ours_tells_nothing_but_that(
    serve: Serve, caplog: pytest.LogCaptureFixture, error: Exception, code: str
) -> None:
    served = serve(store=BrokenStore(error))

    with caplog.at_level(logging.ERROR):
        answer = served.http.get("/api/v1/schedules")

    problem(answer, 500, code)
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.getMessage() == "request failed"
    assert vars(record)["path"] == "/api/v1/schedules"


def test_old_tables_are_said_with_what_to_do(serve: Serve) -> None:
    served = serve(store=BrokenStore(SchemaMismatch("0001", "0002")))

    body = problem(served.http.get("/api/v1/stats"), 503, "schema-mismatch")

    assert "scheduledwf store migrate" in body["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("GET", "/api/v1/schedules/"),
        ("GET", "/api/v1/schedules/default"),
        ("GET", "/nowhere"),
        ("POST", "/api/v1/schedules:pause"),
        ("POST", "/api/v1/schedules/default/x/backfill"),
    ],
)
def test_a_path_that_is_not_there(served: Served, method: str, path: str) -> None:
    body = problem(served.http.request(method, path), 404, "not-found")

    assert body["detail"] == f"there is nothing at {path}"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/schedules", {"GET", "HEAD", "OPTIONS", "POST"}),
        (
            "POST",
            "/api/v1/schedules/default/x",
            {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"},
        ),
        ("GET", "/api/v1/schedules/default/x/pause", {"POST", "OPTIONS"}),
        ("PUT", "/api/v1/firings", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/health/live", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/metrics", {"GET", "HEAD", "OPTIONS"}),
        ("TRACE", "/api/v1/stats", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_a_path_does_not_have(
    served: Served, method: str, path: str, allowed: set[str]
) -> None:
    answer = served.http.request(method, path)

    problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_head_answers_as_get_without_a_body(served: Served) -> None:
    answer = served.http.head("/api/v1/stats")

    assert (answer.status_code, answer.content) == (200, b"")


def test_every_error_of_ours_has_its_status() -> None:
    kinds = [kind for kind, _ in STATUS]

    for index, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:index])
    assert problem_of(StoreError("x")).status == 500


def test_codes_are_words_that_can_be_relied_on() -> None:
    assert set(CODES) == {400, 401, 403, 404, 405, 406, 413, 415, 422, 500, 503}
    assert all(code == code.lower() and " " not in code for code in CODES.values())


def as_text(found: Problem) -> Response:
    return Response(f"oh no: {found.code}", found.status, content_type="text/plain")


def test_a_facade_brings_the_shape_of_its_errors(served: Served) -> None:
    shape_errors(served.app, "/api/v1/firings", as_text)

    answer = served.http.get("/api/v1/firings/x")

    assert (answer.status_code, answer.text) == (422, "oh no: invalid")
    missing = served.http.get("/api/v1/firingsquad")
    assert (missing.status_code, missing.text) == (404, "oh no: not-found")
    problem(served.http.get("/api/v1/nothing"), 404, "not-found")


def test_of_two_shapes_the_more_exact_counts(served: Served) -> None:
    shape_errors(served.app, "/api/v1/firings", as_text)
    shape_errors(served.app, "/api/v1", lambda found: Response("all", found.status))

    assert served.http.get("/api/v1/firings/x").text == "oh no: invalid"
    assert served.http.get("/api/v1/nothing").text == "all"
