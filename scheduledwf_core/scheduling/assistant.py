"""Starts and stops what runs for a schedule, and says how it went."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.errors import DeliveryRetryable, InvalidSchedule
from scheduledwf_core.model.rule import first_due
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.scheduling.dispatcher import Dispatcher
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.targets.base import Target, VerifyingTarget

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StartResult:
    """How it went: *armed*, or the *reason* why not."""

    armed: bool
    reason: str = ""


class SchedulingAssistant:
    """Arms schedules that have no due time though they should, and stops recalled ones."""

    def __init__(
        self,
        *,
        store: Store,
        registry: ScheduledProcessRegistry,
        dispatcher: Dispatcher,
        targets: dict[str, Target],
    ) -> None:
        self._store = store
        self._registry = registry
        self._dispatcher = dispatcher
        self._targets = targets

    def start(self, schedule_id: int, *, now: datetime) -> StartResult:
        """Give the schedule its next due time, if what it names is there to be started.

        A schedule whose target says that there is nothing of that name stays as it is, and is
        asked about again at the next sweep.
        """
        with self._store.transaction() as tx:
            schedule = tx.metadata.get([schedule_id]).get(schedule_id)
        if schedule is None:
            return StartResult(armed=False, reason="the schedule is gone")
        missing = self._missing(schedule)
        if missing:
            return StartResult(armed=False, reason=missing)
        with self._store.transaction() as tx:
            return self._arm(tx, schedule, now)

    def stop(self, schedule_id: int, *, before: int) -> int:
        """Let go of what this node holds of older revisions than *before*; how many firings."""
        self._registry.forget(schedule_id, before=before)
        dropped = self._dispatcher.drop(
            lambda task: task.firing.schedule_id == schedule_id and task.firing.revision < before
        )
        return len(dropped)

    def _missing(self, schedule: Schedule) -> str:
        target = self._targets.get(schedule.definition.target.kind)
        if not isinstance(target, VerifyingTarget) or schedule.state is not ScheduleState.ACTIVE:
            return ""
        try:
            target.verify(schedule.definition.target.options)
        except InvalidSchedule as error:
            return error.reason
        except DeliveryRetryable:
            log.info(
                "target does not answer, arming unverified", extra={"schedule": schedule.label}
            )
        return ""

    def _arm(self, tx: Transaction, schedule: Schedule, now: datetime) -> StartResult:
        current = tx.metadata.get([schedule.id]).get(schedule.id)
        if current is None or current.revision != schedule.revision:
            return StartResult(armed=False, reason="the schedule changed meanwhile")
        if tx.execution.armed([schedule.id]):
            return StartResult(armed=False, reason="the schedule is armed already")
        try:
            row = first_due(schedule, after=now)
        except InvalidSchedule as error:
            tx.execution.fault(schedule.id, revision=schedule.revision, reason=str(error))
            return StartResult(armed=False, reason=str(error))
        if row is None:
            tx.execution.finish([schedule.id])
            return StartResult(armed=False, reason="the rule has no due time left")
        tx.execution.arm([row])
        return StartResult(armed=True)

    def start_all(self, schedule_ids: Sequence[int], *, now: datetime) -> int:
        """Start each of them; how many are armed now."""
        return sum(self.start(schedule_id, now=now).armed for schedule_id in schedule_ids)
