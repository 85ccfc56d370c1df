"""One page of schedules, in any of the orders there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from scheduledwf_core.model.page import Page, ScheduleQuery, ScheduleSort, ScheduleView
from scheduledwf_mysql.dao.definitions import READ_COLUMNS, readable
from scheduledwf_mysql.dao.keyset import Keys, beyond
from scheduledwf_mysql.dao.session import Record, Session
from scheduledwf_mysql.tables import due, schedule, tag

Filters = list[ColumnElement[bool]]

#: Where a schedule without a due time stands in the order of due times.
NEVER = datetime.max.replace(tzinfo=UTC)

_VIEW = (*READ_COLUMNS, schedule.c.namespace, schedule.c.name, due.c.nominal_at, due.c.due_at)
_WITH_DUE = select(*_VIEW).join_from(due, schedule, due.c.schedule_id == schedule.c.id)
_WITH_OR_WITHOUT = select(*_VIEW).outerjoin_from(schedule, due, due.c.schedule_id == schedule.c.id)
_NAMESPACE = len(READ_COLUMNS)
_NOMINAL_AT = _NAMESPACE + 2
_DUE_AT = _NAMESPACE + 3
_UPDATED_AT = READ_COLUMNS.index(schedule.c.updated_at)

_NAME_ORDER = (schedule.c.namespace, schedule.c.name)  # unique: the id has nothing to decide
_UPDATE_ORDER = (schedule.c.updated_at, schedule.c.id)
_DUE_ORDER = (due.c.due_at, due.c.schedule_id)


class Search:
    """What the port's ``search`` promises, on one database."""

    def __init__(self, session: Session, *, by_row: bool) -> None:
        self._session = session
        self._by_row = by_row

    def page(self, query: ScheduleQuery) -> Page[ScheduleView]:
        rows = self._rows(query)
        page = rows[: query.limit]
        more = len(rows) > len(page)
        views = tuple(
            ScheduleView(schedule=one, next_nominal=row[_NOMINAL_AT], next_due=row[_DUE_AT])
            for row, one in readable(page)
        )
        return Page(views, _place(page[-1], query.sort) if more else None)

    def _rows(self, query: ScheduleQuery) -> Sequence[Record]:
        """One row more than asked for, if there is one."""
        filters = _filters(query)
        if query.sort is ScheduleSort.NEXT_DUE:
            return self._by_due(query, filters)
        keys = _NAME_ORDER if query.sort is ScheduleSort.NAME else _UPDATE_ORDER
        return self._some(_WITH_OR_WITHOUT, keys, filters, query.after, query.limit + 1)

    def _by_due(self, query: ScheduleQuery, filters: Filters) -> Sequence[Record]:
        wanted = query.limit + 1
        rows: list[Record] = []
        after = query.after
        if after is None or after[0] != NEVER:
            rows += self._some(_WITH_DUE, _DUE_ORDER, filters, after, wanted)
            after = None
        if len(rows) < wanted:
            without = [*filters, due.c.schedule_id.is_(None)]
            last = None if after is None else after[1:]
            rest = wanted - len(rows)
            rows += self._some(_WITH_OR_WITHOUT, (schedule.c.id,), without, last, rest)
        return rows

    def _some(
        self,
        view: Select[Any],
        keys: Keys,
        filters: Filters,
        after: tuple[object, ...] | None,
        limit: int,
    ) -> Sequence[Record]:
        if after is not None:
            filters = [*filters, beyond(keys, after, by_row=self._by_row)]
        return self._session.all(view.where(*filters).order_by(*keys).limit(limit))


def _place(row: Record, sort: ScheduleSort) -> tuple[object, ...]:
    if sort is ScheduleSort.NEXT_DUE:
        return (row[_DUE_AT] or NEVER, row[0])
    if sort is ScheduleSort.UPDATED:
        return (row[_UPDATED_AT], row[0])
    return (row[_NAMESPACE], row[_NAMESPACE + 1])


def _filters(query: ScheduleQuery) -> Filters:
    filters: Filters = []
    if query.namespace is not None:
        filters.append(schedule.c.namespace == query.namespace)
    if query.state is not None:
        filters.append(schedule.c.state == query.state)
    if query.target is not None:
        filters.append(schedule.c.target == query.target)
    if query.text:
        filters.append(schedule.c.searchable.contains(query.text.casefold(), autoescape=True))
    if query.due_before is not None:
        filters.append(due.c.due_at < query.due_before)
    for key, value in query.tags.items():
        tagged = select(tag.c.schedule_id).where(tag.c.key == key, tag.c.value == value)
        filters.append(schedule.c.id.in_(tagged))
    return filters
