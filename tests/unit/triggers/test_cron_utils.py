"""Expressions of cron-utils 8.0.0: what it accepts, when that is due, and its words of refusal.

The messages were collected from the library itself.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers import CronTrigger, Dialect, DstGap, DstOverlap
from scheduledwf_core.triggers.cron_utils import quartz_from_cron_utils

START = datetime(2026, 1, 15, 10, 20, 30, 500_000, tzinfo=UTC)
BOTH_DAYS = "Both, a day-of-week AND a day-of-month parameter, are not supported."


def trigger_of(expression: str, zone: str = "UTC") -> CronTrigger:
    return CronTrigger(
        expressions=quartz_from_cron_utils(expression),
        dialect=Dialect.QUARTZ,
        zone=zone,
        dst_gap=DstGap.SKIP,
        dst_overlap=DstOverlap.BOTH,
    )


def next_times(expression: str, form: str, zone: str = "UTC", start: datetime = START) -> list[str]:
    trigger, instant, found = trigger_of(expression, zone), start, []
    while len(found) < 3 and (instant := trigger.next_after(instant)) is not None:
        found.append(trigger.local_time(instant).strftime(form))
    return found


@pytest.mark.parametrize(
    "expression",
    [
        "0 0/1 * 1/1 * ? *",
        "0/1 1/1 * 1/1 * ? *",
        "*/5 * * * * ?",
        "0 0 12 ? * MON-FRI",
        "0 0 12 ? * mon",
        "0 0 12 ? * SUN#2",
        "0 0 12 ? * 2#1",
        "0 0 12 ? * 6L",
        "0 0 12 L * ?",
        "0 0 12 LW * ?",
        "0 0 12 15W * ?",
        "0 0 12 L-3 * ?",
        "0 15,45 8-18/2 ? JAN,MAR MON,WED 2030-2035",
        "0 0 0 1 1 ? 2020",
        "0 30-10 * * * ?",
        "0  0   12 * * ?",
        "  0 0 12 * * ?\t",
        "/5 * * * * ?",
    ],
)
def test_what_cron_utils_accepts_is_accepted(expression: str) -> None:
    assert len(quartz_from_cron_utils(expression)) == 1


@pytest.mark.parametrize(
    ("expression", "form", "wanted"),
    [
        ("0 0/1 * 1/1 * ? *", "%H:%M", ["10:21", "10:22", "10:23"]),
        ("* * * * * ?", "%S", ["31", "32", "33"]),
        ("0/2 * * * * ?", "%S", ["32", "34", "36"]),
        ("*/5 * * * * ?", "%S", ["35", "40", "45"]),
        ("0/7 * * * * ?", "%S", ["35", "42", "49"]),
        ("0 5/20 * * * ?", "%H:%M", ["10:25", "10:45", "11:05"]),
        ("0 0 12 ? * FRI-MON", "%d", ["16", "17", "18"]),
        ("0 0 12 ? * 1", "%d %b", ["18 Jan", "25 Jan", "01 Feb"]),
        ("0 0 12 ? * 7", "%d %b", ["17 Jan", "24 Jan", "31 Jan"]),
        ("0 0 12 ? * L", "%d %b", ["17 Jan", "24 Jan", "31 Jan"]),
        ("0 0 12 ? * 2#1", "%d %b", ["02 Feb", "02 Mar", "06 Apr"]),
        ("0 0 12 ? * 2#5", "%d %b", ["30 Mar", "29 Jun", "31 Aug"]),
        ("0 0 12 ? * SUN#2", "%d %b", ["08 Feb", "08 Mar", "12 Apr"]),
        ("0 0 12 ? * 6L", "%d %b", ["30 Jan", "27 Feb", "27 Mar"]),
        ("0 0 12 L * ?", "%d %b", ["31 Jan", "28 Feb", "31 Mar"]),
        ("0 0 12 L-3 * ?", "%d %b", ["28 Jan", "25 Feb", "28 Mar"]),
        ("0 0 12 LW * ?", "%d %b", ["30 Jan", "27 Feb", "31 Mar"]),
        ("0 0 12 15W * ?", "%d %b", ["15 Jan", "16 Feb", "16 Mar"]),
        ("0 0 12 1W * ?", "%d %b", ["02 Feb", "02 Mar", "01 Apr"]),
        ("0 0 12 31 * ?", "%d %b", ["31 Jan", "31 Mar", "31 May"]),
        ("0 0 12 29 2 ?", "%Y", ["2028", "2032", "2036"]),
        ("0 0 0 1 1 ? 2020", "%Y", []),
        ("0 0 0 1 1 ? 2028", "%Y-%m-%d", ["2028-01-01"]),
        ("0 0 12 1/5 * ?", "%d", ["16", "21", "26"]),
        ("0 0 0 ? 2/3 SAT", "%d %b", ["07 Feb", "14 Feb", "21 Feb"]),
        ("0 0 12|18 * * ?", "%H:%M", ["12:00", "18:00", "12:00"]),
        ("0 0|30 12|18 * * ?", "%H:%M", ["12:00", "18:30", "12:00"]),
    ],
)
def test_the_next_times_are_those_of_cron_utils(
    expression: str, form: str, wanted: list[str]
) -> None:
    assert next_times(expression, form) == wanted


def test_a_range_that_runs_backwards_wraps_as_in_quartz() -> None:
    assert next_times("0 0 22-2 * * ?", "%H") == ["22", "23", "00"]
    assert next_times("0 30-10/20 * * * ?", "%H:%M") == ["10:30", "10:50", "11:10"]


def test_the_clocks_are_followed_as_cron_utils_does() -> None:
    zone = "America/New_York"
    march, november = datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)

    assert next_times("0 30 2 * * ?", "%d %H:%M", zone, march)[0] == "09 02:30"
    assert next_times("0 30 1 * * ?", "%H:%M%z", zone, november)[:2] == ["01:30-0400", "01:30-0500"]
    assert next_times("0 0 * * * ?", "%H%z", zone, november) == ["01-0400", "01-0500", "02-0500"]
    assert next_times("0 0 * * * ?", "%H", zone, march) == ["01", "03", "04"]


@pytest.mark.parametrize("count", [1, 5, 8])
def test_a_wrong_number_of_fields_is_refused_in_its_words(count: int) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        quartz_from_cron_utils(" ".join("*" * count))

    assert refusal.value.field == "cronExpression"
    assert refusal.value.reason == (
        f"Cron expression contains {count} parts but we expect one of [6, 7]"
    )


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("* * * * * *", f"Invalid cron expression: * * * * * *. {BOTH_DAYS}"),
        ("0 0 12 1 * MON", f"Invalid cron expression: 0 0 12 1 * 2. {BOTH_DAYS}"),
        ("0 0 0 ? * ?", f"Invalid cron expression: 0 0 0 ? * ?. {BOTH_DAYS}"),
        ("0 0 0 1 jan mon-FRI/2", f"Invalid cron expression: 0 0 0 1 1 2-6/2. {BOTH_DAYS}"),
        ("0 */1 /1 1,L-3 * 2#1", f"Invalid cron expression: 0 * * 1,L-3 * 2#1. {BOTH_DAYS}"),
        ("60 * * * * ?", "Value 60 not in range [0, 59]"),
        ("0 0 24 * * ?", "Value 24 not in range [0, 23]"),
        ("0 0 0 ? * 0", "Value 0 not in range [1, 7]"),
        ("0 0 0 ? * 8", "Value 8 not in range [1, 7]"),
        ("0 0 0 ? * 2#9", "Value 9 not in range [1, 7]"),
        ("0 0 0 1 1 ? 2200", "Value 2200 not in range [1970, 2099]"),
        ("0 0 0 1 1 ? 1969-2000", "Value 1969 not in range [1970, 2099]"),
        ("? * * * * ?", "Invalid expression: ?"),
        ("0 0 0 1#2 * ?", "Invalid expression: 1#2"),
        ("1/2/3 * * * * ?", "Invalid expression: 1/2/3"),
        ("*/60 * * * * ?", "Period 60 not in range (0, 59]"),
        ("0 0 0 1/32 * ?", "Period 32 not in range (0, 31]"),
        ("0 0 0 ? * */7", "Period 7 not in range (0, 6]"),
        ("*/0 * * * * ?", "Period 0 not in range (0, 59]"),
        ("*/x * * * * ?", 'For input string: "X"'),
        ("0 0 0 1, * ?", "Missing steps for expression: 1,"),
        ("0 0 0 ? * #2", "Time should be specified!"),
        ("0 0 0 LWX * ?", "Expected: LW, found: X"),
        (
            "0 0 0 ? * MONL",
            "Invalid chars in expression! Expression: MONL Invalid chars: MONL",
        ),
        ("L * * * * ?", "Invalid chars in expression! Expression: L Invalid chars: L"),
        (
            "-1 * * * * ?",
            "Invalid expression! Expression: -1 does not describe a range."
            " Negative numbers are not allowed.",
        ),
    ],
)
def test_a_bad_expression_is_refused_in_its_words(expression: str, reason: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        quartz_from_cron_utils(expression)

    assert refusal.value.field == "cronExpression"
    assert refusal.value.reason == f"Failed to parse '{expression}'. {reason}"


@pytest.mark.parametrize("expression", ["", "  \t "])
def test_an_empty_expression_is_refused(expression: str) -> None:
    with pytest.raises(InvalidSchedule, match="cronExpression: Empty expression!"):
        quartz_from_cron_utils(expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 0 0 31 2 ?", "never fires"),
        ("0 0 0 32 * ?", "32 is not between 1 and 31"),
        ("0 0 0 ? 13 1", "13 is not between 1 and 12"),
        ("0 0 0 ? * 2#6", "no weekday number 6"),
        ("1-2-3 * * * * ?", "cannot read '1-2-3'"),
        ("0 0 0 L- * ?", "Invalid expression: L-"),
        ("0 0|1 0|1|2 * * ?", "Invalid expression: 0|1"),
    ],
)
def test_what_cron_utils_takes_and_cannot_run_is_refused_too(expression: str, reason: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        quartz_from_cron_utils(expression)

    assert refusal.value.field == "cronExpression"
    assert refusal.value.reason.startswith(f"Failed to parse '{expression}'. ")
    assert reason in refusal.value.reason


def test_each_part_of_a_union_is_checked_by_itself() -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        quartz_from_cron_utils("0 0 12|24 * * ?")

    assert refusal.value.reason == "Failed to parse '0 0 24 * * ?'. Value 24 not in range [0, 23]"
