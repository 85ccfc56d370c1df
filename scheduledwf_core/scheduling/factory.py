"""Which scheduler serves which kind of trigger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.scheduling.cron_based import (
    CronBasedWorkflowScheduler,
    IntervalWorkflowScheduler,
    OneShotWorkflowScheduler,
    WorkflowScheduler,
)

Make = Callable[[Definition], WorkflowScheduler]

BY_KIND: Mapping[str, Make] = MappingProxyType(
    {
        "cron": CronBasedWorkflowScheduler,
        "interval": IntervalWorkflowScheduler,
        "at": OneShotWorkflowScheduler,
    }
)


class WorkflowSchedulerFactory:
    """Makes the scheduler for a definition, by the kind of its trigger."""

    def __init__(self, by_kind: Mapping[str, Make] = BY_KIND) -> None:
        self._by_kind = by_kind

    def create(self, definition: Definition) -> WorkflowScheduler:
        """Raises InvalidSchedule if no scheduler serves that kind of trigger."""
        kind = definition.trigger.kind
        if kind not in self._by_kind:
            raise InvalidSchedule("trigger.type", f"nothing here wakes for {kind!r}")
        return self._by_kind[kind](definition)
