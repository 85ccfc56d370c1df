"""Due schedules become firings claimed by this node, and their next due time is set.

One transaction a batch: a crash at any statement leaves neither an advanced schedule without
its firing nor a firing whose schedule did not advance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduledwf_core.clock import Clock
from scheduledwf_core.config import CoreSettings
from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_core.model.rule import due_row
from scheduledwf_core.model.schedule import DueRow
from scheduledwf_core.policies.plan import Cursor, Plan
from scheduledwf_core.scheduling.process import ScheduledProcess, Task
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.telemetry import Event, Telemetry

MOST_OF_ONE = 200  # due times of one schedule in one batch, so that none crowds out the others


@dataclass(frozen=True, slots=True)
class Planned:
    """What one step claimed for this node, and whether more is waiting to be planned."""

    tasks: tuple[Task, ...]
    more: bool


@dataclass(slots=True)
class _Batch:
    """What one transaction writes."""

    now: datetime
    firings: list[Firing] = field(default_factory=list)
    recorded: int = 0
    arms: list[DueRow] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    faults: list[tuple[DueRow, str]] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)


class Planner:
    """Plans for one node."""

    def __init__(  # noqa: PLR0913 - the parts it is put together from
        self,
        *,
        node: int,
        store: Store,
        registry: ScheduledProcessRegistry,
        serves: Callable[[str], bool],
        settings: CoreSettings,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._node = node
        self._store = store
        self._registry = registry
        self._serves = serves
        self._settings = settings
        self._clock = clock
        self._telemetry = telemetry

    def step(self, *, room: int) -> Planned:
        """Plan one batch of due schedules, claiming about *room* firings at the most."""
        now, began = self._clock.now(), self._clock.monotonic()
        until = now + self._settings.horizon
        limit = min(self._settings.batch, room)
        with self._store.transaction() as tx:
            rows = tx.execution.due(until=until, limit=limit)
            if not rows:
                return Planned((), more=False)
            keys = {(row.schedule_id, row.revision) for row in rows}
            processes, faults = self._registry.processes(tx, keys)
            batch = self._batch(rows, processes, faults, now)
            claimed = self._write(tx, batch)
        outcomes = Counter(one.outcome for one in claimed if one.outcome) if batch.recorded else {}
        tasks = tuple(
            Task(firing, processes[firing.schedule_id, firing.revision])
            for firing in claimed
            if firing.state is FiringState.CLAIMED
        )
        self._tell(batch, len(tasks), outcomes, self._clock.monotonic() - began)
        advanced = any(row.due_at <= until for row in batch.arms)
        return Planned(tasks, more=len(rows) == limit or advanced)

    def _batch(
        self,
        rows: Iterable[DueRow],
        processes: dict[tuple[int, int], ScheduledProcess],
        faults: dict[tuple[int, int], InvalidSchedule],
        now: datetime,
    ) -> _Batch:
        batch = _Batch(now)
        for row in rows:
            key = row.schedule_id, row.revision
            process = processes.get(key)
            if process is not None and not self._serves(process.target):
                continue  # it waits for a node that has the target
            if process is not None:
                self._plan(row, process, batch)
            elif key in faults:
                batch.faults.append((row, str(faults[key])))
            else:
                batch.orphans.append(row.schedule_id)
        return batch

    def _plan(self, row: DueRow, process: ScheduledProcess, batch: _Batch) -> None:
        cursor = Cursor(row.nominal_at, row.fired)
        try:
            plan = self._decided(process, cursor, batch.now)
        except InvalidSchedule as error:
            batch.faults.append((row, str(error)))
            return
        self._add_firings(row, process, plan, batch)
        if plan.next is None:
            batch.finished.append(row.schedule_id)
        elif plan.next.nominal_at != row.nominal_at:
            batch.arms.append(due_row(process.schedule, plan.next))

    def _decided(self, process: ScheduledProcess, cursor: Cursor, now: datetime) -> Plan:
        if process.paused:  # it may be resumed within the horizon: only what is due is skipped
            return process.scheduler.skip(cursor, until=now, limit=MOST_OF_ONE)
        until = now + self._settings.horizon
        return process.scheduler.plan(cursor, now=now, until=until, limit=MOST_OF_ONE)

    def _add_firings(
        self, row: DueRow, process: ScheduledProcess, plan: Plan, batch: _Batch
    ) -> None:
        if process.paused:
            note = process.schedule.pause.note if process.schedule.pause else ""
            reason = note or "the schedule is paused"
            self._record(row, plan.coalesced, Outcome.SKIPPED_PAUSED, reason, batch)
            return
        within = process.schedule.definition.policies.misfire.reach
        self._record(row, plan.missed, Outcome.MISSED, _too_late(within), batch)
        self._record(row, plan.coalesced, Outcome.COALESCED, "a later due time stood for it", batch)
        wake_at = batch.now + self._settings.lease
        batch.firings += [self._firing(row, at, wake_at=wake_at) for at in plan.fire]

    def _record(
        self,
        row: DueRow,
        times: Sequence[datetime],
        outcome: Outcome,
        reason: str,
        batch: _Batch,
    ) -> None:
        batch.firings += [self._firing(row, at, outcome=outcome, reason=reason) for at in times]
        batch.recorded += len(times)

    def _firing(
        self,
        row: DueRow,
        nominal_at: datetime,
        *,
        wake_at: datetime | None = None,
        outcome: Outcome | None = None,
        reason: str = "",
    ) -> Firing:
        return Firing(
            schedule_id=row.schedule_id,
            nominal_at=nominal_at,
            due_at=nominal_at,
            revision=row.revision,
            state=FiringState.CLAIMED if outcome is None else FiringState.SETTLED,
            namespace=row.namespace,
            wake_at=wake_at,
            holder=self._node,
            outcome=outcome,
            reason=reason,
        )

    def _write(self, tx: Transaction, batch: _Batch) -> Iterable[Firing]:
        claimed = tx.execution.claim(batch.firings) if batch.firings else ()
        if batch.arms:
            tx.execution.arm(batch.arms)
        if batch.finished:
            tx.execution.finish(batch.finished)
        if batch.orphans:
            tx.execution.disarm(batch.orphans)
        for row, reason in batch.faults:
            tx.execution.fault(row.schedule_id, revision=row.revision, reason=reason)
        return claimed

    def _tell(
        self, batch: _Batch, claimed: int, outcomes: Mapping[Outcome, int], seconds: float
    ) -> None:
        self._telemetry.emit(
            Event.PLANNED,
            claimed=claimed,
            recorded=batch.recorded,
            outcomes=outcomes,
            seconds=seconds,
        )
        for row, reason in batch.faults:
            self._telemetry.emit(Event.SCHEDULE_FAULTY, schedule=row.schedule_id, reason=reason)


def _too_late(within: timedelta) -> str:
    return f"later than the {within.total_seconds():g} s its misfire policy allows"
