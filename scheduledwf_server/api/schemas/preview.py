"""Previews on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from scheduledwf_core.services.preview import MOST
from scheduledwf_server.api.schemas.base import (
    AnswerSchema,
    Instant,
    LocalTime,
    Part,
    Whole,
    WireSchema,
)
from scheduledwf_server.api.schemas.schedule import NewScheduleSchema


class PreviewRequestSchema(WireSchema):
    """A schedule nobody saved, or only its trigger and policies, and what to show of it."""

    schedule = fields.Nested(NewScheduleSchema)
    trigger = Part("Trigger")
    policies = Part("Policies", allow_none=True)
    since = Instant(
        data_key="from", allow_none=True, metadata={"description": "From now unless given."}
    )
    until = Instant(data_key="to", allow_none=True, metadata={"description": "Included."})
    count = Whole(
        load_default=10,
        validate=validate.Range(min=1, max=MOST),
        metadata={"description": "How many due times at the most."},
    )

    @validates_schema
    def one_rule(self, asked: Mapping[str, Any], **_: object) -> None:
        """Either a whole schedule, or its parts."""
        if ("schedule" in asked) == ("trigger" in asked):
            raise ValidationError("give either schedule or trigger", "trigger")
        if "schedule" in asked and "policies" in asked:
            raise ValidationError("belong into schedule", "policies")


class PreviewedSchema(AnswerSchema):
    """One due time to come."""

    nominal_time = Instant(required=True, attribute="nominal_at")
    due_time = Instant(required=True, attribute="due_at")
    local_time = LocalTime(
        required=True,
        attribute="local",
        metadata={"description": "In the trigger's zone.", "example": "2030-03-31T03:00:00+02:00"},
    )
    reasons = fields.List(fields.String(), required=True, metadata={"example": ["dst_gap"]})


class PreviewSchema(AnswerSchema):
    """The due times of a schedule nobody saved."""

    items = fields.List(fields.Nested(PreviewedSchema), required=True)
    skipped = fields.List(fields.Dict(), required=True)
    diff = fields.Dict(required=True, allow_none=True)
    warnings = fields.List(fields.String(), required=True)
