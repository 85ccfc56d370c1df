"""Due times and firings in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from scheduledwf_core.dao.memory.tables import Tables
from scheduledwf_core.model.firing import Firing, FiringState, Origin, Outcome, Settlement
from scheduledwf_core.model.schedule import DueRow, Schedule, ScheduleState

ARMED_STATES = frozenset({ScheduleState.ACTIVE, ScheduleState.PAUSED})


class MemoryExecutionDAO:
    """The hot rows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._due = tables.due
        self._firings = tables.firings

    def arm(self, rows: Sequence[DueRow]) -> None:
        for row in rows:
            self._due.put(row.schedule_id, row)

    def disarm(self, schedule_ids: Collection[int]) -> None:
        for schedule_id in schedule_ids:
            self._due.drop(schedule_id)

    def due(self, *, until: datetime, limit: int) -> Sequence[DueRow]:
        rows = [row for row in self._due.rows.values() if row.due_at <= until]
        return sorted(rows, key=lambda row: (row.due_at, row.schedule_id))[:limit]

    def armed(self, schedule_ids: Collection[int]) -> dict[int, DueRow]:
        rows = self._due.rows
        return {key: rows[key] for key in schedule_ids if key in rows}

    def claim(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        mine = []
        for firing in firings:
            stored = self._firings.rows.get((firing.schedule_id, firing.nominal_at))
            if stored is not None and stored.outcome is not Outcome.CANCELLED:
                continue
            new = firing if stored is None else replace(firing, fence=stored.fence + 1)
            self._put(new)
            mine.append(new)
        return mine

    def take(self, *, holder: int, now: datetime, until: datetime, limit: int) -> Sequence[Firing]:
        waiting = [row for row in self._firings.rows.values() if row.wake_at and row.wake_at <= now]
        waiting.sort(key=lambda row: (row.wake_at or now, row.schedule_id))
        taken = [
            replace(
                row, state=FiringState.CLAIMED, holder=holder, fence=row.fence + 1, wake_at=until
            )
            for row in waiting[:limit]
        ]
        for row in taken:
            self._put(row)
        return taken

    def renew(self, *, holder: int, now: datetime, until: datetime) -> int:
        mine = [
            row
            for row in self._firings.rows.values()
            if row.state is FiringState.CLAIMED
            and row.holder == holder
            and row.wake_at
            and row.wake_at > now
        ]
        for row in mine:
            self._put(replace(row, wake_at=until))
        return len(mine)

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[Settlement]:
        return [one for one in settlements if not self._settle(one)]

    def hand_back(self, firings: Sequence[Firing], *, now: datetime) -> None:
        for firing in firings:
            stored = self._holds(firing)
            if stored is not None and stored.state is FiringState.CLAIMED:
                self._put(replace(stored, state=FiringState.PLANNED, holder=None, wake_at=now))

    def recall(self, schedule: Schedule, *, now: datetime, reason: str) -> int:
        ahead = [
            row
            for row in self._firings.rows.values()
            if row.schedule_id == schedule.id
            and row.due_at > now
            and row.wake_at is not None
            and row.origin is Origin.RULE
            and row.revision < schedule.revision
        ]
        for row in ahead:
            self._put(
                replace(
                    row,
                    state=FiringState.SETTLED,
                    outcome=Outcome.CANCELLED,
                    wake_at=None,
                    reason=reason,
                )
            )
        if ahead:
            self._tables.recalls.put(schedule.id, (now, schedule.revision))
        return len(ahead)

    def recalled(self, *, since: datetime) -> dict[int, int]:
        rows = self._tables.recalls.rows.items()
        return {schedule_id: revision for schedule_id, (at, revision) in rows if at >= since}

    def update(self, firing: Firing, *, expected: Firing) -> bool:
        stored = self._firings.rows.get((firing.schedule_id, firing.nominal_at))
        if stored is None or (stored.state, stored.fence) != (expected.state, expected.fence):
            return False
        self._put(firing)
        return True

    def unarmed(self, *, after: int, limit: int) -> tuple[Sequence[int], int | None]:
        ids = sorted(key for key in self._tables.schedules.rows if key > after)
        seen = ids[:limit]
        rows = self._tables.schedules.rows
        found = [
            key for key in seen if rows[key].state in ARMED_STATES and key not in self._due.rows
        ]
        return found, seen[-1] if len(ids) > len(seen) else None

    def overdue(self, *, before: datetime) -> int:
        due = sum(row.due_at < before for row in self._due.rows.values())
        firings = self._firings.rows.values()
        return due + sum(row.wake_at is not None and row.wake_at < before for row in firings)

    def finish(self, schedule_ids: Collection[int]) -> None:
        for schedule_id in schedule_ids:
            self._change(schedule_id, ScheduleState.COMPLETED, "")

    def fault(self, schedule_id: int, *, revision: int, reason: str) -> None:
        stored = self._tables.schedules.rows.get(schedule_id)
        if stored is not None and stored.revision == revision:
            self._change(schedule_id, ScheduleState.ERROR, reason)

    def _change(self, schedule_id: int, state: ScheduleState, fault: str) -> None:
        self._due.drop(schedule_id)
        stored = self._tables.schedules.rows.get(schedule_id)
        if stored is not None:
            self._tables.schedules.put(schedule_id, replace(stored, state=state, fault=fault))

    def _settle(self, settlement: Settlement) -> bool:
        stored = self._holds(settlement.firing)
        if stored is None or not _may_settle(stored):
            return self._is_written(settlement)
        retry = settlement.retry_at is not None
        self._put(
            replace(
                stored,
                state=FiringState.PLANNED if retry else FiringState.SETTLED,
                outcome=settlement.outcome,
                reason=settlement.reason,
                wake_at=settlement.retry_at,
                holder=None if retry else stored.holder,
                attempt=settlement.attempt.number,
                attempts=(*stored.attempts, settlement.attempt),
                receipt=settlement.receipt,
            )
        )
        return True

    def _is_written(self, settlement: Settlement) -> bool:
        one = settlement.firing
        stored = self._firings.rows.get((one.schedule_id, one.nominal_at))
        return stored is not None and (
            stored.fence == one.fence
            and stored.outcome is settlement.outcome
            and stored.wake_at == settlement.retry_at
            and stored.attempts[-1:] == (settlement.attempt,)
        )

    def _holds(self, firing: Firing) -> Firing | None:
        stored = self._firings.rows.get((firing.schedule_id, firing.nominal_at))
        same = stored is not None and (stored.holder, stored.fence) == (firing.holder, firing.fence)
        return stored if same else None

    def _put(self, firing: Firing) -> None:
        self._firings.put((firing.schedule_id, firing.nominal_at), firing)


def _may_settle(stored: Firing) -> bool:
    return stored.state is FiringState.CLAIMED or stored.outcome is Outcome.CANCELLED
