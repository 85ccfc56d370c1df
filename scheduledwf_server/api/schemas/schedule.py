"""Schedules on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, pre_dump, validates

from scheduledwf_core.model.document import definition_to_json
from scheduledwf_core.model.firing import Outcome
from scheduledwf_core.model.page import ScheduleSort, ScheduleView
from scheduledwf_core.model.schedule import Revision, ScheduleState
from scheduledwf_server.api.schemas.base import AnswerSchema, Flag, Instant, Part, WireSchema
from scheduledwf_server.api.schemas.paging import PageQuerySchema, PageSchema

TRIGGER = {
    "type": "cron",
    "expressions": ["0 2 * * MON-FRI"],
    "dialect": "unix",
    "zone": "Europe/Paris",
}
EXAMPLE = {
    "name": "nightly-report",
    "tags": {"team": "finance"},
    "trigger": TRIGGER,
    "target": {"type": "workflow", "name": "report", "input": {"day": "${firing.nominalTime}"}},
    "policies": {"retry": {"attempts": 5}},
}


class ScheduleRequestSchema(WireSchema):
    """A schedule as its author writes it."""

    namespace = fields.String(metadata={"maxLength": 64, "default": "default"})
    name = fields.String(metadata={"minLength": 1, "maxLength": 255})
    description = fields.String(allow_none=True)
    tags = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    trigger = Part("Trigger", required=True)
    target = Part("Target", required=True)
    policies = Part("Policies", allow_none=True)
    annotations = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "What other APIs of this server remember with the schedule."},
    )
    paused = Flag(metadata={"description": "Whether it begins paused."})


class NewScheduleSchema(ScheduleRequestSchema):
    """A schedule to define."""

    name = fields.String(required=True, metadata={"minLength": 1, "maxLength": 255})


class SchedulePatchSchema(WireSchema):
    """Members to change (RFC 7396): what is null goes back to its default."""

    namespace = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)
    tags = fields.Dict(keys=fields.String(), allow_none=True)
    trigger = fields.Dict(keys=fields.String())
    target = fields.Dict(keys=fields.String())
    policies = fields.Dict(keys=fields.String(), allow_none=True)
    annotations = fields.Dict(keys=fields.String(), allow_none=True)
    paused = Flag()


class LastFiringSchema(AnswerSchema):
    """The latest firing of a schedule; without an outcome as long as it is under way."""

    nominal_time = Instant(required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True, allow_none=True)


class ScheduleSchema(AnswerSchema):
    """A schedule as it stands."""

    namespace = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    tags = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    paused = fields.Boolean(required=True)
    trigger = Part("Trigger", required=True)
    target = Part("Target", required=True)
    policies = Part("Policies", required=True)
    annotations = fields.Dict(keys=fields.String())
    state = fields.Enum(ScheduleState, by_value=True, required=True, attribute="now.state")
    fault = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why a schedule in state error cannot be planned."},
    )
    revision = fields.Integer(required=True, attribute="now.revision")
    next_due = Instant(required=True, allow_none=True, attribute="view.next_due")
    next_nominal = Instant(required=True, allow_none=True, attribute="view.next_nominal")
    last_firing = fields.Nested(LastFiringSchema, required=True, allow_none=True)
    created_at = Instant(required=True, attribute="now.created.at")
    created_by = fields.String(required=True, attribute="now.created.by")
    updated_at = Instant(required=True, attribute="now.updated.at")
    updated_by = fields.String(required=True, attribute="now.updated.by")
    paused_at = Instant(required=True, allow_none=True, attribute="pause.at")
    paused_by = fields.String(required=True, allow_none=True, attribute="pause.by")
    paused_note = fields.String(required=True, allow_none=True, attribute="pause.note")
    paused_until = Instant(required=True, allow_none=True, attribute="pause.until")

    @pre_dump
    def lay_out(self, view: ScheduleView, **_: object) -> Mapping[str, object]:
        """The definition's members beside what is known of the schedule."""
        now = view.schedule
        last = {"nominal_time": view.last_nominal, "outcome": view.last_outcome}
        return {
            **definition_to_json(now.definition),
            "view": view,
            "now": now,
            "pause": now.pause or _NOT_PAUSED,
            "paused": now.state is ScheduleState.PAUSED,
            "fault": now.fault or None,
            "last_firing": last if view.last_nominal else None,
        }


class ScheduleListSchema(PageSchema):
    """Some schedules."""

    items = fields.List(fields.Nested(ScheduleSchema), required=True)


class ScheduleQuerySchema(PageQuerySchema):
    """Which schedules; every parameter that is given narrows the answer."""

    namespace = fields.String()
    state = fields.Enum(ScheduleState, by_value=True)
    target = fields.String(metadata={"description": "The target's type.", "example": "workflow"})
    tag = fields.List(
        fields.String(),
        metadata={"description": "`key:value`; may be repeated.", "example": ["team:finance"]},
    )
    q = fields.String(metadata={"description": "Text in the name or the description."})
    due_before = Instant()
    sort = fields.Enum(ScheduleSort, by_value=True, load_default=ScheduleSort.NAME)

    @validates("tag")
    def each_has_a_colon(self, tags: list[str], **_: object) -> None:
        """A tag is a key, a colon and a value."""
        if any(":" not in tag for tag in tags):
            raise ValidationError("must have the form key:value")


class PauseSchema(WireSchema):
    """Why and until when a schedule is paused."""

    note = fields.String(load_default="", metadata={"example": "until the migration is over"})
    until = Instant(allow_none=True, load_default=None)


class ResumeSchema(WireSchema):
    """Nothing yet can be said about how to resume."""


class TriggerRequestSchema(WireSchema):
    """One firing outside the rule."""

    input = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        load_default=None,
        metadata={"description": "In place of the target's input, for this firing."},
    )
    at = Instant(
        allow_none=True, load_default=None, metadata={"description": "At once unless given."}
    )


class RevisionSchema(AnswerSchema):
    """One state in the history of a schedule."""

    revision = fields.Integer(required=True, attribute="number")
    state = fields.Enum(ScheduleState, by_value=True, required=True)
    definition = fields.Dict(keys=fields.String(), required=True)
    updated_at = Instant(required=True, attribute="stamp.at")
    updated_by = fields.String(required=True, attribute="stamp.by")

    @pre_dump
    def lay_out(self, revision: Revision, **_: object) -> Mapping[str, object]:
        """The definition as JSON, beside the rest."""
        members: dict[str, Any] = {
            name: getattr(revision, name) for name in ("number", "state", "stamp")
        }
        return {**members, "definition": definition_to_json(revision.definition)}


class RevisionListSchema(AnswerSchema):
    """The whole history of a definition, the oldest state first."""

    items = fields.List(fields.Nested(RevisionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


_NOT_PAUSED = {"at": None, "by": None, "note": None, "until": None}
