"""What every PermitDAO promises."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from datetime import datetime

from scheduledwf_core.dao.store import Store
from scheduledwf_core.testing.contract.samples import (
    AT_ONCE,
    LEASE,
    NOON,
    ROUNDS,
    SECOND,
    TICK,
    at_once,
    do,
)

KEY = "0123456789abc@2026-03-01T12:00:00Z#1"


class PermitContract:
    """Permits by attempt key; each is single-use."""

    def test_a_permit_that_never_was_is_given(self, store: Store) -> None:
        assert issue(store, "a")

    def test_a_permit_is_given_to_nobody_else_while_its_time_lasts(self, store: Store) -> None:
        issue(store, "a")

        assert not issue(store, "b", at=NOON + LEASE - TICK)
        assert not issue(store, "a", at=NOON + LEASE - TICK)

    def test_a_permit_whose_time_has_passed_is_given_again(self, store: Store) -> None:
        issue(store, "crashed")

        assert issue(store, "heir", at=NOON + LEASE)
        assert not issue(store, "late", at=NOON + LEASE)

    def test_a_spent_permit_is_never_given_again(self, store: Store) -> None:
        issue(store, "a")
        give_back(store, "a")

        assert not issue(store, "b", at=NOON + 100 * LEASE)

    def test_keys_that_differ_in_case_are_different(self, store: Store) -> None:
        issue(store, "a", key="Key")

        assert issue(store, "a", key="key")

    def test_one_of_many_gets_a_new_permit(self, store: Store) -> None:
        for turn in range(ROUNDS):
            assert issue_at_once(store, f"{KEY}{turn}", NOON) == 1

    def test_one_of_many_inherits_an_expired_permit(self, store: Store) -> None:
        for turn in range(ROUNDS):
            issue(store, "crashed", key=f"{KEY}{turn}")

            assert issue_at_once(store, f"{KEY}{turn}", NOON + LEASE) == 1

    def test_only_its_holder_can_give_a_permit_back_and_only_once(self, store: Store) -> None:
        issue(store, "a")

        assert not give_back(store, "b")
        assert give_back(store, "a")
        assert not give_back(store, "a")

    def test_a_permit_cannot_be_given_back_after_its_time(self, store: Store) -> None:
        issue(store, "a")

        assert not give_back(store, "a", at=NOON + LEASE)
        assert issue(store, "b", at=NOON + LEASE)

    def test_a_permit_that_never_was_cannot_be_given_back(self, store: Store) -> None:
        assert not give_back(store, "a")

    def test_permits_whose_time_was_over_are_forgotten_and_counted(self, store: Store) -> None:
        issue(store, "a", key="old")
        issue(store, "a", key="spent")
        give_back(store, "a", key="spent")
        issue(store, "a", key="young", at=NOON + TICK)

        assert forget(store, NOON + LEASE) == 0
        assert forget(store, NOON + LEASE + TICK) == 2
        assert issue(store, "b", key="spent", at=NOON + SECOND)
        assert not issue(store, "b", key="young", at=NOON + SECOND)


def issue(store: Store, holder: str, key: str = KEY, at: datetime = NOON) -> bool:
    return do(store, lambda tx: tx.permits.issue(key, holder=holder, now=at, until=at + LEASE))


def issue_at_once(store: Store, key: str, at: datetime) -> int:
    return sum(at_once(lambda number: issue(store, f"node-{number}", key, at), AT_ONCE))


def give_back(store: Store, holder: str, key: str = KEY, at: datetime = NOON) -> bool:
    return do(store, lambda tx: tx.permits.give_back(key, holder=holder, now=at))


def forget(store: Store, before: datetime) -> int:
    return do(store, lambda tx: tx.permits.forget(expired_before=before))
