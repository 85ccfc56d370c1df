"""Schedule Conductor Workflows on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_dump, post_load, pre_load, validate

from scheduledwf_server.api.schemas.base import AnswerSchema
from scheduledwf_server.schedule_wf import jackson
from scheduledwf_server.schedule_wf.definition import ScheduleWfDef, Status
from scheduledwf_server.schedule_wf.errors import Unreadable
from scheduledwf_server.schedule_wf.processes import ProcessState
from scheduledwf_server.schedule_wf.search import Criteria

NO_NAME = "WorkflowDef name cannot be null or empty"
BAD_NAME = "Workflow name cannot contain the following set of characters: ':'"
NO_STATUS = "status cannot be empty"
NO_CRON = (
    "cronExpression can not be empty. Should be valid cron expression."
    " Tip: Create definition from http://www.cronmaker.com/"
)
NO_NEW_STATUS = "scheduling status cannot be null or empty"

_DATE = "`dd-MM-yyyy HH:mm:ss:SSS`, by the server's clock."


class ScheduleWfSchema(AnswerSchema):
    """Unknown members are ignored, and those that are null are left out."""

    missing: ClassVar[Mapping[str, str]] = {}
    """What is said of a member that is needed and not there."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        super().on_bind_field(field_name, field_obj)
        field_obj.error_messages["required"] = self.missing.get(field_name, "is missing")

    @post_dump
    def without_nulls(self, document: dict[str, object], **_: object) -> dict[str, object]:
        """Jackson leaves out members that are null; inside of maps they stay."""
        return {name: value for name, value in document.items() if value is not None}


class AuditableSchema(ScheduleWfSchema):
    """Who made something, and when (milliseconds since 1970)."""

    owner_app = fields.String()
    create_time = fields.Integer()
    update_time = fields.Integer()
    created_by = fields.String()
    updated_by = fields.String()


def _text(value: object) -> object:
    return jackson.text(value)


def _long(value: object) -> object:
    return jackson.whole_number(value, bits=64)


_READERS: dict[str, Callable[[object], object]] = {
    "ownerApp": _text,
    "createTime": _long,
    "updateTime": _long,
    "createdBy": _text,
    "updatedBy": _text,
    "wfName": _text,
    "wfVersion": lambda value: jackson.whole_number(value, bits=32),
    "status": lambda value: jackson.member(value, Status),
    "wfInput": jackson.mapping,
    "cronExpression": _text,
}


class ScheduleWfDefSchema(AuditableSchema):
    """A cron schedule of one workflow."""

    path: ClassVar[str] = "registerScheduleWorkflowDef.def"
    missing: ClassVar[Mapping[str, str]] = {
        "wf_name": NO_NAME,
        "status": NO_STATUS,
        "cron_expression": NO_CRON,
    }

    wf_name = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=NO_NAME),
            validate.ContainsNoneOf(":", error=BAD_NAME),
        ],
        metadata={"description": "The workflow, and the schedule's own name.", "example": "report"},
    )
    wf_version = fields.Integer(load_default=1, metadata={"format": "int32"})
    status = fields.Enum(Status, by_value=True, required=True)
    wf_input = fields.Dict(keys=fields.String(), load_default=dict, metadata={"example": {"a": 1}})
    cron_expression = fields.String(
        required=True,
        validate=validate.Length(min=1, error=NO_CRON),
        metadata={
            "description": "Quartz: seconds first, six or seven fields.",
            "example": "0 0/1 * 1/1 * ? *",
        },
    )

    @pre_load
    def as_jackson_reads(self, sent: Mapping[str, object], **_: object) -> dict[str, object]:
        """The members as what they are, whatever they were sent as."""
        given = {name: value for name, value in sent.items() if value is not None}
        if "wfVersion" in sent:
            given.setdefault("wfVersion", 0)  # a number cannot be null
        return {name: _READERS[name](value) for name, value in given.items() if name in _READERS}

    @post_load
    def as_definition(self, loaded: dict[str, Any], **_: object) -> ScheduleWfDef:
        """The definition."""
        return ScheduleWfDef(**loaded)


