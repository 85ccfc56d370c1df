"""Which days a cron expression names, in every dialect, against their plain definition."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduledwf_core.triggers import CronTrigger, Dialect

FIRST, LAST = date(1999, 12, 1), date(2037, 12, 31)
MON, TUE, WED, THU, FRI, SAT, SUN = range(1, 8)
UNIX, SPRING, QUARTZ = Dialect

Rule = Callable[[date], bool]


def length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def weekday(*wanted: int) -> Rule:
    return lambda day: day.isoweekday() in wanted


def number(*wanted: int) -> Rule:
    return lambda day: day.day in wanted


def before_last(back: int) -> Rule:
    return lambda day: day.day == length(day) - back


def last(wanted: int) -> Rule:
    return lambda day: day.isoweekday() == wanted and day.day > length(day) - 7


def nth(wanted: int, place: int) -> Rule:
    return lambda day: day.isoweekday() == wanted and (day.day - 1) // 7 + 1 == place


def nearest(target: Callable[[date], int]) -> Rule:
    """The working day of the month with the least distance to the target."""

    def rule(day: date) -> bool:
        wanted = target(day)
        if not 1 <= wanted <= length(day):
            return False
        working = [
            n for n in range(1, length(day) + 1) if day.replace(day=n).isoweekday() not in (6, 7)
        ]
        return day.day == min(working, key=lambda n: abs(n - wanted))

    return rule


def both(one: Rule, other: Rule) -> Rule:
    return lambda day: one(day) and other(day)


def either(one: Rule, other: Rule) -> Rule:
    return lambda day: one(day) or other(day)


RULES: list[tuple[Dialect, str, Rule]] = [
    (UNIX, "0 0 13 * *", number(13)),
    (UNIX, "0 0 * * 0", weekday(SUN)),
    (UNIX, "0 0 * * 7", weekday(SUN)),
    (UNIX, "0 0 * * sun", weekday(SUN)),
    (UNIX, "0 0 * * Mon-Fri", weekday(MON, TUE, WED, THU, FRI)),
    (UNIX, "0 0 * * FRI-MON", weekday(FRI, SAT, SUN, MON)),
    (UNIX, "0 0 * * 5-7", weekday(FRI, SAT, SUN)),
    (UNIX, "0 0 * * 5-1", weekday(FRI, SAT, SUN, MON)),
    (UNIX, "0 0 * * 7-2", weekday(SUN, MON, TUE)),
    (UNIX, "0 0 * * 0-7", weekday(*range(1, 8))),
    (UNIX, "0 0 * * FRI-FRI", weekday(FRI)),
    (UNIX, "0 0 * * */2", weekday(SUN, TUE, THU, SAT)),
    (UNIX, "0 0 * * 1/3", weekday(MON, THU)),
    (UNIX, "0 0 * * 7/2", weekday(SUN)),
    (UNIX, "0 0 * * 1-5/2", weekday(MON, WED, FRI)),
    (UNIX, "0 0 * * mon,wed,FRI", weekday(MON, WED, FRI)),
    (UNIX, "0 0 13 * FRI", either(number(13), weekday(FRI))),
    (UNIX, "0 0 1-7 * */7", both(number(*range(1, 8)), weekday(SUN))),
    (UNIX, "0 0 */2 * MON", both(number(*range(1, 32, 2)), weekday(MON))),
    (UNIX, "0 0 28-3 * *", number(28, 29, 30, 31, 1, 2, 3)),
    (UNIX, "0 0 1 nov-FEB *", lambda day: day.day == 1 and day.month in (11, 12, 1, 2)),
    (UNIX, "0 0 29 2 *", lambda day: (day.month, day.day) == (2, 29)),
    (UNIX, "0 0 31 * *", number(31)),
    (UNIX, "@weekly", weekday(SUN)),
    (UNIX, "@monthly", number(1)),
    (UNIX, "@Yearly", lambda day: (day.month, day.day) == (1, 1)),
    (UNIX, "@annually", lambda day: (day.month, day.day) == (1, 1)),
    (UNIX, "@daily", lambda _: True),
    (UNIX, "@midnight", lambda _: True),
    (SPRING, "0 0 0 13 * FRI", both(number(13), weekday(FRI))),
    (SPRING, "0 0 0 ? * ?", lambda _: True),
    (SPRING, "0 0 0 ? * SUN-TUE", weekday(SUN, MON, TUE)),
    (SPRING, "0 0 0 ? * SAT-SUN", weekday(SAT, SUN)),
    (SPRING, "0 0 0 * * 0", weekday(SUN)),
    (SPRING, "0 0 0 * * */2", weekday(MON, WED, FRI, SUN)),
    (SPRING, "0 0 0 * * 0/3", weekday(SUN, WED, SAT)),
    (SPRING, "0 0 0 1,L * *", either(number(1), before_last(0))),
    (SPRING, "0 0 0 1W,15 * *", either(nearest(lambda _: 1), number(15))),
    (SPRING, "0 0 0 L-3 * *", before_last(3)),
    (SPRING, "0 0 0 LW * *", nearest(length)),
    (SPRING, "0 0 0 * * 5L", last(FRI)),
    (SPRING, "0 0 0 * * MONL", last(MON)),
    (SPRING, "0 0 0 * * 2#1", nth(TUE, 1)),
    (SPRING, "0 0 0 * * FRI#5", nth(FRI, 5)),
    (SPRING, "0 0 0 * * MON,TUE#2", either(weekday(MON), nth(TUE, 2))),
    (SPRING, "0 0 0 29 2 MON", lambda day: (day.month, day.day) == (2, 29) and weekday(MON)(day)),
    (SPRING, "@monthly", number(1)),
    (QUARTZ, "0 0 0 L * ?", before_last(0)),
    (QUARTZ, "0 0 0 L-30 * ?", before_last(30)),
    (QUARTZ, "0 0 0 LW * ?", nearest(length)),
    (QUARTZ, "0 0 0 L-2W * ?", nearest(lambda day: length(day) - 2)),
    (QUARTZ, "0 0 0 L-30W * ?", nearest(lambda day: length(day) - 30)),
    (QUARTZ, "0 0 0 1W * ?", nearest(lambda _: 1)),
    (QUARTZ, "0 0 0 15W * ?", nearest(lambda _: 15)),
    (QUARTZ, "0 0 0 31W * ?", nearest(lambda _: 31)),
    (QUARTZ, "0 0 0 1,15W,L * ?", either(number(1), either(nearest(lambda _: 15), before_last(0)))),
    (QUARTZ, "0 0 0 5/10 * ?", number(5, 15, 25)),
    (QUARTZ, "0 0 0 25-5 * ?", number(*range(25, 32), *range(1, 6))),
    (QUARTZ, "0 0 0 ? * 1", weekday(SUN)),
    (QUARTZ, "0 0 0 ? * 7", weekday(SAT)),
    (QUARTZ, "0 0 0 ? * L", weekday(SAT)),
    (QUARTZ, "0 0 0 ? * 6L", last(FRI)),
    (QUARTZ, "0 0 0 ? * 2#1", nth(MON, 1)),
    (QUARTZ, "0 0 0 ? * SUN#5", nth(SUN, 5)),
    (QUARTZ, "0 0 0 ? * 2/2", weekday(MON, WED, FRI)),
    (QUARTZ, "0 0 0 ? * FRI-MON", weekday(FRI, SAT, SUN, MON)),
    (QUARTZ, "0 0 0 1 * ? 2030-2032", both(number(1), lambda day: 2030 <= day.year <= 2032)),
    (QUARTZ, "0 0 0 ? 2/5 MON *", lambda d: d.month in (2, 7, 12) and d.isoweekday() == MON),
]


def days_of(trigger: CronTrigger) -> Iterator[date]:
    instant = trigger.next_after(datetime(1999, 11, 30, tzinfo=UTC))
    while instant is not None and instant.date() <= LAST:
        yield instant.date()
        instant = trigger.next_after(instant)


def days_back_of(trigger: CronTrigger) -> Iterator[date]:
    instant = trigger.previous_before(datetime(2038, 1, 1, tzinfo=UTC))
    while instant is not None and instant.date() >= FIRST:
        yield instant.date()
        instant = trigger.previous_before(instant)


@pytest.mark.parametrize(
    ("dialect", "expression", "rule"), [pytest.param(*r, id=f"{r[0]} {r[1]}") for r in RULES]
)
def test_an_expression_names_the_days_of_its_definition(
    dialect: Dialect, expression: str, rule: Rule
) -> None:
    every_day = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    wanted = [day for day in every_day if rule(day)]
    trigger = CronTrigger(expressions=(expression,), dialect=dialect)

    assert [day for day in days_of(trigger) if day >= FIRST] == wanted
    assert list(days_back_of(trigger))[::-1] == wanted


def test_the_rarest_of_dates_is_found_across_the_missing_leap_years() -> None:
    leap_sunday = CronTrigger(expressions=("0 0 29 2 */7",), dialect=Dialect.UNIX)

    assert leap_sunday.next_after(datetime(2032, 3, 1, tzinfo=UTC)) == datetime(
        2060, 2, 29, tzinfo=UTC
    )
    assert leap_sunday.previous_before(datetime(2100, 1, 1, tzinfo=UTC)) == datetime(
        2088, 2, 29, tzinfo=UTC
    )
    assert leap_sunday.next_after(datetime(2088, 2, 29, tzinfo=UTC)) == datetime(
        2128, 2, 29, tzinfo=UTC
    )


def test_years_end_where_the_rule_does() -> None:
    two_years = CronTrigger(expressions=("0 0 12 1 1 ? 2030,2032",), dialect=Dialect.QUARTZ)
    for_ever = CronTrigger(expressions=("0 12 1 1 *",), dialect=Dialect.UNIX)

    assert two_years.next_after(datetime(2030, 6, 1, tzinfo=UTC)) == datetime(
        2032, 1, 1, 12, tzinfo=UTC
    )
    assert two_years.next_after(datetime(2032, 1, 1, 12, tzinfo=UTC)) is None
    assert two_years.previous_before(datetime(2030, 1, 1, 12, tzinfo=UTC)) is None
    assert for_ever.next_after(datetime(1, 1, 1, tzinfo=UTC)) == datetime(
        1970, 1, 1, 12, tzinfo=UTC
    )
    assert for_ever.previous_before(datetime.max.replace(tzinfo=UTC)) == datetime(
        2299, 1, 1, 12, tzinfo=UTC
    )
    assert for_ever.next_after(datetime(2299, 1, 1, 12, tzinfo=UTC)) is None
    assert for_ever.next_after(datetime.max.replace(tzinfo=UTC)) is None
    assert for_ever.previous_before(datetime(1970, 1, 1, 12, tzinfo=UTC)) is None
