"""Due times and firings over SQL: a batch is a handful of statements, however long it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from scheduledwf_core.errors import DuplicateKey, StoreUnavailable
from scheduledwf_core.model.firing import Firing, FiringState, Outcome, Settlement
from scheduledwf_core.model.schedule import DueRow, Schedule, ScheduleState
from scheduledwf_mysql.dao import execution_sql as sql
from scheduledwf_mysql.dao.execution_sql import ExecutionSql
from scheduledwf_mysql.dao.ledger import attempt_columns, to_firing, to_row
from scheduledwf_mysql.dao.session import Parameters, Session
from scheduledwf_mysql.types import document_text

_TRIES = 3
_ARMED = (ScheduleState.ACTIVE, ScheduleState.PAUSED)


class SqlExecutionDAO:
    """The hot rows."""

    def __init__(self, session: Session, statements: ExecutionSql) -> None:
        self._session = session
        self._sql = statements

    def arm(self, rows: Sequence[DueRow]) -> None:
        ordered = sorted(rows, key=_schedule_id)  # one order for all: nobody deadlocks
        for _, given in self._sql.due_rows.chunks(ordered, _due_values):
            self._session.write(self._sql.arm, given)

    def disarm(self, schedule_ids: Collection[int]) -> None:
        for _, given in self._sql.due_ids.chunks(sorted(schedule_ids), _only):
            self._session.write(self._sql.disarm, given)

    def due(self, *, until: datetime, limit: int) -> Sequence[DueRow]:
        bounds = {"until": until, "most": limit}
        if self._sql.peeks:
            seen = self._session.all(sql.PEEK_DUE, bounds)
            mine = self._lock_due([row[0] for row in seen], until)
            if len(mine) == len(seen):
                return mine
        return [DueRow(*row) for row in self._session.all(sql.DUE, bounds)]

    def armed(self, schedule_ids: Collection[int]) -> dict[int, DueRow]:
        found: dict[int, DueRow] = {}
        for _, given in self._sql.due_ids.chunks(schedule_ids, _only):
            rows = self._session.all(self._sql.armed, given)
            found.update((row[0], DueRow(*row)) for row in rows)
        return found

    def claim(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        mine: dict[tuple[int, datetime], Firing] = {}
        for chunk, given in self._sql.firings.chunks(sorted(firings, key=_key), to_row):
            claimed = chunk if self._insert(given) else self._claim_around(chunk)
            mine.update((_key(one), one) for one in claimed)
        return [mine.pop(key) for key in map(_key, firings) if key in mine]

    def take(self, *, holder: int, now: datetime, until: datetime, limit: int) -> Sequence[Firing]:
        waiting = [
            to_firing(row) for row in self._session.all(sql.WAITING, {"now": now, "most": limit})
        ]
        lease = {"whose": holder, "until": until}
        for _, given in self._sql.keys.chunks(waiting, _key):
            self._session.write(self._sql.take, {**given, **lease})
        return [
            replace(
                one, state=FiringState.CLAIMED, holder=holder, fence=one.fence + 1, wake_at=until
            )
            for one in waiting
        ]

    def renew(self, *, holder: int, now: datetime, until: datetime) -> int:
        # the rows are found without a lock, for the index leads past those of other nodes
        lease = {"whose": holder, "now": now}
        held = sorted((row[0], row[1]) for row in self._session.all(sql.HELD, lease))
        count = 0
        for _, given in self._sql.keys.chunks(held, tuple):
            count += self._session.write(self._sql.renew, {**given, **lease, "until": until})
        return count

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[Settlement]:
        refused: list[Settlement] = []
        ordered = sorted(settlements, key=lambda one: _key(one.firing))
        for chunk, given in self._sql.results.chunks(ordered, _result):
            if self._session.write(self._sql.settle, given) < len(chunk):
                refused += self._refused(chunk, given)
        return refused

    def hand_back(self, firings: Sequence[Firing], *, now: datetime) -> None:
        for _, given in self._sql.claims.chunks(sorted(firings, key=_key), _claim):
            self._session.write(self._sql.hand_back, {**given, "now": now})

    def recall(self, schedule: Schedule, *, now: datetime, reason: str) -> int:
        which = {"whose": schedule.id, "now": now, "older_than": schedule.revision}
        count = self._session.write(sql.RECALL, {**which, "why": reason})
        if count:
            note = (schedule.id, schedule.revision, now)
            self._session.write(self._sql.note_recall, self._sql.recalls.of([note]))
        return count

    def recalled(self, *, since: datetime) -> dict[int, int]:
        rows = self._session.all(sql.RECALLED, {"since": since})
        return {row[0]: row[1] for row in rows}

    def update(self, firing: Firing, *, expected: Firing) -> bool:
        change = (*to_row(firing), expected.state, expected.fence)
        return self._session.write(self._sql.change, self._sql.changes.of([change])) == 1

    def unarmed(self, *, after: int, limit: int) -> tuple[Sequence[int], int | None]:
        rows = self._session.all(sql.ARMABLE, {"after": after, "most": limit + 1})
        seen = rows[:limit]
        found = [row[0] for row in seen if row[1] in _ARMED and row[2] is None]
        return found, seen[-1][0] if len(rows) > limit else None

    def overdue(self, *, before: datetime) -> int:
        return self._session.count(sql.OVERDUE, {"before": before})

    def finish(self, schedule_ids: Collection[int]) -> None:
        for _, given in self._sql.due_ids.chunks(sorted(schedule_ids), _only):
            self._session.write(self._sql.finish, given)
            self._session.write(self._sql.disarm, given)

    def fault(self, schedule_id: int, *, revision: int, reason: str) -> None:
        which = {"whose": schedule_id, "of_revision": revision}
        if self._session.write(sql.FAULT, {**which, "why": reason}):
            self.disarm([schedule_id])

    def _lock_due(self, schedule_ids: Sequence[int], until: datetime) -> Sequence[DueRow]:
        rows: list[DueRow] = []
        for _, given in self._sql.due_ids.chunks(schedule_ids, _only):
            locked = self._session.all(self._sql.lock_due, {**given, "until": until})
            rows += [DueRow(*row) for row in locked]
        return sorted(rows, key=_due_order)

    def _insert(self, given: Parameters) -> bool:
        """Whether the rows were written; none of them was if one was there already."""
        try:
            self._session.write(self._sql.insert, given)
        except DuplicateKey:
            return False
        return True

    def _claim_around(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """Claim those of *firings* that are not in the ledger, or are cancelled there."""
        wanted = {_key(one): one for one in reversed(firings)}  # of equal ones the first
        for _ in range(_TRIES):
            rows = self._session.all(self._sql.stored, self._sql.keys.of(list(wanted)))
            stored = {(row[0], row[1]): row for row in rows}
            new = [one for key, one in wanted.items() if key not in stored]
            if self._insert(self._sql.firings.of([to_row(one) for one in new])):
                break
        else:
            raise StoreUnavailable("others claim the same firings; try again")
        cancelled = [
            replace(wanted[key], fence=row[3] + 1)
            for key, row in stored.items()
            if row[2] == Outcome.CANCELLED
        ]
        return [*new, *filter(self._take_over, cancelled)]

    def _take_over(self, firing: Firing) -> bool:
        given = self._sql.firings.of([to_row(firing)])
        return self._session.write(self._sql.take_over_cancelled, given) == 1

    def _refused(
        self, settlements: Sequence[Settlement], given: Parameters
    ) -> Sequence[Settlement]:
        rows = self._session.all(self._sql.settled, given)
        written = {(row[0], row[1]) for row in rows}
        return [one for one in settlements if _key(one.firing) not in written]


def _key(firing: Firing) -> tuple[int, datetime]:
    return firing.schedule_id, firing.nominal_at


def _claim(firing: Firing) -> tuple[object, ...]:
    return firing.schedule_id, firing.nominal_at, firing.holder, firing.fence


def _only(schedule_id: int) -> tuple[int]:
    return (schedule_id,)


def _schedule_id(row: DueRow) -> int:
    return row.schedule_id


def _due_order(row: DueRow) -> tuple[datetime, int]:
    return row.due_at, row.schedule_id


def _due_values(row: DueRow) -> tuple[object, ...]:
    return row.schedule_id, row.namespace, row.revision, row.nominal_at, row.due_at, row.fired


def _result(one: Settlement) -> tuple[object, ...]:
    firing = one.firing
    retried = one.retry_at is not None
    started, finished, attempts = attempt_columns(
        (*firing.attempts, one.attempt),
        holder=None if retried else firing.holder,
        attempt=one.attempt.number,
    )
    return (
        *_claim(firing),
        FiringState.PLANNED if retried else FiringState.SETTLED,
        one.outcome,
        one.retry_at,
        one.attempt.number,
        started,
        finished,
        one.reason,
        document_text(one.receipt),
        attempts,
    )