class StatusQuerySchema(ScheduleWfSchema):
    """What to make of a definition."""

    path: ClassVar[str] = "updateScheduledWorkflowDef"
    missing: ClassVar[Mapping[str, str]] = {"status": NO_NEW_STATUS}

    status = fields.Enum(Status, by_value=True, required=True)

    @pre_load
    def as_spring_reads(self, sent: Mapping[str, str], **_: object) -> dict[str, object]:
        """The status by its name; an empty one is none."""
        if "status" not in sent:
            raise Unreadable("Required Status parameter 'status' is not present")
        name = sent["status"].strip()
        if sent["status"] and name not in Status.__members__:
            known = ", ".join(Status)
            raise Unreadable(
                "Failed to convert value of type 'java.lang.String' to required type 'Status';"
                f" {name!r} is none of {known}"
            )
        return {"status": name} if name else {}


class ManagerQuerySchema(ScheduleWfSchema):
    """Which managers."""

    node_address = fields.String(
        load_default=None, metadata={"description": "Those of one machine; else all."}
    )


class ManagerInfoSchema(AuditableSchema):
    """A SchedulerManager that began, or (with updateTime) one that ended."""

    id = fields.UUID()
    name = fields.String()
    node_address = fields.String()
    status = fields.String(validate=validate.OneOf(["RUNNING", "SHUTDOWN"]))


class SearchQuerySchema(ScheduleWfSchema):
    """What to search by: any of the four texts; schedulerId alone counts if it is given."""

    name = fields.String()
    manager_id = fields.String()
    node_address = fields.String()
    scheduler_id = fields.String()
    start = fields.Integer(metadata={"default": 0, "description": "How many to pass over."})
    size = fields.Integer(metadata={"default": 100, "description": "How many at the most."})

    @pre_load
    def as_spring_reads(self, sent: Mapping[str, str], **_: object) -> dict[str, object]:
        """Numbers as numbers; an empty one is its default."""
        given: dict[str, object] = {**sent}
        for name in ("start", "size"):
            if name in given:
                text = str(given.pop(name))
                given |= {name: jackson.parameter(text)} if text.strip() else {}
        return given

    @post_load
    def as_criteria(self, loaded: dict[str, Any], **_: object) -> Criteria:
        """The criteria."""
        return Criteria(**loaded)


class ScheduledWorkFlowSchema(AuditableSchema):
    """A process that began, or (with updateTime) one that ended."""

    id = fields.UUID(metadata={"description": "The schedulerId."})
    name = fields.String()
    node_address = fields.String()
    wf_name = fields.String()
    wf_version = fields.Integer(metadata={"format": "int32"})
    wf_input = fields.Dict(keys=fields.String())
    cron_expression = fields.String()
    state = fields.Enum(ProcessState, by_value=True)
    manager_ref_id = fields.UUID()
    scheduling_exception = fields.Dict(keys=fields.String())
    re_scheduling_enabled = fields.Boolean()


class ScheduledWfExecDataSchema(AuditableSchema):
    """A workflow that was started, or could not be."""

    scheduler_id = fields.UUID()
    name = fields.String()
    wf_name = fields.String()
    wf_version = fields.Integer(metadata={"format": "int32"})
    node_address = fields.String()
    manager_ref_id = fields.UUID()
    executed_at = fields.String(metadata={"description": _DATE})
    next_run_at = fields.String(metadata={"description": _DATE})
    last_execution_ended_at = fields.String(metadata={"description": _DATE})
    trigger_id = fields.String(metadata={"description": "The workflow's id."})
    execution_status = fields.String(validate=validate.OneOf(["SUCCESS", "FAILURE"]))
    execution_failure_reason = fields.String()
    input = fields.Dict(keys=fields.String())


class SearchResultSchema(ScheduleWfSchema):
    """A piece of what a search found, and how many it found."""

    total_hits = fields.Integer(metadata={"format": "int64"})


class ScheduledWorkFlowResultSchema(SearchResultSchema):
    """Starts and stops of processes, the newest first."""

    results = fields.List(fields.Nested(ScheduledWorkFlowSchema))


class ScheduledWfExecDataResultSchema(SearchResultSchema):
    """Executions, the newest first."""

    results = fields.List(fields.Nested(ScheduledWfExecDataSchema))


class ViolationSchema(ScheduleWfSchema):
    """A member that breaks a rule."""

    path = fields.String()
    message = fields.String()
    invalid_value = fields.Raw()


class ScheduleWfErrorSchema(ScheduleWfSchema):
    """What went wrong."""

    status = fields.Integer()
    message = fields.String()
    instance = fields.String(metadata={"description": "The machine that says so."})
    retryable = fields.Boolean()
    validation_errors = fields.List(fields.Nested(ViolationSchema))
