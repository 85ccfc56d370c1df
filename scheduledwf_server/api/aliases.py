"""Paths where Schedule Conductor Workflows showed what we show elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from scheduledwf_server.api.health import asked_parts, is_down

blp = Blueprint("aliases", __name__)


@blp.get("/api-docs")
def document() -> Response:
    """The way to the OpenAPI document."""
    return redirect("api/v1/openapi.json", 302)


@blp.get("/swagger-ui.html")
def swagger_ui() -> Response:
    """The way to Swagger UI."""
    return redirect("docs", 302)


@blp.get("/swagger-ui/index.html")
def swagger_ui_index() -> Response:
    """The way to Swagger UI, from where it was."""
    return redirect("../docs", 302)


@blp.get("/actuator/health")
def health() -> tuple[Mapping[str, str], int]:
    """Whether every part works, in the words of Spring Boot"""
    return ({"status": "DOWN"}, 503) if is_down(asked_parts()) else ({"status": "UP"}, 200)
