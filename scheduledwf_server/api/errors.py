"""What an error is over HTTP: an RFC 9457 problem, unless the path belongs to another system.

The only table of status codes. A façade that speaks another system's language brings the
shape of its errors with ``shape_errors``, or catches them on its own blueprint.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, current_app, request
from flask.sansio.app import App
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchPath

from scheduledwf_core import errors as ours

log = logging.getLogger(__name__)

#: What each of our errors is called over HTTP; the first class that fits counts.
STATUS: tuple[tuple[type[ours.SchedulerError], HTTPStatus], ...] = (
    (ours.InvalidValue, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ours.NotFound, HTTPStatus.NOT_FOUND),
    (ours.AlreadyExists, HTTPStatus.CONFLICT),
    (ours.StaleRevision, HTTPStatus.PRECONDITION_FAILED),
    (ours.WrongState, HTTPStatus.CONFLICT),
    (ours.StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (ours.SchemaMismatch, HTTPStatus.SERVICE_UNAVAILABLE),
    (ours.SchedulerError, HTTPStatus.INTERNAL_SERVER_ERROR),
)

#: The codes of what goes wrong before a service is asked; they never change.
CODES: dict[int, str] = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    500: "internal",
    503: "unavailable",
}

RETRY_AFTER_S = "2"
_SHAPES = "scheduledwf-error-shapes"
_OUR_FAULT = "something went wrong here; the server's log says what"


class FieldError(NamedTuple):
    """Which member of the request cannot be used, and why."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error, before it has a form."""

    status: HTTPStatus
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


ErrorShape = Callable[[Problem], Response]


def answer_errors(app: Flask) -> None:
    """Let *app* answer every error with a problem in the shape of its path."""
    app.extensions.setdefault(_SHAPES, {})
    app.register_error_handler(ours.SchedulerError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def shape_errors(app: App, prefix: str, shape: ErrorShape) -> None:
    """Let paths that begin with *prefix* answer errors in *shape*; the longest prefix counts."""
    app.extensions.setdefault(_SHAPES, {})[prefix] = shape


def error_shape(path: str) -> ErrorShape:
    """How the error of a request for *path* looks."""
    shapes: Mapping[str, ErrorShape] = current_app.extensions[_SHAPES]
    fitting = [prefix for prefix in shapes if path.startswith(prefix)]
    return shapes[max(fitting, key=len)] if fitting else problem_json


@contextmanager
def within(member: str) -> Iterator[None]:
    """What is refused inside belongs to *member* of the request."""
    try:
        yield
    except ours.InvalidSchedule as error:
        raise ours.InvalidSchedule(f"{member}.{error.field}", error.reason) from error


def problem_json(problem: Problem) -> Response:
    """The problem as RFC 9457 has it."""
    body = {
        "type": f"urn:scheduledwf:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        "code": problem.code,
        "errors": [error._asdict() for error in problem.errors],
    }
    return Response(json.dumps(body), problem.status, content_type="application/problem+json")


def problem_of(error: ours.SchedulerError) -> Problem:
    """One of our errors as a problem; what went wrong inside is not told to the client."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    found: tuple[FieldError, ...] = ()
    headers: dict[str, str] = {}
    detail = str(error)
    if isinstance(error, ours.InvalidValue):
        found = (FieldError(error.field, error.reason),)
    elif isinstance(error, ours.StoreUnavailable):
        detail, headers = "the store does not answer now; try again", {"Retry-After": RETRY_AFTER_S}
    elif status is HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = _OUR_FAULT
    return Problem(status=status, code=error.code, detail=detail, errors=found, headers=headers)


def _ours(error: ours.SchedulerError) -> Response:
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", exc_info=error, extra=_asked())
    elif problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request refused, the store cannot be used", extra=_asked())
    return _answer(problem)


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    told = getattr(error, "data", None) or {}  # what webargs found
    found = tuple(_flat(told.get("messages", {}), ""))
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    code = CODES.get(status.value, status.phrase.lower().replace(" ", "-"))
    detail = "; ".join(f"{field}: {message}" for field, message in found) or _words(error)
    return _answer(Problem(status=status, code=code, detail=detail, errors=found, headers=headers))


def _bug(error: Exception) -> Response:
    log.error("request failed", exc_info=error, extra=_asked())
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(Problem(status=status, code=CODES[status], detail=_OUR_FAULT))


def _answer(problem: Problem) -> Response:
    response = error_shape(request.path)(problem)
    response.headers.update(problem.headers)
    return response


def _words(error: HTTPException) -> str:
    if isinstance(error, NoSuchPath) and error.description == NoSuchPath.description:
        return f"there is nothing at {request.path}"
    return error.description or ""


def _asked() -> dict[str, str]:
    return {"method": request.method, "path": request.path}


def _flat(messages: object, where: str) -> Iterator[FieldError]:
    """Marshmallow's tree of messages as a list; its first level only says body or query."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, _below(where, name))
    elif isinstance(messages, list):
        for message in messages:
            yield FieldError(where.partition("/")[2].removeprefix(".") or "body", str(message))


def _below(where: str, name: object) -> str:
    if not where:
        return f"{name}/"
    if name == "_schema":
        return where
    return f"{where}[{name}]" if isinstance(name, int) else f"{where}.{name}"
