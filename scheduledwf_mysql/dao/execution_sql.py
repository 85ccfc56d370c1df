"""The statements of the hot rows, built once for each store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    String,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from scheduledwf_core.model.firing import FiringState, Origin, Outcome
from scheduledwf_core.model.schedule import ScheduleState
from scheduledwf_mysql.dao.batch import Batch
from scheduledwf_mysql.dao.ledger import COLUMNS
from scheduledwf_mysql.dao.session import locking
from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.tables import due, firing, recall, schedule
from scheduledwf_mysql.types import ID

_KEY = (firing.c.schedule_id, firing.c.nominal_at)
_CLAIM = (*_KEY, firing.c.holder, firing.c.fence)
_RESULT = (
    firing.c.state,
    firing.c.outcome,
    firing.c.wake_at,
    firing.c.attempt,
    firing.c.started_at,
    firing.c.finished_at,
    firing.c.reason,
    firing.c.receipt,
    firing.c.attempts,
)
_EXPECTED = (Column("was_state", String(16)), Column("was_fence", ID))

_claimed = firing.c.state == FiringState.CLAIMED
_until_due = due.c.due_at <= bindparam("until")

#: Without the hints MySQL may read, and lock, more rows than it gives.
DUE = locking(
    select(*due.c)
    .with_hint(due, "FORCE INDEX (ix_due_due)", "mysql")
    .where(_until_due)
    .order_by(due.c.due_at, due.c.schedule_id)
    .limit(bindparam("most")),
    wait=False,
)
PEEK_DUE = (
    select(due.c.schedule_id)
    .where(_until_due)
    .order_by(due.c.due_at, due.c.schedule_id)
    .limit(bindparam("most"))
)
WAITING = locking(
    select(*COLUMNS)
    .with_hint(firing, "FORCE INDEX (ix_firing_wake)", "mysql")
    .where(firing.c.wake_at <= bindparam("now"))
    .order_by(firing.c.wake_at, *_KEY)
    .limit(bindparam("most")),
    wait=False,
)
HELD = (
    select(*_KEY)
    .with_hint(firing, "FORCE INDEX (ix_firing_wake)", "mysql")
    .where(firing.c.holder == bindparam("whose"), firing.c.wake_at > bindparam("now"), _claimed)
)
RECALL = (
    update(firing)
    .where(
        firing.c.schedule_id == bindparam("whose"),
        firing.c.due_at > bindparam("now"),
        firing.c.wake_at.is_not(None),
        firing.c.origin == Origin.RULE,
        firing.c.revision < bindparam("older_than"),
    )
    .values(
        state=FiringState.SETTLED,
        outcome=Outcome.CANCELLED,
        wake_at=None,
        reason=bindparam("why"),
    )
)
RECALLED = select(recall.c.schedule_id, recall.c.revision).where(
    recall.c.recalled_at >= bindparam("since")
)
ARMABLE = (
    select(schedule.c.id, schedule.c.state, due.c.schedule_id)
    .outerjoin_from(schedule, due, due.c.schedule_id == schedule.c.id)
    .where(schedule.c.id > bindparam("after"))
    .order_by(schedule.c.id)
    .limit(bindparam("most"))
)
OVERDUE = select(
    select(func.count()).where(due.c.due_at < bindparam("before")).scalar_subquery()
    + select(func.count()).where(firing.c.wake_at < bindparam("before")).scalar_subquery()
)
FAULT = (
    update(schedule)
    .where(schedule.c.id == bindparam("whose"), schedule.c.revision == bindparam("of_revision"))
    .values(state=ScheduleState.ERROR, fault=bindparam("why"))
)


class ExecutionSql:
    """The batch statements, in the words of one database, each beside its batch."""

    def __init__(self, answers: Answers) -> None:
        self.peeks = answers.peeks

        self.due_rows = Batch(answers, tuple(due.c))
        self.arm = answers.upsert(due, select(*self.due_rows.c))

        self.due_ids = Batch(answers, (due.c.schedule_id,))
        self.armed = _by_id(self.due_ids)
        self.lock_due = locking(_keyed(self.armed, due).where(_until_due), wait=False)
        self.disarm = answers.delete_given(due, self.due_ids.table)
        self.finish = _finish(self.due_ids)

        self.firings = Batch(answers, COLUMNS)
        self.insert = firing.insert().from_select(list(COLUMNS), select(*self.firings.c))
        self.take_over_cancelled = _take_over_cancelled(self.firings)

        self.keys = Batch(answers, _KEY)
        self.stored = _stored(self.keys)
        self.take = _take(self.keys)
        self.renew = _renew(self.keys)

        self.claims = Batch(answers, _CLAIM)
        self.hand_back = _hand_back(self.claims)

        self.results = Batch(answers, (*_CLAIM, *_RESULT))
        self.settle = _settle(self.results)
        self.settled = _settled(self.results)

        self.changes = Batch(answers, (*COLUMNS, *_EXPECTED))
        self.change = _change(self.changes)

        self.recalls = Batch(answers, tuple(recall.c))
        self.note_recall = answers.upsert(recall, select(*self.recalls.c))


def _by_id(ids: Batch) -> Select[Any]:
    return select(*due.c).join_from(ids.table, due, due.c.schedule_id == ids.c.schedule_id)


def _keyed(query: Select[Any], table: Table) -> Select[Any]:
    return query.prefix_with("STRAIGHT_JOIN", dialect="mysql").with_hint(
        table, "FORCE INDEX (PRIMARY)", "mysql"
    )


def _same_key(batch: Batch) -> ColumnElement[bool]:
    return and_(*(column == batch.c[column.name] for column in _KEY))


def _same_claim(batch: Batch) -> ColumnElement[bool]:
    return and_(*(column == batch.c[column.name] for column in _CLAIM))


def _finish(ids: Batch) -> Update:
    return (
        update(schedule)
        .where(schedule.c.id == ids.c.schedule_id)
        .values(state=ScheduleState.COMPLETED, fault="")
    )


def _stored(keys: Batch) -> Select[Any]:
    columns = (*_KEY, firing.c.outcome, firing.c.fence)
    return select(*columns).join_from(keys.table, firing, _same_key(keys))


def _take_over_cancelled(firings: Batch) -> Update:
    values = {each: firings.c[each.name] for each in COLUMNS if each not in _KEY}
    return (
        update(firing)
        .where(
            _same_key(firings),
            firing.c.outcome == Outcome.CANCELLED,
            firing.c.fence == firings.c.fence - 1,
        )
        .values(values)
    )


def _take(keys: Batch) -> Update:
    return (
        update(firing)
        .where(_same_key(keys))
        .values(
            state=FiringState.CLAIMED,
            holder=bindparam("whose"),
            fence=firing.c.fence + 1,
            wake_at=bindparam("until"),
        )
    )


def _renew(keys: Batch) -> Update:
    return (
        update(firing)
        .where(
            _same_key(keys),
            _claimed,
            firing.c.holder == bindparam("whose"),
            firing.c.wake_at > bindparam("now"),
        )
        .values(wake_at=bindparam("until"))
    )


def _hand_back(claims: Batch) -> Update:
    return (
        update(firing)
        .where(_same_claim(claims), _claimed)
        .values(state=FiringState.PLANNED, holder=None, wake_at=bindparam("now"))
    )


def _settle(results: Batch) -> Update:
    values = {each: results.c[each.name] for each in _RESULT}
    retried = results.c.wake_at.is_not(None)
    return (
        update(firing)
        .where(_same_claim(results), or_(_claimed, firing.c.outcome == Outcome.CANCELLED))
        .values({**values, firing.c.holder: case((retried, None), else_=firing.c.holder)})
    )


def _settled(results: Batch) -> Select[Any]:
    """The keys of results that the ledger holds already."""
    retried = results.c.wake_at.is_not(None)
    same = (each.is_not_distinct_from(results.c[each.name]) for each in _RESULT)
    return (
        select(*_KEY)
        .join_from(results.table, firing, _same_key(results))
        .where(
            *same,
            firing.c.fence == results.c.fence,
            or_(retried, firing.c.holder == results.c.holder),
        )
    )


def _change(changes: Batch) -> Update:
    values = {each: changes.c[each.name] for each in COLUMNS if each not in _KEY}
    return (
        update(firing)
        .where(
            _same_key(changes),
            firing.c.state == changes.c.was_state,
            firing.c.fence == changes.c.was_fence,
        )
        .values(values)
    )
