"""Totals over everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.schemas.cluster import StatsQuerySchema, StatsSchema

A_DAY = timedelta(days=1)

blp = ApiBlueprint("stats", __name__, url_prefix="/api/v1", description="How it is doing.")


@blp.route("/stats")
@blp.arguments(StatsQuerySchema, location="query")
@blp.response(200, StatsSchema)
@blp.doc(operationId="getStats")
def stats(asked: Mapping[str, timedelta]) -> Mapping[str, object]:
    """Count schedules by state and firings by outcome"""
    window = asked.get("window", A_DAY)
    return {**asdict(node().cluster.stats(window=window)), "window": window}
