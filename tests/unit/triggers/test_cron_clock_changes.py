"""What a change of the clocks does to a cron due time: the choices, the default, the complaints."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduledwf_core.triggers import CronTrigger, Dialect, DstGap, DstOverlap

SKIP, AT_GAP_END, SHIFT = DstGap
FIRST, SECOND, BOTH = DstOverlap

SPRING_2026, AUTUMN_2026 = date(2026, 3, 8), date(2026, 11, 1)  # in New York


def local_times_on(
    day: date, expression: str, zone: str = "America/New_York", **rule: DstGap | DstOverlap
) -> list[str]:
    """The due times on the local *day*, as the clock shows them, with the offset."""
    trigger = CronTrigger(expressions=(expression,), dialect=Dialect.UNIX, zone=zone, **rule)
    instant = trigger.next_after(datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY)
    found = []
    while instant is not None and trigger.local_time(instant).date() <= day:
        local = trigger.local_time(instant)
        if local.date() == day:
            found.append(f"{local:%H:%M}{local:%z}"[:-2])
        instant = trigger.next_after(instant)
    return found


DAY = timedelta(days=1)

#: `30 2` in the gap and `30 1` in the overlap, by the library whose rule a pair is.
LIBRARIES = [
    ("robfig/cron", SKIP, BOTH, [], ["01:30-04", "01:30-05"]),
    ("Quartz", SKIP, SECOND, [], ["01:30-05"]),
    ("cron-utils, systemd", SKIP, FIRST, [], ["01:30-04"]),
    ("cron-parser", SHIFT, FIRST, ["03:30-04"], ["01:30-04"]),
    ("croniter", AT_GAP_END, BOTH, ["03:00-04"], ["01:30-04", "01:30-05"]),
    ("cronsim, and ours", AT_GAP_END, FIRST, ["03:00-04"], ["01:30-04"]),
    ("nobody", AT_GAP_END, SECOND, ["03:00-04"], ["01:30-05"]),
    ("nobody", SHIFT, SECOND, ["03:30-04"], ["01:30-05"]),
    ("java.time read literally", SHIFT, BOTH, ["03:30-04"], ["01:30-04", "01:30-05"]),
]


@pytest.mark.parametrize(("_library", "gap", "overlap", "in_gap", "in_overlap"), LIBRARIES)
def test_every_pair_of_rules_can_be_chosen(
    _library: str, gap: DstGap, overlap: DstOverlap, in_gap: list[str], in_overlap: list[str]
) -> None:
    rule = {"dst_gap": gap, "dst_overlap": overlap}

    assert local_times_on(SPRING_2026, "30 2 * * *", **rule) == in_gap
    assert local_times_on(AUTUMN_2026, "30 1 * * *", **rule) == in_overlap


@pytest.mark.parametrize(
    ("zone", "day", "expression", "wanted"),
    [
        ("America/New_York", SPRING_2026, "30 2 * * *", ["03:00-04"]),
        ("America/New_York", SPRING_2026, "0,30 2 * * *", ["03:00-04"]),
        ("America/New_York", SPRING_2026, "0 2,3 * * *", ["03:00-04"]),
        ("America/New_York", AUTUMN_2026, "30 1 * * *", ["01:30-04"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), "15 2 * * *", ["02:30+11"]),
        ("Australia/Lord_Howe", date(2026, 4, 5), "45 1 * * *", ["01:45+11"]),
        ("America/Santiago", date(2026, 9, 6), "0 0 * * *", ["01:00-03"]),
        ("America/Santiago", date(2026, 4, 4), "30 23 * * *", ["23:30-03"]),
        ("Africa/Cairo", date(2026, 4, 24), "30 0 * * *", ["01:00+03"]),
        ("Pacific/Chatham", date(2026, 9, 27), "50 2 * * *", ["03:45+13"]),
        ("Pacific/Chatham", date(2026, 4, 5), "45 2 * * *", ["02:45+13"]),
        ("Asia/Almaty", date(2024, 2, 29), "30 23 * * *", ["23:30+06"]),
    ],
)
def test_by_default_a_fixed_time_runs_once_and_is_never_lost(
    zone: str, day: date, expression: str, wanted: list[str]
) -> None:
    assert local_times_on(day, expression, zone) == wanted


def test_a_day_that_a_zone_leaves_out_is_made_up_for_at_its_end() -> None:
    lost, next_day = date(2011, 12, 30), date(2011, 12, 31)

    assert local_times_on(lost, "0 9 * * *", "Pacific/Apia") == []
    assert local_times_on(next_day, "0 9 * * *", "Pacific/Apia") == ["00:00+14", "09:00+14"]
    assert local_times_on(next_day, "0 9 * * *", "Pacific/Apia", dst_gap=SHIFT) == ["09:00+14"]
    assert local_times_on(next_day, "0 9 30 * *", "Pacific/Apia", dst_gap=SHIFT) == ["09:00+14"]


def test_a_shift_is_by_the_length_of_the_gap() -> None:
    howe = local_times_on(date(2026, 10, 4), "15 2 * * *", "Australia/Lord_Howe", dst_gap=SHIFT)

    assert local_times_on(SPRING_2026, "30 2 * * *", dst_gap=SHIFT) == ["03:30-04"]
    assert local_times_on(SPRING_2026, "30 2,3 * * *", dst_gap=SHIFT) == ["03:30-04"]
    assert howe == ["02:45+11"]


def test_a_gap_and_an_overlap_reach_to_their_last_second() -> None:
    def times(expression: str, start: datetime) -> list[str]:
        trigger = CronTrigger(
            expressions=(expression,),
            dialect=Dialect.SPRING,
            zone="America/New_York",
            dst_gap=SHIFT,
            dst_overlap=SECOND,
        )
        found = [trigger.next_after(start)]
        found.append(trigger.next_after(found[0]))
        return [f"{trigger.local_time(at):%d %H:%M:%S%z}" for at in found]

    march, november = datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)

    assert times("59 59 2 * * *", march) == ["08 03:59:59-0400", "09 02:59:59-0400"]
    assert times("0 0 2 * * *", march) == ["08 03:00:00-0400", "09 02:00:00-0400"]
    assert times("0 0 3 * * *", march) == ["08 03:00:00-0400", "09 03:00:00-0400"]
    assert times("59 59 1 * * *", november) == ["01 01:59:59-0500", "02 01:59:59-0500"]
    assert times("0 0 1 * * *", november) == ["01 01:00:00-0500", "02 01:00:00-0500"]
    assert times("0 0 2 * * *", november) == ["01 02:00:00-0500", "02 02:00:00-0500"]


@pytest.mark.parametrize("gap", DstGap)
@pytest.mark.parametrize("overlap", DstOverlap)
def test_what_repeats_by_the_hour_follows_elapsed_time(gap: DstGap, overlap: DstOverlap) -> None:
    rule = {"dst_gap": gap, "dst_overlap": overlap}

    assert local_times_on(AUTUMN_2026, "0 * * * *", **rule)[:4] == [
        "00:00-04",
        "01:00-04",
        "01:00-05",
        "02:00-05",
    ]
    assert local_times_on(SPRING_2026, "0 */2 * * *", **rule)[:2] == ["00:00-05", "04:00-04"]
    assert local_times_on(SPRING_2026, "*/15 2 * * *", **rule) == []
    assert local_times_on(AUTUMN_2026, "@hourly", **rule)[1:3] == ["01:00-04", "01:00-05"]


def test_a_range_of_hours_is_fixed_times_and_a_star_is_not() -> None:
    assert local_times_on(AUTUMN_2026, "0 0-23 * * *")[1:3] == ["01:00-04", "02:00-05"]
    assert local_times_on(AUTUMN_2026, "0 * * * *")[1:3] == ["01:00-04", "01:00-05"]
    assert local_times_on(SPRING_2026, "15 0-23 * * *")[1:4] == ["01:15-05", "03:00-04", "03:15-04"]


@pytest.mark.parametrize("dialect", [Dialect.SPRING, Dialect.QUARTZ])
def test_an_open_step_repeats_where_its_dialect_says_so(dialect: Dialect) -> None:
    twice = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    unix = CronTrigger(
        expressions=("30 1/12 * * *",), dialect=Dialect.UNIX, zone="America/New_York"
    )
    other = CronTrigger(expressions=("0 30 1/12 * * ?",), dialect=dialect, zone="America/New_York")

    assert other.next_after(twice) == twice + timedelta(hours=1)
    assert unix.next_after(twice) == twice + timedelta(hours=13)


def test_each_expression_is_judged_by_itself() -> None:
    trigger = CronTrigger(
        expressions=("0 * * * *", "30 1 * * *"), dialect=Dialect.UNIX, zone="America/New_York"
    )
    instant = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    found = []
    for _ in range(4):
        instant = trigger.next_after(instant)
        found.append(f"{trigger.local_time(instant):%H:%M%z}")

    assert found == ["01:00-0400", "01:30-0400", "01:00-0500", "02:00-0500"]


def test_asked_from_inside_the_second_pass_the_first_is_past() -> None:
    daily = CronTrigger(expressions=("30 1 * * *",), dialect=Dialect.UNIX, zone="America/New_York")
    inside = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10 for the second time

    assert daily.next_after(inside) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    assert daily.previous_before(inside) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_due_time_explains_what_the_clocks_did_to_it() -> None:
    zone = "America/New_York"
    daily = CronTrigger(expressions=("30 2 * * *", "30 1 * * *"), dialect=Dialect.UNIX, zone=zone)
    hourly = CronTrigger(expressions=("0 * * * *",), dialect=Dialect.UNIX, zone=zone)
    gap_end = datetime(2026, 3, 8, 7, tzinfo=UTC)

    assert daily.explain(gap_end) == ("dst_gap",)
    assert daily.explain(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)) == ("dst_overlap",)
    assert daily.explain(datetime(2026, 11, 2, 6, 30, tzinfo=UTC)) == ()
    assert hourly.explain(gap_end) == ()
    assert hourly.explain(datetime(2026, 11, 1, 6, tzinfo=UTC)) == ("dst_overlap",)
    assert hourly.explain(datetime(2026, 11, 1, 6, 30, tzinfo=UTC)) == ()


# What users of other schedulers complained of; the numbers are those of their issues.


def test_inside_the_repeated_hour_the_next_time_moves_on() -> None:  # apscheduler#1021, #980
    zone = "Europe/Helsinki"
    trigger = CronTrigger(expressions=("30 * * * *",), dialect=Dialect.UNIX, zone=zone)
    instant = datetime(2026, 10, 24, 23, 45, tzinfo=UTC)
    found = [instant := trigger.next_after(instant) for _ in range(4)]

    assert [f"{trigger.local_time(at):%H:%M%z}" for at in found] == [
        "03:30+0300",
        "03:30+0200",
        "04:30+0200",
        "05:30+0200",
    ]


def test_a_midnight_job_loses_no_day() -> None:  # apscheduler#606, #529
    trigger = CronTrigger(expressions=("0 0 * * *",), dialect=Dialect.UNIX, zone="Europe/London")
    instant = datetime(2026, 3, 27, 12, tzinfo=UTC)
    found = [instant := trigger.next_after(instant) for _ in range(4)]

    assert [trigger.local_time(at).day for at in found] == [28, 29, 30, 31]


def test_every_seven_seconds_goes_on_after_the_change() -> None:  # apscheduler#1036, systemd#8647
    trigger = CronTrigger(
        expressions=("*/7 * * * * *",), dialect=Dialect.SPRING, zone="America/New_York"
    )
    instant = datetime(2026, 11, 1, 5, 59, 50, tzinfo=UTC)
    found = [instant := trigger.next_after(instant) for _ in range(3)]

    assert [f"{at:%H:%M:%S}" for at in found] == ["05:59:56", "06:00:00", "06:00:07"]


@pytest.mark.parametrize("day", [SPRING_2026, AUTUMN_2026])
def test_noon_is_noon_on_the_day_of_a_change(day: date) -> None:  # celery#1604, #9653, beat#134
    assert [time[:5] for time in local_times_on(day, "0 12 * * *")] == ["12:00"]
    assert [time[:5] for time in local_times_on(day, "4 16 * * *")] == ["16:04"]
    assert [time[:5] for time in local_times_on(day, "0 7,9 * * *")] == ["07:00", "09:00"]


def test_every_minute_is_never_silent() -> None:  # celery#6438, sidekiq#5049, systemd#8647
    trigger = CronTrigger(expressions=("* * * * *",), dialect=Dialect.UNIX, zone="America/New_York")
    instant = datetime(2026, 11, 1, 4, tzinfo=UTC)
    for _ in range(240):
        following = trigger.next_after(instant)
        assert following == instant + timedelta(minutes=1)
        instant = following


def test_a_time_in_utc_knows_no_change() -> None:  # cronie#124
    trigger = CronTrigger(expressions=("30 1 * * *",), dialect=Dialect.UNIX)

    assert trigger.next_after(datetime(2026, 11, 1, tzinfo=UTC)) == datetime(
        2026, 11, 1, 1, 30, tzinfo=UTC
    )
