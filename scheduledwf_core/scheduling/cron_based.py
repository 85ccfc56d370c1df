"""Schedulers: each knows when the schedules of one kind wake."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.rule import rule_of
from scheduledwf_core.policies.plan import Cursor, Plan, plan, skip


class WorkflowScheduler(Protocol):
    """Decides the due times of one schedule; a pure function of what it is given."""

    def plan(self, cursor: Cursor, *, now: datetime, until: datetime, limit: int) -> Plan:
        """What becomes of the due times from *cursor* up to *until*, *limit* at the most."""
        ...

    def skip(self, cursor: Cursor, *, until: datetime, limit: int) -> Plan:
        """The due times that a paused schedule passes over, as ``coalesced``."""
        ...


class CronBasedWorkflowScheduler:
    """Wakes when the wall clock of the schedule's zone shows what its cron expressions say."""

    def __init__(self, definition: Definition) -> None:
        self._rule = rule_of(definition)

    def skip(self, cursor: Cursor, *, until: datetime, limit: int) -> Plan:
        return skip(self._rule, cursor, until=until, limit=limit)

    def plan(self, cursor: Cursor, *, now: datetime, until: datetime, limit: int) -> Plan:
        return plan(self._rule, cursor, now=now, until=until, limit=limit)


class IntervalWorkflowScheduler(CronBasedWorkflowScheduler):
    """Wakes each time a length of elapsed time has passed since its anchor."""


class OneShotWorkflowScheduler(CronBasedWorkflowScheduler):
    """Wakes at the instants it was given, and then no more."""
