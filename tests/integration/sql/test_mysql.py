"""What the MySQL and MariaDB answers are for, seen on a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pymysql  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import event, text

from scheduledwf_core.dao.store import Transaction
from scheduledwf_core.errors import DuplicateKey, StoreError, StoreUnavailable
from scheduledwf_core.model.schedule import Stamp
from scheduledwf_core.testing.contract.samples import (
    LEASE,
    NODE,
    NOON,
    OTHER_NODE,
    delivered,
    do,
    due_row,
    firing,
    ledger,
    schedule,
)
from scheduledwf_mysql.dao.execution_sql import ExecutionSql
from scheduledwf_mysql.dao.session import Session
from scheduledwf_mysql.dialects.mysql import MySqlAnswers
from scheduledwf_mysql.store import SqlStore, open_store

pytestmark = pytest.mark.mariadb

LATER = NOON + timedelta(hours=1)


def test_a_session_is_strict_in_utc_and_reads_what_is_committed(mariadb: SqlStore) -> None:
    query = "SELECT @@session.time_zone, @@session.tx_isolation, @@session.sql_mode"
    with mariadb.engine.connect() as connection:
        zone, isolation, mode = connection.execute(text(query)).one()

    assert (zone, isolation) == ("+00:00", "READ-COMMITTED")
    assert "STRICT_TRANS_TABLES" in mode


@pytest.mark.parametrize("batch", [1, 200, 1000])
def test_a_batch_is_a_handful_of_statements_however_long_it_is(
    mariadb: SqlStore, batch: int
) -> None:
    rows = [due_row(number) for number in range(1, batch + 1)]
    claims = [firing(number) for number in range(1, batch + 1)]
    results = [delivered(one) for one in claims]
    keys = set(range(1, batch + 1))

    assert cost(mariadb, lambda tx: tx.execution.arm(rows)) == 1
    assert cost(mariadb, lambda tx: tx.execution.due(until=NOON, limit=batch)) == 2
    assert cost(mariadb, lambda tx: tx.execution.claim(claims)) == 1
    assert cost(mariadb, renew) == 2
    assert cost(mariadb, lambda tx: tx.execution.settle(results)) == 1
    assert cost(mariadb, lambda tx: tx.execution.finish(keys)) == 2


def test_what_is_counted_is_what_the_server_was_asked(mariadb: SqlStore) -> None:
    claims = [firing(number) for number in range(1, 1001)]
    with mariadb.transaction() as tx:
        session = tx.execution._session
        before = questions(session)
        tx.execution.claim(claims)
        tx.execution.settle([delivered(one) for one in claims])
        asked = questions(session) - before

    assert asked == 3  # the claim, the settlement, and this question


@pytest.mark.parametrize("statement", ["settle", "take", "renew", "hand_back", "finish", "disarm"])
def test_a_batch_finds_its_rows_by_their_key_even_in_an_empty_table(
    mariadb: SqlStore, statement: str
) -> None:
    compiled = getattr(ExecutionSql(MySqlAnswers()), statement).compile(mariadb.engine)
    values = {name: compiled.params[name] for name in compiled.params}
    given = values | {"rows": json.dumps([[1, "2026-03-01 12:00:00", 7, 1]])}
    with mariadb.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", given).mappings().all()

    assert [(row["table"], row["type"]) for row in plan] == [
        ("given", "ALL"),
        (plan[1]["table"], "eq_ref"),
    ]
    assert plan[1]["key"] == "PRIMARY"


def test_due_rows_that_another_transaction_holds_are_passed_over_not_waited_for(
    mariadb: SqlStore,
) -> None:
    do(mariadb, lambda tx: tx.execution.arm([due_row(number) for number in range(1, 7)]))
    with mariadb.transaction() as first, mariadb.transaction() as second:
        mine = {row.schedule_id for row in first.execution.due(until=NOON, limit=4)}
        theirs = {row.schedule_id for row in second.execution.due(until=NOON, limit=4)}

    assert mine == {1, 2, 3, 4}
    assert theirs == {5, 6}


def test_waiting_firings_that_another_transaction_takes_are_passed_over(
    mariadb: SqlStore,
) -> None:
    do(mariadb, lambda tx: tx.execution.claim([firing(number) for number in range(1, 7)]))
    ended = NOON + LEASE
    with mariadb.transaction() as first, mariadb.transaction() as second:
        mine, theirs = (
            tx.execution.take(holder=OTHER_NODE, now=ended, until=LATER, limit=4)
            for tx in (first, second)
        )

    assert [one.schedule_id for one in mine] == [1, 2, 3, 4]
    assert [one.schedule_id for one in theirs] == [5, 6]


def test_nodes_with_rows_of_their_own_do_not_wait_for_each_other(mariadb: SqlStore) -> None:
    do(mariadb, lambda tx: tx.execution.arm([due_row(number) for number in (1, 2)]))
    do(mariadb, lambda tx: tx.execution.claim([firing(1), firing(2, holder=OTHER_NODE)]))
    do(mariadb, lambda tx: tx.metadata.create([schedule(1), schedule(2)], node=NODE))
    with impatient(mariadb) as store, store.transaction() as first, store.transaction() as second:
        for tx, one in ((first, firing(1)), (second, firing(2, holder=OTHER_NODE))):
            number, holder = one.schedule_id, one.holder or 0
            tx.execution.renew(holder=holder, now=NOON, until=LATER)
            tx.execution.arm([due_row(number, LATER)])
            tx.execution.settle([delivered(one)])
            tx.execution.finish([number])
            tx.metadata.remove([number])

    assert do(mariadb, lambda tx: tx.execution.armed([1, 2])) == {}


def test_a_lock_waited_for_in_vain_may_be_tried_again(mariadb: SqlStore) -> None:
    do(mariadb, lambda tx: tx.metadata.create([schedule(1)], node=NODE))
    changed = replace(schedule(1), revision=2, updated=Stamp(at=LATER, by="bob"))

    def change(tx: Transaction) -> bool:
        return tx.metadata.update(changed, expected=1, node=NODE)

    with impatient(mariadb) as store, mariadb.transaction() as first:
        change(first)
        with pytest.raises(StoreUnavailable) as refused:
            do(store, change)

    assert "UPDATE" not in str(refused.value)
    assert not do(mariadb, change)


def test_a_deadlock_may_be_tried_again_and_leaves_nothing_half_done(mariadb: SqlStore) -> None:
    do(mariadb, lambda tx: tx.execution.claim([firing(1), firing(2)]))
    holds_two, told = Event(), list[str]()

    def two_then_one() -> None:
        try:
            with mariadb.transaction() as tx:
                tx.execution.settle([delivered(firing(2))])
                holds_two.set()
                tx.execution.settle([delivered(firing(1))])
        except StoreUnavailable:
            told.append("second")

    other = Thread(target=two_then_one)
    try:
        with mariadb.transaction() as tx:
            tx.execution.settle([delivered(firing(1))])
            other.start()
            holds_two.wait(10)
            tx.execution.settle([delivered(firing(2))])
    except StoreUnavailable:
        told.append("first")
    other.join()

    assert len(told) == 1
    assert {one.outcome for one in ledger(mariadb, 1, 2)} == {"delivered"}
    assert mariadb.connections == 0


def test_what_is_too_long_is_an_error_and_never_cut(mariadb: SqlStore) -> None:
    for broken in (firing(1, namespace="x" * 65), firing(1, fence=2**31)):
        with pytest.raises(StoreError):
            do(mariadb, lambda tx: tx.execution.claim([broken]))  # noqa: B023 - it is called at once

    assert ledger(mariadb, 1) == []


def test_an_error_tells_neither_statement_nor_parameters(mariadb: SqlStore) -> None:
    do(mariadb, lambda tx: tx.metadata.create([schedule(1)], node=NODE))
    with pytest.raises(DuplicateKey) as refused:
        do(mariadb, lambda tx: tx.metadata.create([schedule(1)], node=NODE))

    shown = f"{refused.value} {refused.value.__cause__!r}"
    assert "INSERT" not in shown
    assert "json_table" not in shown


def test_letters_survive_in_a_database_of_another_alphabet(mariadb_url: str) -> None:
    store = open_store(mariadb_url)
    with store.engine.begin() as connection:
        connection.execute(text("ALTER DATABASE CHARACTER SET latin1"))
    store.migrate()
    one = schedule(1, name="夜🌙", namespace="финансы", description="é\\\"'")
    do(store, lambda tx: tx.metadata.create([one], node=NODE))

    assert do(store, lambda tx: tx.metadata.find("финансы", "夜🌙")) == one
    store.close()


def test_rows_too_large_for_one_packet_are_written_all_the_same(mariadb: SqlStore) -> None:
    large = {"input": '"\\x' * 100_000}
    claims = [firing(number, override=large) for number in range(1, 13)]
    do(mariadb, lambda tx: tx.execution.claim([firing(7)]))

    assert len(do(mariadb, lambda tx: tx.execution.claim(claims))) == 11
    assert ledger(mariadb, 12)[0].override == large


def cost(store: SqlStore, step: Callable[[Transaction], object]) -> int:
    """How many statements *step* takes."""
    before = store.statements
    do(store, step)
    return store.statements - before


def questions(session: Session) -> int:
    """What the server says it was asked so far on this connection."""
    row = session.first(text("SHOW SESSION STATUS LIKE 'Questions'"))
    assert row is not None
    return int(row[1])


@contextmanager
def impatient(store: SqlStore) -> Iterator[SqlStore]:
    """Another store on the same database, that waits for a lock no longer than a second."""
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    event.listen(other.engine, "connect", _wait_a_second)
    yield other
    other.close()


def _wait_a_second(connection: pymysql.Connection, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")


def renew(tx: Transaction) -> int:
    return tx.execution.renew(holder=NODE, now=NOON, until=LATER)
