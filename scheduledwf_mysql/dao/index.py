"""History over SQL: firings, nodes, totals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select, type_coerce

from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_core.model.node import ManagerInfo, Role
from scheduledwf_core.model.page import FiringQuery, Page, Stats
from scheduledwf_mysql.dao.batch import Batch
from scheduledwf_mysql.dao.keyset import beyond
from scheduledwf_mysql.dao.ledger import COLUMNS, to_firing
from scheduledwf_mysql.dao.session import Session
from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.tables import due, firing, node, schedule
from scheduledwf_mysql.types import LONG_TEXT, compact

_ORDER = (firing.c.due_at, firing.c.schedule_id, firing.c.nominal_at)

_ONE = select(*COLUMNS).where(
    firing.c.schedule_id == bindparam("whose"), firing.c.nominal_at == bindparam("nominal")
)
_MANAGERS = select(*node.c).order_by(node.c.id)
_SCHEDULES = select(schedule.c.state, func.count()).group_by(schedule.c.state)
_OUTCOMES = (
    select(firing.c.outcome, func.count())
    .where(firing.c.outcome.in_(list(Outcome)), firing.c.due_at >= bindparam("since"))
    .group_by(firing.c.outcome)
)
_UNSETTLED = select(func.count()).where(firing.c.wake_at.is_not(None))
_LATE = select(func.count()).where(due.c.due_at < bindparam("now"))


class IndexSql:
    """The batch statements, in the words of one database."""

    def __init__(self, answers: Answers) -> None:
        self.by_row = answers.compares_rows

        self.managers = Batch(answers, tuple(node.c))
        self.write_manager = answers.upsert(node, select(*self.managers.c))

        self.ids = Batch(answers, (firing.c.schedule_id,))
        of_one = (
            select(firing.c.nominal_at)
            .with_hint(firing, "FORCE INDEX (PRIMARY)", "mysql")  # it begins where it ends
            .where(firing.c.schedule_id == self.ids.c.schedule_id)
            .correlate(self.ids.table)
            .order_by(firing.c.schedule_id.desc(), firing.c.nominal_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        last = select(self.ids.c.schedule_id, of_one.label("nominal_at")).subquery("last")
        same = and_(
            firing.c.schedule_id == last.c.schedule_id, firing.c.nominal_at == last.c.nominal_at
        )
        self.latest = select(*COLUMNS).join_from(last, firing, same)


class SqlIndexDAO:
    """What was and is."""

    def __init__(self, session: Session, statements: IndexSql) -> None:
        self._session = session
        self._sql = statements

    def firing(self, schedule_id: int, nominal_at: datetime) -> Firing | None:
        row = self._session.first(_ONE, {"whose": schedule_id, "nominal": nominal_at})
        return None if row is None else to_firing(row)

    def firings(self, query: FiringQuery) -> Page[Firing]:
        filters = _filters(query)
        if query.after is not None:
            by_row = self._sql.by_row
            filters.append(beyond(_ORDER, query.after, by_row=by_row, descending=True))
        newest_first = (column.desc() for column in _ORDER)
        some = select(*COLUMNS).where(*filters).order_by(*newest_first)
        rows = self._session.all(some.limit(query.limit + 1))
        page = tuple(to_firing(row) for row in rows[: query.limit])
        more = len(rows) > len(page)
        return Page(page, _place(page[-1]) if more else None)

    def latest(self, schedule_ids: Collection[int]) -> dict[int, Firing]:
        found: dict[int, Firing] = {}
        for _, given in self._sql.ids.chunks(set(schedule_ids), lambda one: (one,)):
            rows = self._session.all(self._sql.latest, given)
            found.update((row[0], to_firing(row)) for row in rows)
        return found

    def write_manager(self, manager: ManagerInfo) -> None:
        row = (
            manager.id,
            manager.address,
            manager.role,
            manager.version,
            manager.started_at,
            manager.heartbeat_at,
            manager.stopped_at,
        )
        self._session.write(self._sql.write_manager, self._sql.managers.of([row]))

    def managers(self) -> Sequence[ManagerInfo]:
        return [
            ManagerInfo(
                id=row[0],
                address=row[1],
                role=Role(row[2]),
                version=row[3],
                started_at=row[4],
                heartbeat_at=row[5],
                stopped_at=row[6],
            )
            for row in self._session.all(_MANAGERS)
        ]

    def stats(self, *, now: datetime, since: datetime) -> Stats:
        schedules = self._session.all(_SCHEDULES)
        outcomes = self._session.all(_OUTCOMES, {"since": since})
        return Stats(
            schedules={row[0]: row[1] for row in schedules},
            firings={row[0]: row[1] for row in outcomes},
            unsettled=self._session.count(_UNSETTLED),
            overdue=self._session.count(_LATE, {"now": now}),
        )


def _place(one: Firing) -> tuple[object, ...]:
    return one.due_at, one.schedule_id, one.nominal_at


def _filters(query: FiringQuery) -> list[ColumnElement[bool]]:
    equal = (
        (firing.c.namespace, query.namespace),
        (firing.c.schedule_id, query.schedule_id),
        (firing.c.state, query.state),
        (firing.c.holder, query.node),
    )
    filters = [column == value for column, value in equal if value is not None]
    if query.outcomes:
        filters.append(firing.c.outcome.in_(sorted(query.outcomes)))
    if query.since is not None:
        filters.append(firing.c.due_at >= query.since)
    if query.until is not None:
        filters.append(firing.c.due_at < query.until)
    if query.receipt is not None:
        # the colon makes it a value: inside of one, a quote would stand behind a backslash
        text = type_coerce(firing.c.receipt, LONG_TEXT)
        filters.append(func.instr(text, f":{compact(query.receipt)}") > 0)
    if query.state not in (None, FiringState.SETTLED):
        filters.append(firing.c.wake_at.is_not(None))  # so it is, and an index knows the few
    return filters
