"""Lengths of time, read in two forms and written in one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers import format_duration, parse_duration

READ = [
    ("PT5M", timedelta(minutes=5)),
    ("P1D", timedelta(days=1)),
    ("P1DT12H", timedelta(days=1, hours=12)),
    ("P2W", timedelta(weeks=2)),
    ("PT36H", timedelta(hours=36)),
    ("PT1H30M15S", timedelta(hours=1, minutes=30, seconds=15)),
    ("PT0.25S", timedelta(milliseconds=250)),
    ("PT1,5H", timedelta(minutes=90)),
    ("pt5m", timedelta(minutes=5)),
    ("PT0S", timedelta(0)),
    ("5m", timedelta(minutes=5)),
    ("15m", timedelta(minutes=15)),
    ("90s", timedelta(seconds=90)),
    ("1h30m", timedelta(minutes=90)),
    ("1h 30m", timedelta(minutes=90)),
    ("2 hours", timedelta(hours=2)),
    ("1 Day 2 hrs", timedelta(days=1, hours=2)),
    ("1w", timedelta(weeks=1)),
    ("250ms", timedelta(milliseconds=250)),
    ("1.5h", timedelta(minutes=90)),
    (" 10 min ", timedelta(minutes=10)),
]


@pytest.mark.parametrize(("text", "wanted"), READ)
def test_both_forms_are_read(text: str, wanted: timedelta) -> None:
    assert parse_duration("trigger.every", text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "5", "m", "P", "PT", "P1", "PT5", "P5H", "PT1D", "T5M", "5x", "five minutes"],
        *["1h1h", "30m1h", "-5m", "-PT5M", "PT-5M", "+5m", "1.5h30m", "PT1.5H30M", "1h30", "5 m x"],
        *["P1M", "P1Y", "P1Y2M", "1 month", "2 years", "1y", "PT5M ago", "5m,", "٥m", "1e3s"],
        *["PT0.0000001S", "999999999999d", "9" * 99 + "d", "9" * 5000 + "s", "0.1.2s"],
    ],
)
def test_garbage_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        parse_duration("policies.misfire.within", text)

    assert refusal.value.field == "policies.misfire.within"


@pytest.mark.parametrize("text", ["P1M", "P1Y", "1 month", "2 years", "P1Y1D"])
def test_lengths_that_vary_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidSchedule, match="months and years vary in length"):
        parse_duration("trigger.every", text)


@pytest.mark.parametrize("value", [None, 5, 1.5, True, ["5m"], {}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidSchedule, match=r"trigger\.every: must be a duration"):
        parse_duration("trigger.every", value)


@pytest.mark.parametrize(
    ("duration", "wanted"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=5), "PT5M"),
        (timedelta(minutes=90), "PT1H30M"),
        (timedelta(days=1), "P1D"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (timedelta(milliseconds=12), "PT0.012S"),
        (timedelta(seconds=61, microseconds=1), "PT1M1.000001S"),
        (-timedelta(minutes=5), "-PT5M"),
    ],
)
def test_a_duration_is_written_in_iso_8601(duration: timedelta, wanted: str) -> None:
    assert format_duration(duration) == wanted


@given(st.timedeltas(min_value=timedelta(0)))
def test_what_is_written_is_read_back(duration: timedelta) -> None:
    assert parse_duration("x", format_duration(duration)) == duration
