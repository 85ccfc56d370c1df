"""The page that Prometheus reads."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from scheduledwf_server.metrics import Metrics

EXTENSION = "scheduledwf-metrics"

blp = Blueprint("metrics", __name__)


@blp.get("/metrics")
def metrics() -> Response:
    """Every metric of this node, as text"""
    page = cast("Metrics", current_app.extensions[EXTENSION]).page()
    return Response(page, content_type=CONTENT_TYPE_LATEST)
