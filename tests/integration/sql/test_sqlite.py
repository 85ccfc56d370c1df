"""What the SQLite answers are for, seen on real files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduledwf_core.dao.store import Transaction
from scheduledwf_core.errors import StoreUnavailable
from scheduledwf_core.testing.contract.samples import NODE, NOON, do, due_row, firing, schedule
from scheduledwf_mysql import engine
from scheduledwf_mysql.store import SqlStore, open_store

PROCESSES = 3
EACH = 100
WRITER = """
import sys
from scheduledwf_core.testing.contract.samples import NODE, schedule
from scheduledwf_mysql.store import open_store
store = open_store(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    with store.transaction() as tx:
        found = tx.metadata.find("default", "counter")
        tx.metadata.create([schedule(number)], node=NODE)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    opened.migrate()
    yield opened
    assert opened.connections == 0
    opened.close()


@pytest.mark.parametrize(
    ("option", "level"), [("", 2), ("?synchronous=full", 2), ("?synchronous=NORMAL", 1)]
)
def test_a_commit_outlives_a_power_cut_unless_told_otherwise(
    url: str, option: str, level: int
) -> None:
    opened = open_store(url + option)
    with opened.engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]

    assert found == ["wal", level, 10_000]
    opened.close()


def test_readers_do_not_wait_for_a_writer_and_see_what_is_committed(store: SqlStore) -> None:
    do(store, lambda tx: tx.metadata.create([schedule(1)], node=NODE))
    with store.transaction() as writer:
        writer.metadata.create([schedule(2)], node=NODE)

        seen = do(store, lambda tx: tx.metadata.get([1, 2]))

    assert set(seen) == {1}
    assert set(do(store, lambda tx: tx.metadata.get([1, 2]))) == {1, 2}


def test_who_read_first_may_write_though_others_wrote_meanwhile(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert not tx.metadata.get([1])
        do(store, lambda other: other.metadata.create([schedule(1)], node=NODE))
        tx.metadata.create([schedule(2)], node=NODE)

    assert set(do(store, lambda tx: tx.metadata.get([1, 2]))) == {1, 2}


def test_who_asks_for_due_rows_keeps_others_from_them(
    store: SqlStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.1)
    do(store, lambda tx: tx.execution.arm([due_row(1)]))
    do(store, lambda tx: tx.execution.claim([firing(1)]))
    with closing(open_store(url)) as impatient:
        for lock in (lock_due, lock_waiting):
            with store.transaction() as tx:
                lock(tx)
                with pytest.raises(StoreUnavailable):
                    do(impatient, lock)
            do(impatient, lock)

        assert impatient.connections == 0


def test_several_processes_may_write_at_once(store: SqlStore, url: str) -> None:
    bounds = [(1 + EACH * number, 1 + EACH * (number + 1)) for number in range(PROCESSES)]
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, str(low), str(high)])
        for low, high in bounds
    ]

    assert [process.wait() for process in running] == [0] * PROCESSES
    everyone = range(1, PROCESSES * EACH + 1)
    assert set(do(store, lambda tx: tx.metadata.get(everyone))) == set(everyone)


def test_a_file_is_whole_after_its_writer_was_killed(store: SqlStore, url: str) -> None:
    endless = WRITER.replace("range(int(sys.argv[2]), int(sys.argv[3]))", "range(1, 10**9)")
    endless = endless.replace("node=NODE)", "node=NODE)\n    print(number, flush=True)")
    with subprocess.Popen(
        [sys.executable, "-c", endless, url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()

    found = do(store, lambda tx: tx.metadata.get(range(1, 10_000)))
    assert set(told) <= set(found)
    for number in found:
        assert len(do(store, lambda tx: tx.metadata.revisions(number))) == 1  # noqa: B023 - called at once


def lock_due(tx: Transaction) -> None:
    tx.execution.due(until=NOON, limit=1)


def lock_waiting(tx: Transaction) -> None:
    tx.execution.take(holder=1, now=NOON, until=NOON, limit=1)
