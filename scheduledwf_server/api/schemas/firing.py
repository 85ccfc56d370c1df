"""Firings on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marshmallow import fields

from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_server.api.schemas.base import AnswerSchema, Duration, Identity, Instant
from scheduledwf_server.api.schemas.paging import PageQuerySchema, PageSchema


@dataclass(frozen=True, slots=True)
class ShownFiring:
    """A firing with the name of its schedule; None once that was deleted."""

    firing: Firing
    schedule: str | None

    @property
    def lateness(self) -> timedelta | None:
        """From the due time to the first attempt; None before that."""
        attempts = self.firing.attempts
        return attempts[0].started_at - self.firing.due_at if attempts else None


class FailureSchema(AnswerSchema):
    """Why an attempt failed."""

    code = fields.String(required=True, metadata={"example": "conductor-503"})
    message = fields.String(required=True)


class AttemptSchema(AnswerSchema):
    """One delivery of a firing."""

    number = fields.Integer(required=True)
    started_at = Instant(required=True)
    finished_at = Instant(required=True)
    node = Identity(required=True)
    error = fields.Nested(FailureSchema, required=True, allow_none=True, attribute="failure")


class FiringSchema(AnswerSchema):
    """One due time of a schedule and what became of it."""

    id = fields.String(required=True, attribute="firing.id")
    key = fields.String(
        required=True,
        attribute="firing.key",
        metadata={"description": "What the target sees; the same for every attempt."},
    )
    namespace = fields.String(required=True, attribute="firing.namespace")
    schedule = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The schedule's name; null once it was deleted."},
    )
    revision = fields.Integer(required=True, attribute="firing.revision")
    nominal_time = Instant(required=True, attribute="firing.nominal_at")
    due_time = Instant(required=True, attribute="firing.due_at")
    state = fields.Enum(FiringState, by_value=True, required=True, attribute="firing.state")
    outcome = fields.Enum(
        Outcome, by_value=True, required=True, allow_none=True, attribute="firing.outcome"
    )
    reason = fields.String(required=True, attribute="firing.reason")
    attempts = fields.List(fields.Nested(AttemptSchema), required=True, attribute="firing.attempts")
    receipt = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        attribute="firing.receipt",
        metadata={"description": "What the target gave for it.", "example": {"workflowId": "…"}},
    )
    lateness = Duration(
        required=True,
        allow_none=True,
        metadata={"description": "From due time to first attempt.", "example": "PT0.012S"},
    )


class FiringListSchema(PageSchema):
    """Some firings, the latest due time first."""

    items = fields.List(fields.Nested(FiringSchema), required=True)


class FiringQuerySchema(PageQuerySchema):
    """Which firings; every parameter that is given narrows the answer."""

    namespace = fields.String()
    schedule = fields.String(
        metadata={"description": "A schedule's name, in the namespace given or `default`."}
    )
    outcome = fields.List(
        fields.Enum(Outcome, by_value=True), metadata={"description": "May be repeated."}
    )
    state = fields.Enum(FiringState, by_value=True)
    since = Instant(data_key="from", metadata={"description": "Due then or later."})
    until = Instant(data_key="to", metadata={"description": "Due earlier."})
    node = Identity(metadata={"description": "The node that holds or delivered it."})
    receipt = fields.String(metadata={"description": "The id of a workflow it started."})
