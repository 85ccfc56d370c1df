"""A ScheduleWfDef, and the schedule of ours that it is.

Each is the schedule of its workflow's name in the namespace ``scheduleWf``: our own API, the
ledger and the console see it like any other, and what they change is seen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.document import mapping
from scheduledwf_core.model.schedule import Revision, Schedule, ScheduleState
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.triggers import CronTrigger, Dialect, DstGap, DstOverlap
from scheduledwf_core.triggers.cron_utils import quartz_from_cron_utils
from scheduledwf_server.schedule_wf.ids import Process, parse_scheduler_id, scheduler_id

NAMESPACE = "scheduleWf"
_NOTES = "scheduleWf"  # our annotation in a definition
_WORKFLOW = "workflow"


class Status(StrEnum):
    """What a definition's author wants of it."""

    RUN = "RUN"  # fires
    SHUTDOWN = "SHUTDOWN"  # does not
    DELETE = "DELETE"  # does not either; kept, and listed


STATES = {
    Status.RUN: ScheduleState.ACTIVE,
    Status.SHUTDOWN: ScheduleState.PAUSED,
    Status.DELETE: ScheduleState.COMPLETED,
}

POLICIES = Policies(
    # That system fires what is due now, and never what was due while it was down.
    misfire=MisfirePolicy(mode=MisfireMode.NONE, within=timedelta(seconds=1)),
    # It never tries twice. Nor do we: with its input and its correlation id, no start can be told
    # from the others, so Conductor cannot be asked whether the first try came through after all.
    retry=RetryPolicy(attempts=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleWfDef:
    """A cron schedule of one workflow, as that system's users write it."""

    owner_app: str | None = None
    create_time: int | None = None
    update_time: int | None = None
    created_by: str | None = None
    updated_by: str | None = None
    wf_name: str
    wf_version: int | None = 1
    status: Status
    wf_input: Mapping[str, object] = field(default_factory=dict)
    cron_expression: str


_AUDIT: dict[str, type] = {
    "owner_app": str,
    "create_time": int,
    "update_time": int,
    "created_by": str,
    "updated_by": str,
}


def target_of(wanted: ScheduleWfDef) -> TargetSpec:
    """Where its firings go."""
    options = {
        "name": wanted.wf_name,
        "version": wanted.wf_version,
        "input": dict(wanted.wf_input),
        "firingInput": False,
    }
    return TargetSpec(kind=_WORKFLOW, options=options)


def trigger_of(wanted: ScheduleWfDef, zone: str) -> CronTrigger:
    """When it fires, by the clocks of *zone*; raises InvalidSchedule with cron-utils' words."""
    return CronTrigger(
        expressions=quartz_from_cron_utils(wanted.cron_expression),
        dialect=Dialect.QUARTZ,
        zone=zone,
        dst_gap=DstGap.SKIP,
        dst_overlap=DstOverlap.BOTH,
    )


def definition_of(wanted: ScheduleWfDef, trigger: CronTrigger, process: Process) -> Definition:
    """The definition of ours for *wanted*, if *process* is what it starts."""
    audit = {name: getattr(wanted, name) for name in _AUDIT}
    notes = {
        "audit": {name: value for name, value in audit.items() if value is not None},
        "cron": wanted.cron_expression,
        "expressions": list(trigger.expressions),
    }
    definition = Definition(
        namespace=NAMESPACE,
        name=wanted.wf_name,
        trigger=trigger,
        target=target_of(wanted),
        policies=POLICIES,
        annotations={_NOTES: notes},
    )
    return with_status(definition, wanted.status, process)


def with_status(
    definition: Definition, status: Status, process: Process, *, waits: bool = False
) -> Definition:
    """*definition* as it is written when it gets *status*.

    A process that *waits* has nothing to start yet: its workflow is not there.
    """
    notes = {**_notes(definition), "status": status.value, "waits": waits}
    spec = definition.target
    named = spec.options.get("correlationId")
    if named is None or parse_scheduler_id(str(named)):
        spec = replace(spec, options={**spec.options, "correlationId": scheduler_id(process)})
    annotations = {**definition.annotations, _NOTES: notes}
    return replace(definition, target=spec, annotations=annotations)


def read(definition: Definition, status: Status) -> ScheduleWfDef | None:
    """What *definition* says in that system's words; None if they cannot say it."""
    trigger, spec = definition.trigger, definition.target
    same_name = spec.options.get("name") == definition.name
    if not isinstance(trigger, CronTrigger) or spec.kind != _WORKFLOW or not same_name:
        return None
    version, notes = spec.options.get("version"), _notes(definition)
    return ScheduleWfDef(
        **_audit(notes),
        wf_name=definition.name,
        wf_version=version if isinstance(version, int) else None,
        status=status,
        wf_input=mapping("target.input", spec.options.get("input") or {}),
        cron_expression=_cron(trigger, notes),
    )


def read_schedule(schedule: Schedule) -> ScheduleWfDef | None:
    """What *schedule* is in that system's words; None if they cannot say it."""
    return read(schedule.definition, status_of(schedule))


def status_of(schedule: Schedule) -> Status:
    """What that system calls the state of *schedule*; one that cannot be planned wants to run."""
    if schedule.state is ScheduleState.PAUSED:
        return Status.SHUTDOWN
    if schedule.state is not ScheduleState.COMPLETED:
        return Status.RUN
    deleted = _notes(schedule.definition).get("status") == Status.DELETE
    return Status.DELETE if deleted else Status.SHUTDOWN


def process_of(revision: Revision) -> Process:
    """The process that a revision starts or goes on with.

    Its definition names it as the correlation id of what it starts; one that was written
    elsewhere may name none.
    """
    named = parse_scheduler_id(str(revision.definition.target.options.get("correlationId")))
    if named and named.schedule_id == revision.schedule_id:
        return named
    return Process(revision.schedule_id, revision.number)


def waits(revision: Revision) -> bool:
    """Whether there was nothing to start when the revision was written."""
    return _notes(revision.definition).get("waits") is True


def _notes(definition: Definition) -> Mapping[str, object]:
    notes = definition.annotations.get(_NOTES)
    return notes if isinstance(notes, Mapping) else {}


def _audit(notes: Mapping[str, object]) -> dict[str, Any]:
    """The audit members as they were sent; what another wrote in their place is left out."""
    sent = notes.get("audit")
    if not isinstance(sent, Mapping):
        return {}
    return {name: sent[name] for name, kind in _AUDIT.items() if isinstance(sent.get(name), kind)}


def _cron(trigger: CronTrigger, notes: Mapping[str, object]) -> str:
    """The expression as it was sent, unless somebody changed the trigger since."""
    if notes.get("expressions") == list(trigger.expressions):
        return str(notes["cron"])
    return "||".join(trigger.expressions)
