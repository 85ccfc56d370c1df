"""Metrics hear every event of telemetry."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.model.firing import Outcome
from scheduledwf_core.node import Node
from scheduledwf_core.telemetry import Event
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_server.metrics import Metrics


@pytest.fixture
def node() -> Node:
    return Node(MemoryStore(), {}, clock=ManualClock(datetime(2030, 1, 1, tzinfo=UTC)))


EVENTS: list[tuple[Event, dict[str, object], str, dict[str, str], float]] = [
    (
        Event.SETTLED,
        {"outcomes": {Outcome.DEAD: 2}, "lateness": []},
        "firings_total",
        {"outcome": "dead"},
        2,
    ),
    (
        Event.SETTLED,
        {"outcomes": {}, "lateness": [0.2, 0.3, -0.1]},
        "lateness_seconds_bucket",
        {"le": "0.25"},
        2,
    ),
    (
        Event.PLANNED,
        {"claimed": 7, "recorded": 0, "outcomes": {}, "seconds": 0.5},
        "firings_planned_total",
        {},
        7,
    ),
    (
        Event.PLANNED,
        {"claimed": 0, "recorded": 3, "seconds": 0.5, "outcomes": {Outcome.MISSED: 3}},
        "firings_total",
        {"outcome": "missed"},
        3,
    ),
    (
        Event.PLANNED,
        {"claimed": 0, "recorded": 0, "outcomes": {}, "seconds": 0.5},
        "planning_seconds_sum",
        {},
        0.5,
    ),
    (Event.TAKEN_OVER, {"count": 4}, "firings_taken_over_total", {}, 4),
    (Event.RETRIED, {"count": 5}, "attempts_retried_total", {}, 5),
    (Event.LEASE_LOST, {"count": 6}, "leases_lost_total", {}, 6),
    (Event.REARMED, {"count": 2}, "schedules_rearmed_total", {}, 2),
    (Event.SCHEDULE_FAULTY, {"schedule": 1, "reason": "x"}, "schedules_faulty_total", {}, 1),
    (Event.STEP_FAILED, {"step": "plan", "error": "x"}, "step_failures_total", {"step": "plan"}, 1),
]


@pytest.mark.parametrize(("event", "told", "name", "labels", "value"), EVENTS)
def test_an_event_is_counted(
    node: Node,
    event: Event,
    told: dict[str, object],
    name: str,
    labels: dict[str, str],
    value: float,
) -> None:
    metrics = Metrics(node)

    node.telemetry.emit(event, **told)

    assert metrics.registry.get_sample_value(f"scheduledwf_{name}", labels) == value


def test_an_event_that_is_no_metric_is_let_pass(node: Node) -> None:
    metrics = Metrics(node)

    node.telemetry.emit(Event.NODE_STARTED, node=1, role="all")

    assert b"scheduledwf_node_up 1.0" in metrics.page()
