"""What decides the due times of one definition, put together for the planner and the preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.schedule import DueRow, Schedule
from scheduledwf_core.policies.plan import Cursor, Rule, first
from scheduledwf_core.triggers import DelayTrigger, IntervalAnchor, IntervalTrigger, Trigger


def rule_of(definition: Definition) -> Rule:
    """The rule of a registered definition."""
    policies = definition.policies
    return Rule(
        next_after=definition.trigger.next_after, bounds=policies.bounds, misfire=policies.misfire
    )


def first_due(schedule: Schedule, *, after: datetime, fired: int = 0) -> DueRow | None:
    """The due row of a schedule that is armed at *after*; None if its rule has nothing left."""
    cursor = first(rule_of(schedule.definition), after, fired=fired)
    if cursor is None:
        return None
    return due_row(schedule, cursor)


def due_row(schedule: Schedule, cursor: Cursor) -> DueRow:
    """The row that says where the planning of *schedule* goes on."""
    nominal_at, namespace = cursor.nominal_at, schedule.definition.namespace
    return DueRow(schedule.id, namespace, schedule.revision, nominal_at, nominal_at, cursor.fired)


def registered(
    definition: Definition, *, now: datetime, before: Trigger | None = None
) -> Definition:
    """*definition* with its trigger tied to instants: a delay ends, an interval has its start.

    *before* is the trigger that an edit replaces; an interval that stays the same keeps its
    start, so an edit of something else does not move its due times.
    """
    return replace(definition, trigger=_tied(definition, now, before))


def _tied(definition: Definition, now: datetime, before: Trigger | None) -> Trigger:
    trigger = definition.trigger
    if isinstance(trigger, DelayTrigger):
        return trigger.at(now)
    if not isinstance(trigger, IntervalTrigger) or trigger.start is not None:
        return trigger
    if isinstance(before, IntervalTrigger) and replace(before, start=None) == trigger:
        return before if trigger.anchor is not IntervalAnchor.START_AT else _at_start(definition)
    if trigger.anchor is IntervalAnchor.LAST_COMPLETION:
        raise InvalidSchedule("trigger.anchor", "last_completion is not supported by this version")
    if trigger.anchor is IntervalAnchor.START_AT:
        return _at_start(definition)
    return trigger if trigger.anchor is IntervalAnchor.EPOCH else replace(trigger, start=now)


def _at_start(definition: Definition) -> Trigger:
    start_at = definition.policies.bounds.start_at
    if start_at is None:
        raise InvalidSchedule("policies.startAt", "must be given: the trigger is anchored at it")
    return replace(definition.trigger, start=start_at)  # type: ignore[type-var]
