"""The ledger: every due time and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.paging import page_after, page_document
from scheduledwf_server.api.schemas.firing import (
    FiringListSchema,
    FiringQuerySchema,
    FiringSchema,
    ShownFiring,
)

Document = Mapping[str, Any]
DEFAULT_NAMESPACE = "default"
Missing, Conflict = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT

blp = ApiBlueprint(
    "firings", __name__, url_prefix="/api/v1", description="Every due time and its outcome."
)


@blp.route("/firings")
@blp.arguments(FiringQuerySchema, location="query")
@blp.response(200, FiringListSchema)
@blp.refuses(Missing)
@blp.doc(operationId="listFirings")
def firings(asked: Document) -> Document:
    """Search the ledger"""
    page = node().firings.search(_query(asked))
    schedules = node().firings.schedules_of(page.items)
    names = {key: schedule.definition.name for key, schedule in schedules.items()}
    return page_document(asked, page, lambda one: ShownFiring(one, names.get(one.schedule_id)))


@blp.route("/firings/<firing_id>")
@blp.response(200, FiringSchema)
@blp.refuses(Missing, HTTPStatus.UNPROCESSABLE_ENTITY)
@blp.doc(operationId="getFiring")
def firing(firing_id: str) -> ShownFiring:
    """Read one firing with its attempts"""
    return shown_firing(node().firings.get(firing_id))


@blp.route("/firings/<firing_id>/redrive", methods=["POST"])
@blp.response(202, FiringSchema)
@blp.refuses(Missing, Conflict, HTTPStatus.UNPROCESSABLE_ENTITY)
@blp.doc(operationId="redriveFiring")
def redrive(firing_id: str) -> ShownFiring:
    """Let a dead firing live again

    It has all its attempts before it; asking twice is asking once.
    """
    return shown_firing(node().firings.redrive(firing_id))


@blp.route("/firings/<firing_id>/cancel", methods=["POST"])
@blp.response(202, FiringSchema)
@blp.refuses(Missing, Conflict, HTTPStatus.UNPROCESSABLE_ENTITY)
@blp.doc(operationId="cancelFiring")
def cancel(firing_id: str) -> ShownFiring:
    """Take a waiting firing back"""
    return shown_firing(node().firings.cancel(firing_id))


def shown_firing(found: Firing) -> ShownFiring:
    """A firing with the name of its schedule."""
    schedule = node().firings.schedules_of([found]).get(found.schedule_id)
    return ShownFiring(found, schedule.definition.name if schedule else None)


def firing_url(found: Firing) -> str:
    """The path of a firing."""
    return f"/api/v1/firings/{found.id}"


def _query(asked: Document) -> FiringQuery:
    return FiringQuery(
        namespace=asked.get("namespace"),
        schedule_id=_schedule_id(asked),
        outcomes=frozenset(asked.get("outcome", ())),
        state=asked.get("state"),
        since=asked.get("since"),
        until=asked.get("until"),
        node=asked.get("node"),
        receipt=asked.get("receipt"),
        after=page_after(asked),
        limit=asked["limit"],
    )


def _schedule_id(asked: Document) -> int | None:
    name = asked.get("schedule")
    if name is None:
        return None
    return node().schedules.get(asked.get("namespace", DEFAULT_NAMESPACE), name).id
