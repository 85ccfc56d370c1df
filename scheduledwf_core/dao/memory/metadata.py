"""Definitions in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from scheduledwf_core.dao.memory.tables import Tables
from scheduledwf_core.errors import DuplicateKey
from scheduledwf_core.model.page import Page, ScheduleQuery, ScheduleSort, ScheduleView
from scheduledwf_core.model.schedule import Revision, Schedule, ScheduleState

NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryMetadataDAO:
    """Schedules by name and by id."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._schedules = tables.schedules

    def create(self, schedules: Sequence[Schedule], *, node: int) -> None:
        taken = {_name(schedule) for schedule in self._schedules.rows.values()}
        for schedule in schedules:
            if schedule.id in self._schedules.rows or _name(schedule) in taken:
                raise DuplicateKey(schedule.label)
            taken.add(_name(schedule))
        for schedule in schedules:
            self._write(schedule, node)

    def update(self, schedule: Schedule, *, expected: int, node: int) -> bool:
        stored = self._schedules.rows.get(schedule.id)
        if stored is None or stored.revision != expected:
            return False
        if any(
            row.id != schedule.id and _name(row) == _name(schedule)
            for row in self._schedules.rows.values()
        ):
            raise DuplicateKey(schedule.label)
        self._write(schedule, node)
        return True

    def remove(self, schedule_ids: Collection[int]) -> int:
        wanted = set(schedule_ids)
        for key in [key for key in self._tables.revisions.rows if key[0] in wanted]:
            self._tables.revisions.drop(key)
        return sum(self._schedules.drop(schedule_id) for schedule_id in wanted)

    def find(self, namespace: str, name: str) -> Schedule | None:
        rows = self._schedules.rows.values()
        return next((row for row in rows if _name(row) == (namespace, name)), None)

    def get(self, schedule_ids: Collection[int]) -> dict[int, Schedule]:
        rows = self._schedules.rows
        return {key: rows[key] for key in schedule_ids if key in rows}

    def names_taken(self, names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        return {_name(row) for row in self._schedules.rows.values()} & set(names)

    def search(self, query: ScheduleQuery) -> Page[ScheduleView]:
        views = [self._view(row) for row in self._schedules.rows.values()]
        found = sorted(
            (view for view in views if _matches(view, query)),
            key=lambda view: _order(view, query.sort),
        )
        if query.after is not None:
            found = [view for view in found if _order(view, query.sort) > query.after]
        page = found[: query.limit]
        more = len(found) > len(page)
        return Page(tuple(page), _order(page[-1], query.sort) if more else None)

    def pauses_over(self, *, now: datetime, limit: int) -> Sequence[Schedule]:
        return [row for row in self._schedules.rows.values() if _pause_over(row, now)][:limit]

    def ended(self, *, limit: int) -> Sequence[int]:
        busy = {row.schedule_id for row in self._tables.firings.rows.values() if row.wake_at}
        return [
            row.id
            for row in self._schedules.rows.values()
            if row.state is ScheduleState.COMPLETED
            and row.definition.policies.delete_after_completion
            and row.id not in busy
        ][:limit]

    def revisions(self, schedule_id: int) -> Sequence[Revision]:
        rows = self._tables.revisions.rows.items()
        return [row for key, row in sorted(rows) if key[0] == schedule_id]

    def revisions_of(self, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
        rows = self._tables.revisions.rows
        return {key: rows[key] for key in keys if key in rows}

    def _write(self, schedule: Schedule, node: int) -> None:
        self._schedules.put(schedule.id, schedule)
        revision = Revision(
            schedule_id=schedule.id,
            number=schedule.revision,
            definition=schedule.definition,
            state=schedule.state,
            stamp=schedule.updated,
            node=node,
        )
        self._tables.revisions.put((schedule.id, schedule.revision), revision)

    def _view(self, schedule: Schedule) -> ScheduleView:
        due = self._tables.due.rows.get(schedule.id)
        return ScheduleView(
            schedule=schedule,
            next_nominal=due.nominal_at if due else None,
            next_due=due.due_at if due else None,
        )


def _name(schedule: Schedule) -> tuple[str, str]:
    return schedule.definition.namespace, schedule.definition.name


def _pause_over(schedule: Schedule, now: datetime) -> bool:
    until = schedule.pause.until if schedule.pause else None
    return schedule.state is ScheduleState.PAUSED and until is not None and until <= now


def _order(view: ScheduleView, sort: ScheduleSort) -> tuple[object, ...]:
    schedule = view.schedule
    if sort is ScheduleSort.NEXT_DUE:
        return (view.next_due or NEVER, schedule.id)
    if sort is ScheduleSort.UPDATED:
        return (schedule.updated.at, schedule.id)
    return (*_name(schedule), schedule.id)


def _matches(view: ScheduleView, query: ScheduleQuery) -> bool:
    schedule, definition = view.schedule, view.schedule.definition
    needle = (query.text or "").casefold()
    checks = (
        query.namespace in (None, definition.namespace),
        query.state in (None, schedule.state),
        query.target in (None, definition.target.kind),
        query.tags.items() <= definition.tags.items(),
        needle in definition.name.casefold() or needle in definition.description.casefold(),
        query.due_before is None or (view.next_due or NEVER) < query.due_before,
    )
    return all(checks)
