"""What flask-smorest is given of our own: strict bodies, problems in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from apispec import BasePlugin
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser

from scheduledwf_server.api.bodies import JsonParser
from scheduledwf_server.api.schemas.problem import ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_JSON = "application/problem+json"


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint of ``/api/v1``."""

    ARGUMENTS_PARSER: ClassVar[FlaskParser] = JsonParser()

    def refuses(self, *statuses: HTTPStatus) -> Callable[[View], View]:
        """Document that an operation may answer with these problems."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status.value, response=status.name)(view)
            return view

        return decorate


class OperationIds(BasePlugin):
    """Names each operation that its view has given no name, so that clients can be generated."""

    def operation_helper(
        self,
        path: str | None = None,  # noqa: ARG002 - apispec's own
        operations: dict[Any, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        view = str(kwargs["rule"].endpoint).rpartition(".")[2]
        for method, operation in (operations or {}).items():
            operation.setdefault("operationId", f"{method}{view[:1].upper()}{view[1:]}")


class OpenApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The OpenAPI document, whose errors are problems."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                self._register_problem(status.name, status.phrase)
        self._register_problem("DEFAULT_ERROR", "Any other problem")

    def _register_problem(self, name: str, words: str) -> None:
        answer = {"description": words, "content": {PROBLEM_JSON: {"schema": ProblemSchema}}}
        self.spec.components.response(name, answer, lazy=True)
