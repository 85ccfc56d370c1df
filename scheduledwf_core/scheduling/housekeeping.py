"""What a node does now and then so that nothing stops silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scheduledwf_core.clock import Clock
from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.model.rule import first_due
from scheduledwf_core.model.schedule import Schedule, ScheduleState, Stamp
from scheduledwf_core.scheduling.assistant import SchedulingAssistant
from scheduledwf_core.telemetry import Event, Telemetry

SLICE = 2000
OLD_PERMITS = timedelta(hours=1)
ITSELF = "scheduledwf"


class Housekeeping:
    """Sweeps for schedules without a due time, ends pauses, removes what is to be removed."""

    def __init__(
        self,
        *,
        node: int,
        store: Store,
        assistant: SchedulingAssistant,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._node = node
        self._store = store
        self._assistant = assistant
        self._clock = clock
        self._telemetry = telemetry
        self._position = 0

    def step(self) -> None:
        now = self._clock.now()
        self._sweep(now)
        self._end_pauses(now)
        self._remove()

    def _sweep(self, now: datetime) -> None:
        """Look at the next slice of schedules; whoever should have a due time gets one."""
        with self._store.transaction() as tx:
            found, position = tx.execution.unarmed(after=self._position, limit=SLICE)
        self._position = position or 0
        armed = self._assistant.start_all(found, now=now)
        if armed:
            self._telemetry.emit(Event.REARMED, count=armed)

    def _end_pauses(self, now: datetime) -> None:
        with self._store.transaction() as tx:
            for schedule in tx.metadata.pauses_over(now=now, limit=SLICE):
                resumed = replace(
                    schedule,
                    state=ScheduleState.ACTIVE,
                    revision=schedule.revision + 1,
                    pause=None,
                    updated=Stamp(at=now, by=ITSELF),
                )
                if tx.metadata.update(resumed, expected=schedule.revision, node=self._node):
                    self._go_on(tx, resumed, now)

    def _go_on(self, tx: Transaction, schedule: Schedule, now: datetime) -> None:
        armed = tx.execution.armed([schedule.id]).get(schedule.id)
        row = first_due(schedule, after=now, fired=armed.fired if armed else 0)
        if row is None:
            tx.execution.finish([schedule.id])
        else:
            tx.execution.arm([row])

    def _remove(self) -> None:
        with self._store.transaction() as tx:
            ended = tx.metadata.ended(limit=SLICE)
            if ended:
                tx.metadata.remove(ended)
            old = self._clock.now() - OLD_PERMITS
            tx.permits.forget(expired_before=old)
