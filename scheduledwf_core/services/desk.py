"""What the services share: the store, the clock, and how a change of a schedule is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scheduledwf_core.clock import Clock
from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.errors import NotFound, StaleRevision
from scheduledwf_core.identity import IdSource
from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_core.model.rule import first_due, rule_of
from scheduledwf_core.model.schedule import DueRow, Schedule, ScheduleState
from scheduledwf_core.policies.plan import Cursor, plan, skip
from scheduledwf_core.targets.base import Target

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a service works."""

    store: Store
    clock: Clock
    ids: IdSource
    targets: Mapping[str, Target]
    node: int
    nudge: Callable[[], None]
    """Tells the node's own manager that something may be due at once."""


def find(tx: Transaction, namespace: str, name: str) -> Schedule:
    """The schedule of that name; raises NotFound."""
    schedule = tx.metadata.find(namespace, name)
    if schedule is None:
        raise NotFound("schedule", f"{namespace}/{name}")
    return schedule


def change(
    tx: Transaction, before: Schedule, after: Schedule, *, now: datetime, node: int, reason: str
) -> Schedule:
    """Write *after* as the next revision of *before*, and set its due times right.

    What was due until *now* ends as the old definition says; what this or another node holds
    of the future is recalled; the new definition begins with its first due time later than
    *now*, so nothing fires at the edit and nothing after it is lost.
    Raises StaleRevision if somebody else was faster.
    """
    row = tx.execution.armed([before.id]).get(before.id)
    after = replace(after, revision=before.revision + 1)
    if not tx.metadata.update(after, expected=before.revision, node=node):
        raise StaleRevision(before.label, before.revision, before.revision + 1)
    fired = _close_books(tx, before, row, now) if row else 0
    fired -= tx.execution.recall(after, now=now, reason=reason)
    _arm(tx, after, now, max(fired, 0))
    return after


def _arm(tx: Transaction, schedule: Schedule, now: datetime, fired: int) -> None:
    if schedule.state not in (ScheduleState.ACTIVE, ScheduleState.PAUSED):
        tx.execution.disarm([schedule.id])
        return
    row = first_due(schedule, after=now, fired=fired)
    if row is None:
        tx.execution.finish([schedule.id])
    else:
        tx.execution.arm([row])


def _close_books(tx: Transaction, schedule: Schedule, row: DueRow, now: datetime) -> int:
    """Give every due time up to *now* that nobody planned yet its place in the ledger."""
    rule = rule_of(schedule.definition)
    paused = schedule.state is ScheduleState.PAUSED
    cursor: Cursor | None = Cursor(row.nominal_at, row.fired)
    fired = row.fired
    while cursor is not None and cursor.nominal_at <= now:
        if paused:
            done = skip(rule, cursor, until=now, limit=AT_ONCE)
        else:
            done = plan(rule, cursor, now=now, until=now, limit=AT_ONCE)
        passed_over = Outcome.SKIPPED_PAUSED if paused else Outcome.COALESCED
        firings = [_late(schedule, at, None, now) for at in done.fire]
        firings += [_late(schedule, at, Outcome.MISSED, now) for at in done.missed]
        firings += [_late(schedule, at, passed_over, now) for at in done.coalesced]
        tx.execution.claim(firings)
        fired += len(done.fire)
        cursor = done.next
    return fired


def _late(schedule: Schedule, at: datetime, outcome: Outcome | None, now: datetime) -> Firing:
    """A due time found late: settled with *outcome*, or for any node to fire at once."""
    return Firing(
        schedule_id=schedule.id,
        nominal_at=at,
        due_at=at,
        revision=schedule.revision,
        state=FiringState.PLANNED if outcome is None else FiringState.SETTLED,
        namespace=schedule.definition.namespace,
        wake_at=now if outcome is None else None,
        outcome=outcome,
        reason="" if outcome is None else "found when the schedule was changed",
    )
