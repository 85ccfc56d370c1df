"""Threads that write to one SQLite file take turns."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest

from scheduledwf_core.testing.contract.samples import NODE, do, due_row, schedule
from scheduledwf_mysql.dialects.turns import Turns
from scheduledwf_mysql.store import SqlStore, open_store

WRITES = 20


def test_a_turn_is_given_in_the_order_it_was_asked_for() -> None:
    turns, order = Turns(), list[int]()
    turns.take(timeout_s=1)
    threads = []
    for number in range(5):
        threads.append(Thread(target=wait_and_note, args=(turns, order, number)))
        threads[-1].start()
        while len(turns._waiting) <= number:
            pass
    turns.give()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]
    assert turns.take(timeout_s=0.001)


def test_who_waited_in_vain_is_passed_over() -> None:
    turns = Turns()
    turns.take(timeout_s=1)

    assert not turns.take(timeout_s=0.001)
    turns.give()
    assert turns.take(timeout_s=0.001)


def test_neither_long_nor_frequent_writes_keep_others_waiting(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.migrate()
    done, busy = Event(), list[int]()
    many = [due_row(number) for number in range(1000)]

    def write_all_the_time() -> None:
        while not done.is_set():
            busy.append(1)
            do(store, lambda tx: tx.execution.arm(many))

    thread = Thread(target=write_all_the_time)
    thread.start()
    for number in range(WRITES):
        create(store, number)
    done.set()
    thread.join()

    assert WRITES / 2 <= len(busy) <= WRITES * 2  # they took turns
    store.close()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_whoever_fails_gives_his_turn_up(tmp_path: Path, error: type[BaseException]) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.migrate()

    with pytest.raises(error), store.transaction() as tx:  # noqa: PT012 - it fails inside
        tx.metadata.create([schedule(1)], node=NODE)
        raise error
    create(store, 2)
    assert set(do(store, lambda tx: tx.metadata.get([1, 2]))) == {2}
    store.close()


def wait_and_note(turns: Turns, order: list[int], number: int) -> None:
    turns.take(timeout_s=10)
    order.append(number)
    turns.give()


def create(store: SqlStore, number: int) -> None:
    do(store, lambda tx: tx.metadata.create([schedule(number)], node=NODE))
