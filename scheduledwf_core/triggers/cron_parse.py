"""Reads a cron expression of a dialect into the slots it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers.cron_days import (
    FIRST_YEAR,
    LAST_YEAR,
    YEAR_BASE,
    AnyOf,
    Both,
    DayRule,
    FromLast,
    LastOfWeekday,
    NearestWeekday,
    NthOfWeekday,
    Numbered,
    Weekdays,
)
from scheduledwf_core.triggers.cron_dialect import GRAMMARS, MACROS, Dialect, Grammar
from scheduledwf_core.triggers.cron_field import EXPRESSIONS, Field, Values
from scheduledwf_core.triggers.cron_slots import NEVER, Slots, mask_of

_SECOND, _MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY, _YEAR = range(7)
_ALL_YEARS = mask_of(range(FIRST_YEAR - YEAR_BASE, LAST_YEAR - YEAR_BASE + 1))

_LONGEST = 1000
_ANY = {"?": "*"}

_ZONE_PREFIX = re.compile(r"(?:CRON_)?TZ=(\S*)", re.IGNORECASE)
_OF_LAST_DAY = re.compile(r"L(?:-(?P<back>[0-9]{1,2}))?(?P<weekday>W)?", re.ASCII)
_NEAREST = re.compile(r"(?P<day>[0-9]{1,2})W", re.ASCII)
_OF_WEEKDAY = re.compile(r"(?P<weekday>\w+)(?:\#(?P<nth>[0-9]{1,9})|(?P<last>L))", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an expression means."""

    slots: Slots
    goes_on: bool  # interval-like: it follows elapsed time over a change of the clocks


def read_expression(expression: str, dialect: Dialect, *, hash_key: str = "") -> Reading:
    """What *expression* means in *dialect*; refused if it cannot be read or can never come."""
    if len(expression) > _LONGEST:
        raise InvalidSchedule(EXPRESSIONS, f"an expression has at most {_LONGEST} characters")
    try:
        return _read(expression.strip(), dialect, hash_key)
    except InvalidSchedule as error:
        raise InvalidSchedule(error.field, f"{expression!r}: {error.reason}") from error


def _read(expression: str, dialect: Dialect, hash_key: str) -> Reading:
    grammar = GRAMMARS[dialect]
    texts = _texts(expression, dialect)

    def values(at: int) -> Values:
        return grammar.fields[at].read(texts[at], hash_key)

    minutes, hours = values(_MINUTE), values(_HOUR)
    slots = Slots(
        seconds=mask_of(values(_SECOND).values),
        minutes=mask_of(minutes.values),
        hours=mask_of(hours.values),
        months=mask_of(values(_MONTH).values),
        years=_years(texts[_YEAR], values),
        rule=_day_rule(texts, dialect, hash_key),
    )
    if slots.first_from(0) == NEVER:
        raise InvalidSchedule(EXPRESSIONS, "never fires: there is no such date")
    return Reading(slots=slots, goes_on=minutes.goes_on or hours.goes_on)


def _texts(expression: str, dialect: Dialect) -> list[str]:
    """The seven fields, written or not, from second to year."""
    written = expression.upper().split()
    if prefix := _ZONE_PREFIX.match(expression):
        raise InvalidSchedule(EXPRESSIONS, f'say "zone": "{prefix[1]}" instead of {prefix[0]}')
    if expression.startswith("@"):
        written = _macro(written, dialect)
    elif len(written) not in GRAMMARS[dialect].written:
        wanted = " or ".join(map(str, GRAMMARS[dialect].written))
        raise InvalidSchedule(
            EXPRESSIONS, f"has {len(written)} fields, the dialect {dialect} has {wanted}"
        )
    seconds_first = written if len(written) > 5 else ["0", *written]
    return [*seconds_first, "*"][:7]


