"""Given instants, and one that is so far away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers import AtTrigger, DelayTrigger

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_times_are_kept_in_order_and_each_once() -> None:
    same = (NOON + HOUR).astimezone(timezone(timedelta(hours=9)))
    trigger = AtTrigger(times=(NOON + 2 * HOUR, NOON + HOUR, same, NOON))

    assert trigger.times == (NOON, NOON + HOUR, NOON + 2 * HOUR)
    assert {time.tzinfo for time in trigger.times} == {UTC}


def test_each_time_is_due_once_strictly_after_and_before() -> None:
    trigger = AtTrigger(times=(NOON, NOON + HOUR))

    assert trigger.next_after(NOON - HOUR) == NOON
    assert trigger.next_after(NOON) == NOON + HOUR
    assert trigger.next_after(NOON + HOUR) is None
    assert trigger.previous_before(NOON + 2 * HOUR) == NOON + HOUR
    assert trigger.previous_before(NOON + HOUR) == NOON
    assert trigger.previous_before(NOON) is None


@pytest.mark.parametrize("times", [(), (NOON.replace(tzinfo=None),)])
def test_no_times_and_times_without_offset_are_refused(times: tuple[datetime, ...]) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        AtTrigger(times=times)

    assert refusal.value.field == "trigger.times"


def test_a_delay_becomes_a_time_when_it_is_registered() -> None:
    assert DelayTrigger(after=HOUR).at(NOON) == AtTrigger(times=(NOON + HOUR,))


def test_a_delay_has_no_due_time_before_that() -> None:
    trigger = DelayTrigger(after=HOUR)
    for ask in (trigger.next_after, trigger.previous_before):
        with pytest.raises(InvalidSchedule) as refusal:
            ask(NOON)

        assert refusal.value.field == "trigger.after"


@pytest.mark.parametrize("after", [timedelta(0), -HOUR])
def test_a_delay_lies_ahead(after: timedelta) -> None:
    with pytest.raises(InvalidSchedule, match=r"trigger\.after"):
        DelayTrigger(after=after)


def test_a_delay_ends_within_the_calendar() -> None:
    with pytest.raises(InvalidSchedule, match=r"trigger\.after"):
        DelayTrigger(after=timedelta.max).at(NOON)
