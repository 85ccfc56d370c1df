"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduledwf_core.clock import Clock
from scheduledwf_core.testing.clock import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_manual_clock_stands_still() -> None:
    clock: Clock = ManualClock(NOON)

    assert (clock.now(), clock.monotonic()) == (NOON, 0.0)
    assert (clock.now(), clock.monotonic()) == (NOON, 0.0)


def test_time_passes_on_both_faces() -> None:
    clock = ManualClock(NOON)
    clock.advance(MINUTE)

    assert (clock.now(), clock.monotonic()) == (NOON + MINUTE, 60.0)


def test_the_wall_clock_may_be_put_back_but_time_never_goes_back() -> None:
    clock = ManualClock(NOON)
    clock.advance(MINUTE)
    clock.set(NOON - MINUTE)

    assert (clock.now(), clock.monotonic()) == (NOON - MINUTE, 60.0)
