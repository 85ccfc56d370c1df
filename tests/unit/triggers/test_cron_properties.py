"""What holds for every cron trigger, every zone and every instant."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from croniter import croniter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduledwf_core.instants import EPOCH
from scheduledwf_core.triggers import CronTrigger, Dialect, DstGap, DstOverlap

ZONES = [
    "UTC",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Pacific/Apia",
    "Asia/Gaza",
    "America/Santiago",
    "Africa/Monrovia",
]
EXPRESSIONS = [
    (Dialect.UNIX, ("* * * * *",)),
    (Dialect.UNIX, ("*/7 2,3 * * *",)),
    (Dialect.UNIX, ("30 2 * * *", "30 1 * * *")),
    (Dialect.UNIX, ("0 0 * * *",)),
    (Dialect.UNIX, ("0 0-23 * * *", "0 */3 * * *")),
    (Dialect.UNIX, ("15 1 13 * FRI",)),
    (Dialect.UNIX, ("59 23 29 2 *",)),
    (Dialect.SPRING, ("59 59 23 L * *",)),
    (Dialect.SPRING, ("*/7 59 1-3 * * SUN",)),
    (Dialect.SPRING, ("5,50 10,40 */2 * * *",)),
    (Dialect.SPRING, ("0 30 2 29 2 MON",)),
    (Dialect.QUARTZ, ("0 30 0 LW * ?",)),
    (Dialect.QUARTZ, ("0 30 2 ? 3,11 1#1 1990-2050/3",)),
]


@cache
def trigger_of(expression: int, zone: str, gap: DstGap, overlap: DstOverlap) -> CronTrigger:
    dialect, expressions = EXPRESSIONS[expression]
    return CronTrigger(
        expressions=expressions, dialect=dialect, zone=zone, dst_gap=gap, dst_overlap=overlap
    )


@cache
def days_of_change(zone: str) -> list[datetime]:
    """The days on which the clocks of *zone* change, and one on which they do not."""
    days = [datetime(1995, 1, 1, tzinfo=UTC) + timedelta(n) for n in range(45 * 365)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return days[:1] + [days[n] for n in range(len(days) - 1) if offsets[n] != offsets[n + 1]]


@st.composite
def cases(draw: st.DrawFn) -> tuple[CronTrigger, datetime]:
    """A trigger and an instant: any, or one near a change of the clocks."""
    zone = draw(st.sampled_from(ZONES))
    trigger = trigger_of(
        draw(st.integers(0, len(EXPRESSIONS) - 1)),
        zone,
        draw(st.sampled_from(DstGap)),
        draw(st.sampled_from(DstOverlap)),
    )
    if draw(st.booleans()):
        return trigger, EPOCH + timedelta(seconds=draw(st.integers(86_400, 4_102_444_800)))
    near = draw(st.sampled_from(days_of_change(zone)))
    return trigger, near + timedelta(microseconds=draw(st.integers(-10, 300_000)) * 1_000_000)


@settings(max_examples=800, deadline=None)
@given(cases())
def test_the_next_time_is_later_and_the_previous_one_earlier(
    case: tuple[CronTrigger, datetime],
) -> None:
    trigger, instant = case
    following, previous = trigger.next_after(instant), trigger.previous_before(instant)

    assert following is None or following > instant
    assert previous is None or previous < instant
    assert {at.microsecond for at in (following, previous) if at is not None} <= {0}
    assert {at.tzinfo for at in (following, previous) if at is not None} <= {UTC}


@settings(max_examples=800, deadline=None)
@given(cases())
def test_next_and_previous_are_inverse(case: tuple[CronTrigger, datetime]) -> None:
    trigger, instant = case
    one = trigger.next_after(instant)
    assume(one is not None)
    two = trigger.next_after(one)
    assume(two is not None)

    assert trigger.previous_before(two) == one
    assert trigger.next_after(one - timedelta(microseconds=1)) == one
    assert trigger.previous_before(one + timedelta(microseconds=1)) == one


@settings(max_examples=800, deadline=None)
@given(cases(), st.floats(0, 1))
def test_the_due_times_do_not_depend_on_where_one_asks_from(
    case: tuple[CronTrigger, datetime], share: float
) -> None:
    trigger, instant = case
    following = trigger.next_after(instant)
    assume(following is not None)
    between = instant + (following - instant) * share
    assume(between < following)

    assert trigger.next_after(between) == following
    assert trigger.previous_before(following) == trigger.previous_before(between) or (
        trigger.previous_before(following) == between
    )


def test_due_times_increase_through_every_change_of_the_clocks() -> None:
    rng = random.Random(5)  # noqa: S311 - a sample, not a secret
    for number in range(len(EXPRESSIONS)):
        for zone in ZONES:
            trigger = trigger_of(
                number, zone, rng.choice(list(DstGap)), rng.choice(list(DstOverlap))
            )
            instant = datetime(rng.randint(1970, 2037), 1, 1, tzinfo=UTC)
            for _ in range(150):
                following = trigger.next_after(instant)
                if following is None:
                    break
                assert following > instant
                instant = following


def test_away_from_changes_of_the_clocks_croniter_agrees() -> None:
    rng = random.Random(7)  # noqa: S311 - a sample, not a secret
    for _ in range(300):
        expression = " ".join(
            [
                _field(rng, 0, 59),
                _field(rng, 0, 23),
                rng.choice(["*", _numbers(rng, 1, 31)]),
                rng.choice(["*", _numbers(rng, 1, 12)]),
                rng.choice(["*", _numbers(rng, 0, 7)]),
            ]
        )
        instant = datetime(2026, rng.randint(1, 12), rng.randint(1, 28), 10, 20, 30, tzinfo=UTC)
        if _comes_in_time(expression):
            _agree(expression, instant)


def _agree(expression: str, instant: datetime) -> None:
    trigger = CronTrigger(expressions=(expression,), dialect=Dialect.UNIX)
    forward, backward = croniter(expression, instant), croniter(expression, instant)
    later = earlier = instant
    for _ in range(8):
        later, earlier = trigger.next_after(later), trigger.previous_before(earlier)
        assert later == forward.get_next(datetime), expression
        assert earlier == backward.get_prev(datetime), expression


def _comes_in_time(expression: str) -> bool:
    """Not so rarely that croniter, which gives up after fifty years, is no oracle."""
    _, _, day, month, weekday = expression.split()
    return weekday != "*" or day == "*" or month == "*"


def _field(rng: random.Random, low: int, high: int) -> str:
    steps = [f"*/{rng.randint(1, high)}", f"{rng.randint(low, high)}/{rng.randint(1, high)}"]
    return rng.choice(["*", *steps, _numbers(rng, low, high), _numbers(rng, low, high)])


def _numbers(rng: random.Random, low: int, high: int) -> str:
    one, two = sorted(rng.sample(range(low, high + 1), 2))
    return rng.choice(
        [f"{one}", f"{one},{two}", f"{one}-{two}", f"{one}-{two}/{rng.randint(1, high)}"]
    )
