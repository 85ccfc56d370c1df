"""The table of events, and how to hear them.

Metrics and traces subscribe here; nothing else in the core knows of them. An event tells of
a batch, never of one firing, so listening costs the hot path nothing that grows with load.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum

log = logging.getLogger(__name__)


class Event(StrEnum):
    """What a node tells of itself; the comment lists the fields of each."""

    NODE_STARTED = "node-started"  # node, role
    NODE_STOPPED = "node-stopped"  # node, role
    PLANNED = "planned"  # claimed, recorded, outcomes: {outcome: count} of those, seconds
    TAKEN_OVER = "taken-over"  # count: firings of lost leases and due retries
    SETTLED = "settled"  # outcomes: {outcome: count}, lateness: [seconds] of delivered ones
    RETRIED = "retried"  # count: attempts that failed and will be repeated
    LEASE_LOST = "lease-lost"  # count: results that came after the lease was over
    REARMED = "rearmed"  # count: active schedules found without a due time
    SCHEDULE_FAULTY = "schedule-faulty"  # schedule, reason: cannot be planned, set to error
    STEP_FAILED = "step-failed"  # step, error: a loop's step raised and goes on


Listener = Callable[[Event, Mapping[str, object]], None]


class Telemetry:
    """Hands events to whoever subscribed; a listener that fails is logged and left alone."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def subscribe(self, listener: Listener) -> None:
        self._listeners = (*self._listeners, listener)

    def emit(self, event: Event, **fields: object) -> None:
        for listener in self._listeners:
            try:
                listener(event, fields)
            except Exception:
                log.exception("telemetry listener failed", extra={"event": event.value})
