"""Nodes, totals and health on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from scheduledwf_core.model.node import Role
from scheduledwf_server.api.schemas.base import (
    AnswerSchema,
    Duration,
    Identity,
    Instant,
    WireSchema,
)


class NodeSchema(AnswerSchema):
    """One run of a node, from start to stop."""

    id = Identity(required=True)
    address = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    version = fields.String(required=True)
    started_at = Instant(required=True)
    heartbeat_at = Instant(required=True)
    stopped_at = Instant(required=True, allow_none=True)
    alive = fields.Boolean(required=True)


class NodeListSchema(AnswerSchema):
    """Every run of a node that is remembered, the oldest first."""

    items = fields.List(fields.Nested(NodeSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class StatsQuerySchema(WireSchema):
    """What to count."""

    window = Duration(
        metadata={"description": "Firings due within so long, until now. `P1D` unless given."}
    )


class StatsSchema(AnswerSchema):
    """Totals over the whole store."""

    window = Duration(required=True)
    schedules = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many, by state.", "example": {"active": 12}},
    )
    firings = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many, by outcome.", "example": {"delivered": 4711}},
    )
    unsettled = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class PartSchema(AnswerSchema):
    """How one part of the server is."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "down"]))
    reason = fields.String(metadata={"description": "Why it is down."})
    overdue = fields.Integer(metadata={"description": "How many due times nobody took."})


class HealthSchema(AnswerSchema):
    """Whether the server can do its work, and which part cannot."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "down"]))
    parts = fields.Dict(keys=fields.String(), values=fields.Nested(PartSchema))
