"""What runs for one schedule: its definition, made ready to plan and to deliver."""

from __future__ import annotations

from dataclasses import dataclass

from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.scheduling.cron_based import WorkflowScheduler
from scheduledwf_core.targets.template import Template


@dataclass(frozen=True, slots=True, eq=False)
class ScheduledProcess:
    """One revision of a schedule, compiled once and used for every firing of it."""

    schedule: Schedule
    scheduler: WorkflowScheduler
    template: Template

    @property
    def paused(self) -> bool:
        return self.schedule.state is ScheduleState.PAUSED

    @property
    def target(self) -> str:
        return self.schedule.definition.target.kind


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A firing this node holds, with the process it belongs to."""

    firing: Firing
    process: ScheduledProcess
