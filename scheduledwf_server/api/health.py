"""Whether the process lives, and whether it can do its work: which part is down, and why."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, current_app

from scheduledwf_core.errors import SchedulerError, StoreError
from scheduledwf_core.model.node import Role
from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.schemas.cluster import HealthSchema
from scheduledwf_server.log import without_secrets

log = logging.getLogger(__name__)

HealthCheck = Callable[[], None]
"""Raises an error that says what is wrong, or returns."""

Part = Mapping[str, object]
UP: Part = {"status": "up"}
_CHECKS = "scheduledwf-health"

blp = ApiBlueprint("health", __name__, url_prefix="/health", description="For probes.")


def add_health_check(app: Flask, name: str, check: HealthCheck) -> None:
    """Let ``/health/ready`` ask *check* too, as the part *name*.

    It is asked at every probe, so it should give up within a second or two.
    """
    app.extensions.setdefault(_CHECKS, {})[name] = check


@blp.route("/live")
@blp.response(200, HealthSchema)
@blp.doc(operationId="isAlive", security=[])
def live() -> Part:
    """Tell whether the process answers"""
    return UP


@blp.route("/ready")
@blp.response(200, HealthSchema)
@blp.alt_response(503, schema=HealthSchema, description="A part is down; the body says which")
@blp.doc(operationId="isReady")
def ready() -> tuple[Mapping[str, object], int]:
    """Tell whether every part works, and which does not"""
    parts = asked_parts()
    down = is_down(parts)
    return {"status": "down" if down else "up", "parts": parts}, 503 if down else 200


def asked_parts() -> dict[str, Part]:
    """Every part by name, each asked just now."""
    parts = {name: _asked(name, check) for name, check in _checks().items()}
    if parts["store"] is UP:
        parts["dueTimes"] = _due_times()
    return parts


def is_down(parts: Mapping[str, Part]) -> bool:
    """Whether any of *parts* is."""
    return any(part["status"] == "down" for part in parts.values())


def _checks() -> dict[str, HealthCheck]:
    checks: dict[str, HealthCheck] = {"store": node().cluster.check}
    if node().role is not Role.API:
        checks["scheduler"] = _check_scheduler
    return {**checks, **cast("dict[str, HealthCheck]", current_app.extensions.get(_CHECKS, {}))}


def _asked(name: str, check: HealthCheck) -> Part:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - a check may be a stranger's code
        return _down(name, str(error) if isinstance(error, SchedulerError) else _kind_of(error))
    return UP


def _check_scheduler() -> None:
    """Raise unless this node's manager showed a sign of life lately."""
    info = node().manager.info
    if not node().cluster.lives(info):
        silent = (node().clock.now() - info.heartbeat_at).total_seconds()
        raise SchedulerError(f"the last sign of life was {silent:.0f} s ago")


def _due_times() -> Part:
    """The dead man's switch: whatever it is that nobody notices, due times pile up."""
    try:
        count = node().cluster.overdue()
    except StoreError as error:
        return _down("dueTimes", str(error))
    if not count or node().role is Role.API:
        return {**UP, "overdue": count}
    return {**_down("dueTimes", "due times are late and no node took them"), "overdue": count}


def _down(name: str, reason: str) -> Part:
    reason = without_secrets(reason)
    log.warning("a part is down", extra={"part": name, "reason": reason})
    return {"status": "down", "reason": reason}


def _kind_of(error: Exception) -> str:
    """All that may be told of an error whose words are not ours."""
    return type(error).__name__
