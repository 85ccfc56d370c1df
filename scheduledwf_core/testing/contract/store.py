"""What every Store promises."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

import pytest

from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.errors import DuplicateKey, NotFound
from scheduledwf_core.testing.contract.samples import (
    AT_ONCE,
    NODE,
    NOON,
    ROUNDS,
    at_once,
    do,
    due_row,
    firing,
    ledger,
    schedule,
)


class StoreContract:
    """The DAOs under one transaction."""

    def test_what_a_transaction_writes_is_seen_together(self, store: Store) -> None:
        do(store, write_everything)

        assert do(store, everything_there) == (True, True, True)

    def test_an_error_that_leaves_a_transaction_undoes_all_of_it(self, store: Store) -> None:
        def write_and_fail(tx: Transaction) -> None:
            write_everything(tx)
            raise NotFound("schedule", "x")

        with pytest.raises(NotFound):
            do(store, write_and_fail)

        assert do(store, everything_there) == (False, False, False)

    def test_an_error_undoes_changes_and_removals_too(self, store: Store) -> None:
        do(store, write_everything)

        def change_and_fail(tx: Transaction) -> None:
            tx.metadata.remove([1])
            tx.execution.disarm([1])
            tx.execution.claim([firing(2)])
            raise NotFound("schedule", "x")

        with pytest.raises(NotFound):
            do(store, change_and_fail)

        assert do(store, everything_there) == (True, True, True)
        assert not ledger(store, 2)

    def test_a_transaction_sees_what_it_wrote(self, store: Store) -> None:
        with store.transaction() as tx:
            write_everything(tx)

            assert everything_there(tx) == (True, True, True)

    def test_a_taken_name_does_not_spoil_the_transaction_that_asked(self, store: Store) -> None:
        do(store, write_everything)
        many = [schedule(number) for number in range(100, 2100)]
        taken = schedule(9000, name=schedule(1).definition.name)
        with store.transaction() as tx:
            with pytest.raises(DuplicateKey):
                tx.metadata.create([*many, taken], node=NODE)
            tx.metadata.create([schedule(4)], node=NODE)

        assert set(do(store, lambda tx: tx.metadata.get(range(10_000)))) == {1, 4}

    def test_any_number_of_threads_may_write_at_once(self, store: Store) -> None:
        def write(thread: int) -> None:
            for turn in range(ROUNDS):
                number = 1 + thread * ROUNDS + turn
                do(store, lambda tx: tx.metadata.create([schedule(number)], node=NODE))  # noqa: B023 - it is called at once

        at_once(write)

        wanted = range(1, AT_ONCE * ROUNDS + 1)
        assert set(do(store, lambda tx: tx.metadata.get(wanted))) == set(wanted)

    def test_a_migrated_store_can_be_used_and_migrated_again(self, store: Store) -> None:
        store.check()

        assert store.migrate() == store.migrate()

    def test_a_store_may_be_closed_twice(self, store: Store) -> None:
        store.close()
        store.close()


def write_everything(tx: Transaction) -> None:
    tx.metadata.create([schedule(1)], node=NODE)
    tx.execution.arm([due_row(1)])
    tx.execution.claim([firing(1)])


def everything_there(tx: Transaction) -> tuple[bool, bool, bool]:
    return (
        bool(tx.metadata.get([1])),
        bool(tx.execution.armed([1])),
        tx.index.firing(1, NOON) is not None,
    )
