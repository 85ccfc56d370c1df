"""What a column gives back is what it was given, or an error was raised."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from scheduledwf_core.errors import StoreError
from scheduledwf_core.model.page import ScheduleQuery
from scheduledwf_core.testing.contract.samples import NODE, NOON, do, due_row, firing, schedule
from scheduledwf_mysql.store import SqlStore

WINTER = timezone(timedelta(hours=1))
FAR = [datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    sql_store.migrate()
    return sql_store


@pytest.mark.parametrize("zone", [WINTER, ZoneInfo("America/New_York"), ZoneInfo("UTC")])
def test_an_instant_is_the_same_in_whatever_zone_it_is_told(
    store: SqlStore, zone: timezone
) -> None:
    told = NOON.astimezone(zone)
    do(store, lambda tx: tx.execution.arm([due_row(1, told)]))
    do(store, lambda tx: tx.execution.claim([firing(1, told)]))

    assert do(store, lambda tx: tx.execution.armed([1])) == {1: due_row(1)}
    found = do(store, lambda tx: tx.index.firing(1, told))
    assert found == firing(1)
    assert found is not None
    assert found.nominal_at.tzinfo is UTC


@pytest.mark.parametrize("instant", FAR)
def test_the_first_and_the_last_instant_are_kept(store: SqlStore, instant: datetime) -> None:
    do(store, lambda tx: tx.execution.arm([due_row(1, instant)]))

    assert do(store, lambda tx: tx.execution.armed([1])) == {1: due_row(1, instant)}


def test_an_instant_without_an_offset_is_refused(store: SqlStore) -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises((ValueError, TypeError), match="offset"):
        do(store, lambda tx: tx.execution.arm([due_row(1, naive)]))
    with pytest.raises(StoreError, match="offset"):
        do(store, lambda tx: tx.index.firing(1, naive))
    assert do(store, lambda tx: tx.execution.armed([1])) == {}


def test_a_schedule_that_cannot_be_read_harms_only_itself(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    both = [schedule(1), schedule(2)]
    do(store, lambda tx: tx.metadata.create(both, node=NODE))
    later = json.dumps({"name": "schedule-00001", "trigger": {"type": "moon-phase"}})
    with store.engine.begin() as connection:
        for table, key in (("schedule", "id"), ("schedule_revision", "schedule_id")):
            change = f"UPDATE {table} SET definition = :later WHERE {key} = 1"
            connection.execute(text(change), {"later": later})

    assert do(store, lambda tx: tx.metadata.get([1, 2])) == {2: schedule(2)}
    assert set(do(store, lambda tx: tx.metadata.revisions_of({(1, 1), (2, 1)}))) == {(2, 1)}
    page = do(store, lambda tx: tx.metadata.search(ScheduleQuery()))
    assert [view.schedule for view in page.items] == [schedule(2)]
    assert "schedule cannot be read" in caplog.messages