def _macro(written: list[str], dialect: Dialect) -> list[str]:
    macro = " ".join(written)
    if written[0] == "@EVERY":
        raise InvalidSchedule(
            EXPRESSIONS, '@every is an interval; define a trigger of "type": "interval"'
        )
    if macro not in MACROS or not GRAMMARS[dialect].macros:
        raise InvalidSchedule(EXPRESSIONS, f"the dialect {dialect} has no macro {macro.lower()}")
    return MACROS[macro].split()


def _years(text: str, values: Callable[[int], Values]) -> int:
    if text == "*":
        return _ALL_YEARS
    return mask_of(year - YEAR_BASE for year in values(_YEAR).values)


def _day_rule(texts: list[str], dialect: Dialect, hash_key: str) -> DayRule:
    of_month, of_week = texts[_DAY], texts[_WEEKDAY]
    if dialect is Dialect.QUARTZ and (of_month == "?") == (of_week == "?"):
        raise InvalidSchedule(EXPRESSIONS, "exactly one of day of month and day of week must be ?")
    if dialect is not Dialect.UNIX:
        of_month, of_week = _ANY.get(of_month, of_month), _ANY.get(of_week, of_week)
    by_number = _by_number(of_month, dialect, hash_key)
    by_weekday = _by_weekday(of_week, dialect, hash_key)
    if dialect is Dialect.UNIX and not of_month.startswith("*") and not of_week.startswith("*"):
        return AnyOf((by_number, by_weekday))
    return Both(by_number, by_weekday)


def _by_number(text: str, dialect: Dialect, hash_key: str) -> DayRule:
    field = GRAMMARS[dialect].fields[_DAY]
    numbers: set[int] = set()
    rules: list[DayRule] = []
    for item in text.split(","):
        if special := _OF_LAST_DAY.fullmatch(item) or _NEAREST.fullmatch(item):
            _allow(item, field, dialect)
            rules.append(_special_number(special, field, dialect))
        else:
            numbers |= field.read_item(item, hash_key).values
    return AnyOf((Numbered(frozenset(numbers)), *rules))


def _special_number(item: re.Match[str], field: Field, dialect: Dialect) -> DayRule:
    if item.re is _NEAREST:
        return NearestWeekday(Numbered(frozenset({field.number(item["day"])})))
    back = int(item["back"] or 0)
    if back > 30:
        raise field.refusal(f"no month has a day {back} before its last")
    if not item["weekday"]:
        return FromLast(back)
    if back and dialect is not Dialect.QUARTZ:
        raise field.refusal(f"{item[0]!r} is known to the dialect quartz only")
    return NearestWeekday(FromLast(back))


def _by_weekday(text: str, dialect: Dialect, hash_key: str) -> DayRule:
    grammar = GRAMMARS[dialect]
    field = grammar.fields[_WEEKDAY]
    numbers: set[int] = set()
    rules: list[DayRule] = []
    for item in text.split(","):
        if item == "L" and grammar.last_weekday:
            numbers.add(grammar.last_weekday)
        elif special := _OF_WEEKDAY.fullmatch(item):
            _allow(item, field, dialect)
            rules.append(_special_weekday(special, field, grammar))
        else:
            numbers |= field.read_item(item, hash_key).values
    return AnyOf((Weekdays(frozenset(map(grammar.weekday, numbers))), *rules))


def _special_weekday(item: re.Match[str], field: Field, grammar: Grammar) -> DayRule:
    weekday = grammar.weekday(field.number(item["weekday"]))
    if item["last"]:
        return LastOfWeekday(weekday)
    nth = int(item["nth"])
    if not 1 <= nth <= 5:
        raise field.refusal(f"a month has no weekday number {nth}, only 1 to 5")
    return NthOfWeekday(weekday, nth)


def _allow(item: str, field: Field, dialect: Dialect) -> None:
    if not GRAMMARS[dialect].specials:
        raise field.refusal(f"{item!r} is known to the dialects spring and quartz only")
