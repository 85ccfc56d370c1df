"""``H``: a time drawn from the schedule's name, so that schedules do not all fire at once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.triggers import CronTrigger, Dialect

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def times(expression: str, count: int, hash_key: str = "team/report") -> list[datetime]:
    trigger = CronTrigger(expressions=(expression,), dialect=Dialect.UNIX, hash_key=hash_key)
    instant, found = START - timedelta(seconds=1), []
    for _ in range(count):
        instant = trigger.next_after(instant)
        found.append(instant)
    return found


def test_the_draw_is_the_same_on_every_node_and_for_ever() -> None:
    first, second = times("H H * * *", 2)

    assert (first.hour, first.minute) == (11, 28)
    assert second - first == 24 * HOUR


def test_other_names_draw_other_times() -> None:
    drawn = Counter(times("H * * * *", 1, f"team/{n}")[0].minute for n in range(6000))

    assert set(drawn) == set(range(60))
    assert max(drawn.values()) < 150


def test_a_step_begins_at_the_drawn_value_and_keeps_its_length() -> None:
    found = [time.minute for time in times("H/10 * * * *", 6)]

    assert [later - found[0] for later in found] == [0, 10, 20, 30, 40, 50]
    assert found[0] < 10


@pytest.mark.parametrize("name", [f"n/{n}" for n in range(40)])
def test_a_range_bounds_the_draw(name: str) -> None:
    plain = times("H(10-19) H(0-3) * * *", 1, name)[0]
    stepped = [time.minute for time in times("H(0-29)/10 * * * *", 3, name)]

    assert 10 <= plain.minute <= 19
    assert plain.hour <= 3
    assert stepped == [stepped[0], stepped[0] + 10, stepped[0] + 20]
    assert stepped[0] < 10


def test_a_drawn_day_is_in_every_month() -> None:
    for n in range(200):
        days = {time.day for time in times("0 0 H * *", 12, f"team/{n}")}

        assert len(days) == 1
        assert days <= set(range(1, 29))


def test_a_drawn_time_is_a_fixed_time_and_a_drawn_step_goes_on() -> None:
    overlap = datetime(2026, 11, 1, 5, tzinfo=UTC)
    fixed, bounded, steps = (
        CronTrigger(
            expressions=(expression,),
            dialect=Dialect.UNIX,
            zone="America/New_York",
            hash_key="team/report",
        )
        for expression in ("H 1 * * *", "H(0-59)/30 1 * * *", "H/30 1 * * *")
    )

    assert fixed.next_after(overlap + HOUR) > overlap + 20 * HOUR
    assert bounded.next_after(overlap + HOUR) > overlap + 20 * HOUR
    assert steps.next_after(overlap + HOUR) < overlap + 2 * HOUR
