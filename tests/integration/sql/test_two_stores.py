"""Two nodes on one database: two stores that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduledwf_core.errors import DuplicateKey
from scheduledwf_core.testing.contract.samples import (
    AT_ONCE,
    LEASE,
    NODE,
    NOON,
    ROUNDS,
    at_once,
    delivered,
    do,
    due_row,
    firing,
    ledger,
    schedule,
)
from scheduledwf_mysql.store import SqlStore, open_store

LATER = NOON + timedelta(hours=1)
Stores = tuple[SqlStore, SqlStore]


@pytest.fixture
def stores(sql_url: str) -> Iterator[Stores]:
    pair = open_store(sql_url), open_store(sql_url)
    pair[0].migrate()
    yield pair
    for store in pair:
        assert store.connections == 0
        store.close()


def test_what_one_writes_the_other_reads(stores: Stores) -> None:
    do(stores[0], lambda tx: tx.metadata.create([schedule(1)], node=NODE))

    assert do(stores[1], lambda tx: tx.metadata.find("default", "schedule-00001")) == schedule(1)


def test_a_name_is_given_by_one_of_them(stores: Stores) -> None:
    def ask(turn: int, thread: int) -> bool:
        wanted = schedule(100 * turn + thread + 1, name=f"wanted {turn}")
        try:
            do(stores[thread % 2], lambda tx: tx.metadata.create([wanted], node=NODE))
        except DuplicateKey:
            return False
        return True

    for turn in range(ROUNDS):
        assert sum(at_once(lambda thread: ask(turn, thread))) == 1  # noqa: B023 - called at once


def test_no_due_row_is_planned_by_both(stores: Stores) -> None:
    count = 400
    do(stores[0], lambda tx: tx.execution.arm([due_row(one) for one in range(1, count + 1)]))

    def plan(thread: int) -> list[int]:
        planned = []
        for _ in range(10):
            with stores[thread % 2].transaction() as tx:
                rows = tx.execution.due(until=NOON, limit=10)
                tx.execution.claim([firing(row.schedule_id, holder=thread) for row in rows])
                tx.execution.arm([replace(row, due_at=LATER) for row in rows])
            planned += [row.schedule_id for row in rows]
        return planned

    planned = [number for numbers in at_once(plan) for number in numbers]
    assert len(planned) == len(set(planned))
    assert len(ledger(stores[1], *planned)) == len(planned)
    assert len(planned) > count / AT_ONCE  # and they did not all ask in vain


def test_who_lost_a_lease_can_settle_nothing(stores: Stores) -> None:
    mine, heir = stores
    do(mine, lambda tx: tx.execution.claim([firing(1)]))
    (taken,) = do(
        heir,
        lambda tx: tx.execution.take(holder=9, now=NOON + LEASE, until=LATER, limit=1),
    )

    assert len(do(mine, lambda tx: tx.execution.settle([delivered(firing(1))]))) == 1
    assert do(heir, lambda tx: tx.execution.settle([delivered(taken)])) == []
