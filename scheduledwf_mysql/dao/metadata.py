"""Definitions over SQL, with their revisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Insert,
    Integer,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    exists,
    insert,
    select,
    update,
)

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.model.page import Page, ScheduleQuery, ScheduleView
from scheduledwf_core.model.schedule import Revision, Schedule, ScheduleState
from scheduledwf_mysql.dao.batch import Batch
from scheduledwf_mysql.dao.definitions import (
    READ_COLUMNS,
    REVISION_COLUMNS,
    SCHEDULE_COLUMNS,
    definition_text,
    log,
    readable,
    revision_row,
    schedule_row,
    tag_rows,
    to_revision,
    to_schedule,
)
from scheduledwf_mysql.dao.search import Search
from scheduledwf_mysql.dao.session import Record, Session
from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.tables import firing, revision, schedule, tag

_EXPECTED = Column("expected", Integer)
_FIND = select(*READ_COLUMNS).where(
    schedule.c.namespace == bindparam("in_namespace"), schedule.c.name == bindparam("called")
)
_PAUSES_OVER = (
    select(*READ_COLUMNS)
    .where(schedule.c.pause_until <= bindparam("now"), schedule.c.state == ScheduleState.PAUSED)
    .order_by(schedule.c.pause_until, schedule.c.id)
    .limit(bindparam("most"))
)
_ENDED = (
    select(schedule.c.id)
    .where(
        schedule.c.state == ScheduleState.COMPLETED,
        schedule.c.ephemeral,
        ~exists().where(firing.c.schedule_id == schedule.c.id, firing.c.wake_at.is_not(None)),
    )
    .limit(bindparam("most"))
)
_REVISIONS = (
    select(*REVISION_COLUMNS)
    .where(revision.c.schedule_id == bindparam("whose"))
    .order_by(revision.c.number)
)


class MetadataSql:
    """The batch statements, in the words of one database, each beside its batch."""

    def __init__(self, answers: Answers) -> None:
        self.by_row = answers.compares_rows

        self.schedules = Batch(answers, SCHEDULE_COLUMNS)
        self.create = _insert(schedule, self.schedules)
        self.changes = Batch(answers, (*SCHEDULE_COLUMNS, _EXPECTED))
        self.change = _change(self.changes)

        self.revisions = Batch(answers, REVISION_COLUMNS)
        self.add_revisions = _insert(revision, self.revisions)
        self.tags = Batch(answers, tuple(tag.c))
        self.add_tags = _insert(tag, self.tags)

        self.ids = Batch(answers, (schedule.c.id,))
        self.get = select(*READ_COLUMNS).join_from(
            self.ids.table, schedule, schedule.c.id == self.ids.c.id
        )
        self.remove = answers.delete_given(schedule, self.ids.table)
        self.owners = Batch(answers, (tag.c.schedule_id,))
        self.remove_tags = answers.delete_given(tag, self.owners.table)
        self.remove_revisions = answers.delete_given(revision, self.owners.table)

        self.names = Batch(answers, (schedule.c.namespace, schedule.c.name))
        self.names_taken = _matching(schedule, self.names, self.names)
        self.numbers = Batch(answers, (revision.c.schedule_id, revision.c.number))
        self.revisions_of = _matching(revision, self.numbers, self.revisions)


class SqlMetadataDAO:
    """Schedules by name and by id."""

    def __init__(self, session: Session, statements: MetadataSql) -> None:
        self._session = session
        self._sql = statements

    def create(self, schedules: Sequence[Schedule], *, node: int) -> None:
        written = sorted(((one, definition_text(one)) for one in schedules), key=_by_id)
        with self._session.savepoint():
            for _, given in self._sql.schedules.chunks(written, lambda pair: schedule_row(*pair)):
                self._session.write(self._sql.create, given)
            self._add_history(written, node)

    def update(self, schedule: Schedule, *, expected: int, node: int) -> bool:
        text = definition_text(schedule)
        change = (*schedule_row(schedule, text), expected)
        if not self._session.write(self._sql.change, self._sql.changes.of([change])):
            return False
        self._session.write(self._sql.remove_tags, self._sql.owners.of([(schedule.id,)]))
        self._add_history([(schedule, text)], node)
        return True

    def remove(self, schedule_ids: Collection[int]) -> int:
        count = 0
        for ids, given in self._sql.ids.chunks(sorted(schedule_ids), _only):
            count += self._session.write(self._sql.remove, given)
            owners = self._sql.owners.of([(one,) for one in ids])
            self._session.write(self._sql.remove_tags, owners)
            self._session.write(self._sql.remove_revisions, owners)
        return count

    def find(self, namespace: str, name: str) -> Schedule | None:
        row = self._session.first(_FIND, {"in_namespace": namespace, "called": name})
        return None if row is None else to_schedule(row)

    def get(self, schedule_ids: Collection[int]) -> dict[int, Schedule]:
        found: dict[int, Schedule] = {}
        for _, given in self._sql.ids.chunks(schedule_ids, _only):
            rows = self._session.all(self._sql.get, given)
            found.update((one.id, one) for _, one in readable(rows))
        return found

    def names_taken(self, names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        taken: set[tuple[str, str]] = set()
        for _, given in self._sql.names.chunks(names, tuple):
            rows = self._session.all(self._sql.names_taken, given)
            taken.update((row[0], row[1]) for row in rows)
        return taken

    def search(self, query: ScheduleQuery) -> Page[ScheduleView]:
        return Search(self._session, by_row=self._sql.by_row).page(query)

    def pauses_over(self, *, now: datetime, limit: int) -> Sequence[Schedule]:
        rows = self._session.all(_PAUSES_OVER, {"now": now, "most": limit})
        return [one for _, one in readable(rows)]

    def ended(self, *, limit: int) -> Sequence[int]:
        return [row[0] for row in self._session.all(_ENDED, {"most": limit})]

    def revisions(self, schedule_id: int) -> Sequence[Revision]:
        return _revisions(self._session.all(_REVISIONS, {"whose": schedule_id}))

    def revisions_of(self, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
        found: dict[tuple[int, int], Revision] = {}
        for _, given in self._sql.numbers.chunks(keys, tuple):
            revisions = _revisions(self._session.all(self._sql.revisions_of, given))
            found.update(((one.schedule_id, one.number), one) for one in revisions)
        return found

    def _add_history(self, written: Sequence[tuple[Schedule, str]], node: int) -> None:
        """Write the revision each schedule is in, and its tags."""
        revisions = self._sql.revisions.chunks(written, lambda pair: revision_row(*pair, node))
        for _, given in revisions:
            self._session.write(self._sql.add_revisions, given)
        tags = (row for one, _ in written for row in tag_rows(one))
        for _, given in self._sql.tags.chunks(tags, tuple):
            self._session.write(self._sql.add_tags, given)


def _insert(table: Table, rows: Batch) -> Insert:
    return insert(table).from_select([each.name for each in rows.c], select(*rows.c))


def _change(changes: Batch) -> Update:
    values = {each: changes.c[each.name] for each in SCHEDULE_COLUMNS if each is not schedule.c.id}
    return (
        update(schedule)
        .where(schedule.c.id == changes.c.id, schedule.c.revision == changes.c.expected)
        .values(values)
    )


def _matching(table: Table, keys: Batch, wanted: Batch) -> Select[Any]:
    """The columns *wanted* of the rows that agree with *keys*."""
    same = and_(*(table.c[each.name] == each for each in keys.c))
    return select(*(table.c[each.name] for each in wanted.c)).join_from(keys.table, table, same)


def _revisions(rows: Sequence[Record]) -> list[Revision]:
    """Those revisions that can be read; one that cannot harms only itself."""
    found = []
    for row in rows:
        try:
            found.append(to_revision(row))
        except InvalidValue as error:
            key = {"schedule": row[0], "number": row[1], "field": error.field}
            log.error("revision cannot be read", extra=key)
    return found


def _by_id(pair: tuple[Schedule, str]) -> int:
    return pair[0].id


def _only(schedule_id: int) -> tuple[int]:
    return (schedule_id,)
