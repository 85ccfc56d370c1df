"""An error as RFC 9457 has it."""

from __future__ import annotations

from marshmallow import fields

from scheduledwf_server.api.schemas.base import AnswerSchema


class FieldErrorSchema(AnswerSchema):
    """Which member of the request cannot be used, and why."""

    field = fields.String(
        required=True, metadata={"description": "Its path.", "example": "trigger.expressions"}
    )
    message = fields.String(required=True)


class ProblemSchema(AnswerSchema):
    """What went wrong, for a program (code) and for a person (detail)."""

    type = fields.String(
        required=True, metadata={"example": "urn:scheduledwf:problem:invalid-schedule"}
    )
    title = fields.String(required=True, metadata={"example": "Unprocessable Entity"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True)
    code = fields.String(
        required=True, metadata={"description": "Never changes.", "example": "invalid-schedule"}
    )
    errors = fields.List(fields.Nested(FieldErrorSchema), required=True)
