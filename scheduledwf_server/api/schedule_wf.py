"""What the two blueprints of Schedule Conductor Workflows share: its way to read and to refuse."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar, cast

from flask import Request, Response, abort, current_app
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from scheduledwf_core.errors import SchedulerError
from scheduledwf_server.api.bodies import read_json
from scheduledwf_server.api.errors import Problem, shape_errors
from scheduledwf_server.api.schemas.schedule_wf import ScheduleWfErrorSchema
from scheduledwf_server.schedule_wf.errors import (
    Body,
    UnknownDefinition,
    body_of,
    body_of_http,
    body_of_violations,
    violation,
)
from scheduledwf_server.schedule_wf.jackson import read_object
from scheduledwf_server.schedule_wf.settings import EXTENSION, ScheduleWfSettings

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])


class JacksonParser(FlaskParser):
    """Reads bodies as Jackson does; a body of another type is refused."""

    def load_json(self, req: Request, schema: Schema) -> Mapping[str, object]:
        data = req.get_data(cache=True)
        if data and not req.is_json:
            abort(415, f"Content type '{req.content_type or ''}' not supported")
        value = read_json(data) if data.strip() else None
        return read_object(value, type(schema).__name__.removesuffix("Schema"))


class ScheduleWfBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint that answers errors in that system's shape."""

    ARGUMENTS_PARSER: ClassVar[FlaskParser] = JacksonParser()

    def __init__(self, name: str, *, url_prefix: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self.register_error_handler(SchedulerError, _refused)
        self.register_error_handler(HTTPStatus.BAD_REQUEST, _unfit)

    def resource(self, rule: str) -> Callable[[type], type]:
        """The resource at *rule*, with a slash at its end or without.

        Errors that come before the blueprint is asked, or that it does not know, have that
        system's shape too.
        """
        fixed = rule.partition("/<")[0]
        self.record(lambda state: shape_errors(state.app, f"{state.url_prefix}{fixed}", _shaped))
        return cast("Callable[[type], type]", self.route(rule, strict_slashes=False))

    def refuses(self, view: View) -> View:
        """Document that an operation may refuse, and how."""
        content = {"application/json": {"schema": ScheduleWfErrorSchema}}
        said = {"description": "Refused; the message says why.", "content": content}
        failed = {"description": "Any other error.", "content": content}
        return cast("View", self.doc(responses={"400": said, "default": failed})(view))


def settings() -> ScheduleWfSettings:
    """What the operator chose."""
    return cast("ScheduleWfSettings", current_app.extensions[EXTENSION])


def nothing() -> Response:
    """200 and no body at all, not even a type of one."""
    response = Response(status=200)
    del response.headers["Content-Type"]
    return response


def _refused(error: SchedulerError) -> Response:
    if isinstance(error, UnknownDefinition) and settings().unknown_is_empty:
        return nothing()
    answer = _answer(body_of(error))
    if answer.status_code >= 500:
        log.error("request failed", exc_info=error)
    return answer


def _unfit(error: HTTPException) -> Response:
    broken = _violations(error)
    if broken:
        return _answer(body_of_violations(broken))
    return _answer(body_of_http(HTTPStatus.BAD_REQUEST, error.description or ""))


def _violations(error: HTTPException) -> list[Body]:
    """The rules of a schema that a request breaks, as marshmallow found them."""
    told = getattr(error, "data", None) or {}
    sent = getattr(getattr(error, "exc", None), "data", None) or {}
    path = getattr(told.get("schema"), "path", "")
    return [
        # An empty enum was null to it, and null is not repeated.
        violation(f"{path}.{name}", message, None if name == "status" else sent.get(name))
        for found in told.get("messages", {}).values()
        for name, messages in found.items()
        for message in messages
    ]


def _shaped(problem: Problem) -> Response:
    return _answer(body_of_http(problem.status, problem.detail))


def _answer(body: Body) -> Response:
    status = cast("int", body["status"])
    return Response(json.dumps(body), status, content_type="application/json")
