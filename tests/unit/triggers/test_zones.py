"""The periods of constant offset of a zone, against the zone itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from scheduledwf_core.triggers.zones import ZoneOffsets, zone_offsets

HOUR = 3600


def offset_at(zone: str, second: int) -> int:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    return int(at.astimezone(ZoneInfo(zone)).utcoffset().total_seconds())


def transitions(zone: str, start: int, end: int) -> list[int]:
    """The seconds at which the offset changes, found by walking the periods."""
    offsets, found, second = ZoneOffsets(ZoneInfo(zone)), [], start
    before = offsets.period_at(start).offset
    while second < end:
        period = offsets.period_at(second)
        if period.offset != before:
            found.append(period.start)
        before, second = period.offset, period.end
    return found


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Africa/Casablanca",  # out of daylight saving for Ramadan
        "Asia/Gaza",  # gives up and takes back an hour
        "America/Recife",  # kept an offset for a week only, in 2000
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Africa/Monrovia",  # left local mean time in 1972
        "Pacific/Apia",
        "UTC",
    ],
)
def test_no_change_of_offset_is_missed_and_each_is_exact(zone: str) -> None:
    end = 60 * 365 * 86_400
    found = transitions(zone, 0, end)
    walked = [offset_at(zone, second) for second in range(0, end, 6 * HOUR)]

    assert len(found) == sum(one != two for one, two in pairwise(walked))
    for second in found:
        assert offset_at(zone, second) != offset_at(zone, second - 1)


def test_readings_shown_twice_are_known_on_both_sides() -> None:
    offsets = zone_offsets("America/New_York")
    change = int(datetime(2026, 11, 1, 6, tzinfo=UTC).timestamp())
    twice = range(change - 7200, change + 7200, 60)

    assert [offsets.shows_twice(second) for second in twice] == [
        change - HOUR <= second < change + HOUR for second in twice
    ]


def test_a_zone_is_found_once() -> None:
    assert zone_offsets("Europe/Paris") is zone_offsets("Europe/Paris")
