"""Cron due times against an oracle that walks every minute and reads the clock on the wall."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest

from scheduledwf_core.triggers import CronTrigger, Dialect, DstGap, DstOverlap

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ALL_PAIRS = list(product(DstGap, DstOverlap))

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/New_York",
    "America/Santiago",
    "Asia/Almaty",
    "Australia/Lord_Howe",
    "Europe/Helsinki",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
]

#: A field of minutes, what it names, and whether it goes on over a change of the clocks.
MINUTES = [
    ("*", set(range(60)), True),
    ("*/15", {0, 15, 30, 45}, True),
    ("7/20", {7, 27, 47}, True),
    ("0", {0}, False),
    ("30", {30}, False),
    ("15,45", {15, 45}, False),
    ("50-10/5", {50, 55, 0, 5, 10}, False),
    ("0-59", set(range(60)), False),
]
HOURS = [
    ("*", set(range(24)), True),
    ("*/2", set(range(0, 24, 2)), True),
    ("0", {0}, False),
    ("1", {1}, False),
    ("2", {2}, False),
    ("1,2,3", {1, 2, 3}, False),
    ("0-23", set(range(24)), False),
    ("22-4", {22, 23, 0, 1, 2, 3, 4}, False),
    ("23", {23}, False),
]
DAYS: list[tuple[str, str, Callable[[date], bool]]] = [
    ("*", "?", lambda _: True),
    ("?", "SUN", lambda day: day.isoweekday() == 7),
    ("?", "1L", lambda day: day.isoweekday() == 7 and (day + timedelta(7)).month != day.month),
    ("20-31", "?", lambda day: day.day >= 20),
    ("L", "?", lambda day: (day + timedelta(1)).day == 1),
]


class Walk:
    """Every step of some days, by what the clock shows at it."""

    def __init__(
        self, zone: str, middle: datetime, *, step: timedelta = MINUTE, reach: timedelta
    ) -> None:
        self.instants = [middle - reach + n * step for n in range(2 * reach // step)]
        offset = [instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in self.instants]
        self.shown: dict[datetime, list[datetime]] = {}
        self.moved: dict[datetime, tuple[datetime, datetime]] = {}  # to the gap's end; shifted
        for instant, now in zip(self.instants, offset, strict=True):
            self.shown.setdefault(instant.replace(tzinfo=None) + now, []).append(instant)
        for (one, before), (two, after) in pairwise(zip(self.instants, offset, strict=True)):
            skipped = one.replace(tzinfo=None) + before + step
            while skipped < two.replace(tzinfo=None) + after:
                self.moved[skipped] = two, skipped.replace(tzinfo=UTC) - before
                skipped += step

    def due(
        self,
        matches: Callable[[datetime], bool],
        *,
        goes_on: bool,
        gap: DstGap,
        overlap: DstOverlap,
    ) -> set[datetime]:
        due: set[datetime] = set()
        for reading, instants in self.shown.items():
            if matches(reading):
                due |= set(instants if goes_on else _chosen(instants, overlap))
        for reading, (end, shifted) in self.moved.items():
            if matches(reading) and not goes_on and gap is not DstGap.SKIP:
                due.add(end if gap is DstGap.AT_GAP_END else shifted)
        return due


def _chosen(instants: list[datetime], overlap: DstOverlap) -> list[datetime]:
    if overlap is DstOverlap.BOTH:
        return instants
    return [instants[0 if overlap is DstOverlap.FIRST else -1]]


@cache
def changes(zone: str) -> list[datetime]:
    """When the offset of *zone* changes from 2000 to 2037, to within an hour."""
    hours = [datetime(2000, 1, 1, tzinfo=UTC) + n * 6 * HOUR for n in range(38 * 1461)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


def sampled_changes(zone: str, rng: random.Random) -> list[datetime]:
    found = changes(zone)
    always = [change for change in found if change.year == 2011][-2:]  # Apia's lost day
    return [*always, *rng.sample(found, min(5, len(found)))]


def matcher(
    minutes: set[int], hours: set[int], on: Callable[[date], bool]
) -> Callable[[datetime], bool]:
    return lambda at: at.minute in minutes and at.hour in hours and on(at.date())


def due_between(trigger: CronTrigger, start: datetime, end: datetime) -> Iterator[datetime]:
    instant = trigger.next_after(start)
    while instant is not None and instant < end:
        yield instant
        instant = trigger.next_after(instant)


def due_back_between(trigger: CronTrigger, start: datetime, end: datetime) -> Iterator[datetime]:
    instant = trigger.previous_before(end)
    while instant is not None and instant > start:
        yield instant
        instant = trigger.previous_before(instant)


@pytest.mark.parametrize("zone", ZONES)
def test_due_times_around_a_change_of_the_clocks_are_those_of_the_walk(zone: str) -> None:
    rng = random.Random(zone)  # noqa: S311 - a sample, not a secret
    for change in sampled_changes(zone, rng):
        walk = Walk(zone, change, reach=84 * HOUR)
        start, end = change - 56 * HOUR, change + 56 * HOUR
        for _ in range(5):
            minute, hour, day = rng.choice(MINUTES), rng.choice(HOURS), rng.choice(DAYS)
            expression = f"0 {minute[0]} {hour[0]} {day[0]} * {day[1]}"
            matches = matcher(minute[1], hour[1], day[2])
            goes_on = minute[2] or hour[2]
            for gap, overlap in ALL_PAIRS if not goes_on else [rng.choice(ALL_PAIRS)]:
                expected = walk.due(matches, goes_on=goes_on, gap=gap, overlap=overlap)
                wanted = sorted(instant for instant in expected if start < instant < end)
                trigger = CronTrigger(
                    expressions=(expression,),
                    dialect=Dialect.QUARTZ,
                    zone=zone,
                    dst_gap=gap,
                    dst_overlap=overlap,
                )

                what = f"{expression} in {zone} around {change} with {gap}, {overlap}"
                assert list(due_between(trigger, start, end)) == wanted, what
                assert list(due_back_between(trigger, start, end))[::-1] == wanted, what


#: Changes so near to the edge of a part in which offsets are found that they reach across it.
SEAMS = [
    ("Africa/Cairo", datetime(1996, 4, 25, 22, tzinfo=UTC)),
    ("Europe/Helsinki", datetime(2020, 3, 29, 1, tzinfo=UTC)),
    ("Pacific/Chatham", datetime(2014, 4, 5, 14, tzinfo=UTC)),
    ("Australia/Adelaide", datetime(2016, 4, 2, 16, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "change"), SEAMS, ids=[zone for zone, _ in SEAMS])
@pytest.mark.parametrize(("gap", "overlap"), ALL_PAIRS)
def test_a_change_near_a_seam_of_the_search_is_like_any_other(
    zone: str, change: datetime, gap: DstGap, overlap: DstOverlap
) -> None:
    walk = Walk(zone, change, reach=6 * HOUR)
    start, end = change - 3 * HOUR, change + 3 * HOUR
    for minutes in (range(60), {3}, {57}):
        trigger = CronTrigger(
            expressions=(f"{','.join(map(str, minutes))} 0-23 * * *",),
            dialect=Dialect.UNIX,
            zone=zone,
            dst_gap=gap,
            dst_overlap=overlap,
        )
        matches = matcher(set(minutes), set(range(24)), lambda _: True)
        due = walk.due(matches, goes_on=False, gap=gap, overlap=overlap)
        wanted = sorted(instant for instant in due if start < instant < end)

        assert list(due_between(trigger, start, end)) == wanted
        assert list(due_back_between(trigger, start, end))[::-1] == wanted


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(("gap", "overlap"), ALL_PAIRS)
def test_seconds_around_a_change_of_the_clocks_are_those_of_the_walk(
    zone: str, gap: DstGap, overlap: DstOverlap
) -> None:
    tens = timedelta(seconds=10)
    trigger = CronTrigger(
        expressions=("0-59/10 0,17,59 0-3 * * ?",),
        dialect=Dialect.SPRING,
        zone=zone,
        dst_gap=gap,
        dst_overlap=overlap,
    )
    for change in changes(zone)[50:52]:
        walk = Walk(zone, change, step=tens, reach=14 * HOUR)
        start, end = change - 10 * HOUR, change + 10 * HOUR
        matches = matcher({0, 17, 59}, {0, 1, 2, 3}, lambda _: True)
        due = walk.due(matches, goes_on=False, gap=gap, overlap=overlap)

        assert list(due_between(trigger, start, end)) == sorted(
            instant for instant in due if start < instant < end
        )


def test_a_year_of_an_hourly_and_a_weekday_rule_is_that_of_the_walk() -> None:
    zone, start = ZoneInfo("Europe/London"), datetime(2026, 1, 1, tzinfo=UTC)
    readings = [(start + n * 15 * MINUTE) for n in range(365 * 96)]
    local = [(instant, instant.astimezone(zone)) for instant in readings]
    weekdays = CronTrigger(
        expressions=("45 17 * * MON-FRI",), dialect=Dialect.UNIX, zone="Europe/London"
    )
    hourly = CronTrigger(expressions=("15 * * * *",), dialect=Dialect.UNIX, zone="Europe/London")
    end = readings[-1] + MINUTE

    assert list(due_between(weekdays, start - MINUTE, end)) == [
        instant for instant, at in local if (at.hour, at.minute) == (17, 45) and at.isoweekday() < 6
    ]
    assert list(due_between(hourly, start - MINUTE, end)) == [
        instant for instant, at in local if at.minute == 15
    ]
