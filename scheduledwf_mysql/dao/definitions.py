"""Schedules and revisions as rows, and back."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.model.document import definition_from_json, definition_to_json
from scheduledwf_core.model.schedule import Pause, Revision, Schedule, ScheduleState, Stamp
from scheduledwf_mysql.dao.session import Record
from scheduledwf_mysql.tables import revision, schedule
from scheduledwf_mysql.types import compact

log = logging.getLogger(__name__)

#: The order of the columns in every row that is written …
SCHEDULE_COLUMNS = tuple(schedule.c)
REVISION_COLUMNS = tuple(revision.c)
#: … and read.
READ_COLUMNS = tuple(
    schedule.c[name]
    for name in (
        *("id", "definition", "state", "revision"),
        *("created_at", "created_by", "updated_at", "updated_by"),
        *("paused_at", "paused_by", "pause_note", "pause_until", "fault"),
    )
)


def definition_text(one: Schedule) -> str:
    """The definition as the store keeps it."""
    return compact(definition_to_json(one.definition))


def schedule_row(one: Schedule, text: str) -> tuple[object, ...]:
    """*one*, whose definition is *text*, in the order of SCHEDULE_COLUMNS."""
    definition, pause = one.definition, one.pause
    return (
        one.id,
        definition.namespace,
        definition.name,
        text,
        f"{definition.name}\n{definition.description}".casefold(),
        definition.target.kind,
        int(definition.policies.delete_after_completion),
        one.state,
        one.revision,
        one.created.at,
        one.created.by,
        one.updated.at,
        one.updated.by,
        *((pause.at, pause.by, pause.note, pause.until) if pause else (None,) * 4),
        one.fault,
    )


def revision_row(one: Schedule, text: str, node: int) -> tuple[object, ...]:
    """The revision that *one* is in, in the order of REVISION_COLUMNS."""
    return one.id, one.revision, text, one.state, one.updated.at, one.updated.by, node


def tag_rows(one: Schedule) -> Iterable[tuple[object, ...]]:
    return ((one.id, key, value) for key, value in one.definition.tags.items())


def to_schedule(row: Record) -> Schedule:
    """The schedule that a row of READ_COLUMNS holds; raises InvalidSchedule if a newer version
    wrote what this one cannot read."""
    pause = Pause(at=row[8], by=row[9], note=row[10], until=row[11]) if row[8] else None
    return Schedule(
        id=row[0],
        definition=definition_from_json(row[1]),
        state=ScheduleState(row[2]),
        revision=row[3],
        created=Stamp(at=row[4], by=row[5]),
        updated=Stamp(at=row[6], by=row[7]),
        pause=pause,
        fault=row[12],
    )


def to_revision(row: Record) -> Revision:
    """The revision that a row of REVISION_COLUMNS holds."""
    return Revision(
        schedule_id=row[0],
        number=row[1],
        definition=definition_from_json(row[2]),
        state=ScheduleState(row[3]),
        stamp=Stamp(at=row[4], by=row[5]),
        node=row[6],
    )


def readable(rows: Iterable[Record]) -> list[tuple[Record, Schedule]]:
    """Each row with its schedule; one that cannot be read is left out, so that it harms only
    itself."""
    found = []
    for row in rows:
        try:
            found.append((row, to_schedule(row)))
        except InvalidValue as error:
            log.error("schedule cannot be read", extra={"id": row[0], "field": error.field})
    return found
