"""Lists, piece by piece."""

from __future__ import annotations

from marshmallow import fields, validate

from scheduledwf_server.api.schemas.base import AnswerSchema, WireSchema

LONGEST_PAGE = 1000


class PageQuerySchema(WireSchema):
    """Which piece of a list."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(min=1, max=LONGEST_PAGE),
        metadata={"description": "How many items at the most."},
    )
    cursor = fields.String(metadata={"description": "`next` of the page before."})


class PageSchema(AnswerSchema):
    """One piece of a list."""

    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The cursor of the next page; null on the last."},
    )
