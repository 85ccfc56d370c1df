"""How long a node may believe that what it claimed is its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduledwf_core.locking.lease import LeaseBook
from scheduledwf_core.model.firing import Firing, FiringState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = 15 * SECOND


def claimed(at: datetime) -> Firing:
    return Firing(
        schedule_id=1,
        nominal_at=at,
        due_at=at,
        revision=1,
        state=FiringState.CLAIMED,
        namespace="default",
        wake_at=at + LEASE,
    )


def test_a_claim_holds_until_its_lease_ends() -> None:
    book = LeaseBook()

    assert book.holds(claimed(NOON), now=NOON + LEASE - SECOND)
    assert not book.holds(claimed(NOON), now=NOON + LEASE)


def test_a_renewal_extends_what_lives() -> None:
    book = LeaseBook()
    book.renewed(now=NOON, until=NOON + LEASE)
    book.renewed(now=NOON + 5 * SECOND, until=NOON + 20 * SECOND)

    assert book.holds(claimed(NOON), now=NOON + 19 * SECOND)
    assert not book.holds(claimed(NOON), now=NOON + 20 * SECOND)


def test_a_renewal_after_a_sleep_brings_nothing_back() -> None:
    book = LeaseBook()
    book.renewed(now=NOON, until=NOON + LEASE)
    asleep = claimed(NOON)
    book.renewed(now=NOON + 60 * SECOND, until=NOON + 75 * SECOND)

    assert not book.holds(asleep, now=NOON + 61 * SECOND)
    assert book.holds(claimed(NOON + 60 * SECOND), now=NOON + 74 * SECOND)
