"""Intervals count elapsed time from a named anchor, and never drift."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import EPOCH, from_microseconds
from scheduledwf_core.triggers import IntervalAnchor, IntervalTrigger

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
COUNTED = [IntervalAnchor.START_AT, IntervalAnchor.CREATION, IntervalAnchor.LAST_NOMINAL]


@pytest.mark.parametrize("anchor", COUNTED)
def test_the_first_due_time_is_the_start_itself(anchor: IntervalAnchor) -> None:
    trigger = IntervalTrigger(every=HOUR, anchor=anchor, start=NOON)

    assert trigger.next_after(NOON - timedelta(days=9)) == NOON
    assert trigger.next_after(NOON - SECOND) == NOON
    assert trigger.next_after(NOON) == NOON + HOUR
    assert trigger.previous_before(NOON) is None
    assert trigger.previous_before(NOON + SECOND) == NOON
    assert trigger.previous_before(NOON + HOUR) == NOON
    assert trigger.previous_before(NOON + HOUR + SECOND) == NOON + HOUR


def test_a_day_is_24_hours_whatever_the_clocks_do() -> None:
    trigger = IntervalTrigger(every=timedelta(days=1), anchor=IntervalAnchor.START_AT, start=NOON)

    assert trigger.next_after(NOON) == datetime(2026, 3, 8, 12, tzinfo=UTC)


def test_the_epoch_and_a_phase_need_no_start() -> None:
    trigger = IntervalTrigger(
        every=timedelta(minutes=15), anchor=IntervalAnchor.EPOCH, phase=timedelta(minutes=5)
    )

    assert trigger.next_after(NOON) == NOON + timedelta(minutes=5)
    assert trigger.previous_before(NOON) == NOON - timedelta(minutes=10)
    assert trigger.next_after(EPOCH - HOUR) == EPOCH + timedelta(minutes=5)
    assert trigger.previous_before(EPOCH + SECOND) is None


def test_a_fixed_delay_counts_from_the_completion() -> None:
    trigger = IntervalTrigger(every=HOUR, anchor=IntervalAnchor.LAST_COMPLETION)
    completed = NOON + timedelta(microseconds=7)

    assert trigger.follows_completion
    assert trigger.next_after(completed) == completed + HOUR
    assert trigger.previous_before(completed) is None


@pytest.mark.parametrize("anchor", COUNTED)
def test_an_anchor_that_is_not_known_yet_is_named(anchor: IntervalAnchor) -> None:
    trigger = IntervalTrigger(every=HOUR, anchor=anchor)
    for ask in (trigger.next_after, trigger.previous_before):
        with pytest.raises(InvalidSchedule) as refusal:
            ask(NOON)

        assert refusal.value.field == "trigger.anchor"
        assert not trigger.follows_completion


def test_a_million_ticks_of_seven_seconds_do_not_drift() -> (
    None
):  # db-scheduler#12, apscheduler#320
    trigger = IntervalTrigger(every=7 * SECOND, anchor=IntervalAnchor.LAST_NOMINAL, start=NOON)
    late = NOON + 7_000_000 * SECOND + timedelta(milliseconds=250)

    assert trigger.next_after(late) == NOON + 7_000_007 * SECOND


@given(st.integers(1, 10**12), st.integers(0, 10**15), st.integers(-(10**14), 4 * 10**15))
def test_next_and_previous_enclose_every_instant(every: int, start: int, asked: int) -> None:
    trigger = IntervalTrigger(
        every=timedelta(microseconds=every),
        anchor=IntervalAnchor.START_AT,
        start=from_microseconds(start),
    )
    instant = from_microseconds(asked)
    following, previous = trigger.next_after(instant), trigger.previous_before(instant)

    assert following > instant
    assert (following - trigger.start) % trigger.every == timedelta(0)
    if previous is None:
        assert instant <= trigger.start
    else:
        assert previous < instant <= previous + trigger.every <= following


def test_past_the_end_of_the_calendar_there_is_nothing() -> None:
    age = timedelta(days=3_000_000)
    counted = IntervalTrigger(every=age, anchor=IntervalAnchor.START_AT, start=NOON)
    delayed = IntervalTrigger(every=age, anchor=IntervalAnchor.LAST_COMPLETION)

    assert counted.next_after(NOON) is None
    assert delayed.next_after(NOON) is None


def test_a_start_is_kept_in_utc() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=5)))
    trigger = IntervalTrigger(every=HOUR, anchor=IntervalAnchor.START_AT, start=local)

    assert trigger.start.tzinfo is UTC
    assert trigger.next_after(NOON - HOUR) == NOON


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"every": timedelta(0)}, "trigger.every"),
        ({"every": -HOUR}, "trigger.every"),
        ({"phase": HOUR}, "trigger.phase"),
        ({"phase": -SECOND}, "trigger.phase"),
        ({"phase": SECOND, "anchor": IntervalAnchor.CREATION}, "trigger.phase"),
        ({"start": NOON.replace(tzinfo=None)}, "trigger.start"),
    ],
)
def test_what_makes_no_interval_is_refused(members: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        IntervalTrigger(**{"every": HOUR, "anchor": IntervalAnchor.EPOCH, **members})

    assert refusal.value.field == field
