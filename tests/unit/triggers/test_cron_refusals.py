"""Cron expressions that are refused: each refusal names the field and says what to do."""

from __future__ import annotations

import pytest

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers import CronTrigger, Dialect

UNIX, SPRING, QUARTZ = Dialect

REFUSED = [
    (UNIX, "", "has 0 fields"),
    (UNIX, "* * * *", "has 4 fields, the dialect unix has 5"),
    (UNIX, "0 * * * * *", "has 6 fields"),
    (UNIX, "60 * * * *", "minute: 60 is not between 0 and 59"),
    (UNIX, "* 24 * * *", "hour: 24 is not between 0 and 23"),
    (UNIX, "* * 0 * *", "day of month: 0 is not between 1 and 31"),
    (UNIX, "* * * 13 *", "month: 13 is not between 1 and 12"),
    (UNIX, "* * * * 8", "day of week: 8 is not between 0 and 7"),
    (UNIX, "* * * * MONDAY", "'MONDAY' is neither a number nor a name of it"),
    (UNIX, "JAN * * * *", "minute: 'JAN' is neither"),
    (UNIX, "-1 * * * *", "minute: cannot read '-1'"),
    (UNIX, "1,,2 * * * *", "minute: cannot read ''"),
    (UNIX, "1-2-3 * * * *", "minute: cannot read '1-2-3'"),
    (UNIX, "*/0 * * * *", "step 0 is not between 1 and 59"),
    (UNIX, "*/60 * * * *", "step 60 is not between 1 and 59"),
    (UNIX, "0 */24 * * *", "step 24 is not between 1 and 23"),
    (UNIX, "0 0 */32 * *", "step 32 is not between 1 and 31"),
    (UNIX, "0 0 * */13 *", "step 13 is not between 1 and 12"),
    (UNIX, "٣ * * * *", "minute: cannot read"),
    (UNIX, "0 0 L * *", "'L' is known to the dialects spring and quartz only"),
    (UNIX, "0 0 15W * *", "'15W' is known to"),
    (UNIX, "0 0 * * 5L", "'5L' is known to"),
    (UNIX, "0 0 * * 5#2", "'5#2' is known to"),
    (UNIX, "0 0 ? * *", "day of month: cannot read '?'"),
    (UNIX, "@reboot", "no macro @reboot"),
    (UNIX, "@every 90s", "is an interval"),
    (UNIX, "CRON_TZ=Europe/Paris 0 0 * * *", 'say "zone": "Europe/Paris"'),
    (UNIX, "TZ=UTC 0 0 * * *", 'say "zone": "UTC"'),
    (UNIX, "0 0 30 2 *", "never fires"),
    (UNIX, "0 0 31 4,6,9,11 *", "never fires"),
    (UNIX, "H(5-3) * * * *", "runs backwards"),
    (SPRING, "* * * * *", "has 5 fields, the dialect spring has 6"),
    (SPRING, "0 0 12 * * MON 2030", "has 7 fields"),
    (SPRING, "0 0 22-2 * * *", "hour: 22-2 runs backwards"),
    (SPRING, "0 0 0 * * FRI-MON", "day of week: 5-1 runs backwards"),
    (SPRING, "? * * * * *", "second: cannot read '?'"),
    (SPRING, "0 0 12 ? ? ?", "month: cannot read '?'"),
    (SPRING, "0 0 0 W * *", "'W' is neither"),
    (SPRING, "0 0 0 1-5W * *", "neither a number"),
    (SPRING, "0 0 0 32W * *", "32 is not between 1 and 31"),
    (SPRING, "0 0 0 L-31 * *", "no month has a day 31 before its last"),
    (SPRING, "0 0 0 L-3W * *", "known to the dialect quartz only"),
    (SPRING, "0 0 0 * * L", "'L' is neither"),
    (SPRING, "0 0 0 * * #1", "cannot read '#1'"),
    (SPRING, "0 0 0 * * MON#6", "no weekday number 6"),
    (SPRING, "0 0 0 * * MON#0", "no weekday number 0"),
    (SPRING, f"0 0 0 * * MON#{'9' * 300}", "cannot read"),
    (SPRING, "0 0 0 30 2 *", "never fires"),
    (SPRING, "@reboot", "no macro @reboot"),
    (QUARTZ, "@daily", "the dialect quartz has no macro @daily"),
    (QUARTZ, "0 0 0 * * *", "exactly one of day of month and day of week must be ?"),
    (QUARTZ, "0 0 0 ? * ?", "exactly one"),
    (QUARTZ, "0 0 0 1 * MON", "exactly one"),
    (QUARTZ, "0 0 0 ? * 0", "0 is not between 1 and 7"),
    (QUARTZ, "0 0 0 ? * 8", "8 is not between 1 and 7"),
    (QUARTZ, "0 0 0 1 1 ? 2200", "year: 2200 is not between 1970 and 2199"),
    (QUARTZ, "0 0 0 1 1 ? 2030-2029", "runs backwards"),
    (QUARTZ, "0 0 0 1 1 ? H", "year: H has no meaning here"),
    (QUARTZ, "0 0 0 31 2 ?", "never fires"),
    (QUARTZ, "0 0 0 29 2 ? 2027", "never fires"),
    (QUARTZ, "0 0 0 ? * 2#6", "no weekday number 6"),
    (QUARTZ, "0 0 0 ?,5 * ?", "day of month: cannot read '?'"),
]


@pytest.mark.parametrize(("dialect", "expression", "reason"), REFUSED)
def test_a_bad_expression_is_refused_with_its_field_and_reason(
    dialect: Dialect, expression: str, reason: str
) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        CronTrigger(expressions=(expression,), dialect=dialect)

    assert refusal.value.field == "trigger.expressions"
    assert repr(expression) in refusal.value.reason
    assert reason in refusal.value.reason


def test_one_bad_expression_among_good_ones_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="61 is not between"):
        CronTrigger(expressions=("0 0 * * *", "61 0 * * *"), dialect=UNIX)


def test_an_endless_expression_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        CronTrigger(expressions=("1," * 5000 + "1 * * * *",), dialect=UNIX)

    assert refusal.value.field == "trigger.expressions"
    assert len(refusal.value.reason) < 100


def test_no_expression_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match=r"trigger\.expressions: must name at least one"):
        CronTrigger(expressions=(), dialect=UNIX)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Mars/Olympus",
        "Europe",
        "../etc/passwd",
        "/etc/passwd",
        "right/UTC",
        "localtime",
        "a\0b",
    ],
)
def test_a_zone_that_is_not_iana_is_refused(zone: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        CronTrigger(expressions=("0 0 * * *",), dialect=UNIX, zone=zone)

    assert refusal.value.field == "trigger.zone"
    assert repr(zone) in refusal.value.reason


def test_a_thirtieth_of_february_is_fine_where_a_weekday_may_match_instead() -> None:
    trigger = CronTrigger(expressions=("0 0 30 2 MON",), dialect=UNIX)

    assert trigger.expressions == ("0 0 30 2 MON",)


def test_blank_runs_and_edges_do_not_matter() -> None:
    plain = CronTrigger(expressions=("0 12 * * *",), dialect=UNIX)
    wide = CronTrigger(expressions=("  0  12 *\t* * ",), dialect=UNIX)

    assert plain._placings[0].slots.hours == wide._placings[0].slots.hours
