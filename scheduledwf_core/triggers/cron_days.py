"""Rules for the days of a month, and the days they name in every kind of month there is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple, Protocol

FIRST_YEAR = 1970
LAST_YEAR = 2299
#: Years are counted from the one before the first, so that a search may begin in it.
YEAR_BASE = FIRST_YEAR - 1

SUNDAY, SATURDAY = 0, 6


class Month(NamedTuple):
    """What a rule needs to know of a month."""

    length: int
    opens_on: int  # the weekday of the 1st; Sunday is 0

    def weekday(self, day: int) -> int:
        """The weekday of *day*."""
        return (self.opens_on + day - 1) % 7

    def has(self, day: int) -> bool:
        """Whether the month has *day*."""
        return 1 <= day <= self.length


#: All kinds of month; a month is known by its place in here.
MONTHS = tuple(Month(length, opens_on) for length in range(28, 32) for opens_on in range(7))


def _kind_of(year: int, month: int) -> int:
    monday_based, length = monthrange(year, month)
    return MONTHS.index(Month(length, (monday_based + 1) % 7))


#: The kind of each month, in order, from January of the base year on.
KINDS = bytes(
    _kind_of(year, month) for year in range(YEAR_BASE, LAST_YEAR + 2) for month in range(1, 13)
)


class DayRule(Hashable, Protocol):
    """Names days of a month, as a mask: bit 1 is the 1st."""

    def days(self, month: Month) -> int:
        """The days of *month* that the rule names, and none the month does not have."""
        ...


@lru_cache(maxsize=1024)
def days_by_kind(rule: DayRule) -> tuple[int, ...]:
    """The days *rule* names, for each kind of month."""
    return tuple(rule.days(month) for month in MONTHS)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The days of these numbers."""

    numbers: frozenset[int]

    def days(self, month: Month) -> int:
        return _mask(number for number in self.numbers if month.has(number))


@dataclass(frozen=True, slots=True)
class FromLast:
    """The day so many before the last (``L``, ``L-3``)."""

    back: int

    def days(self, month: Month) -> int:
        return _mask(day for day in (month.length - self.back,) if month.has(day))


@dataclass(frozen=True, slots=True)
class NearestWeekday:
    """The weekday nearest to the days of *rule*, in the same month (``15W``, ``LW``, ``L-3W``)."""

    rule: DayRule

    def days(self, month: Month) -> int:
        return _mask(self._nearest(day, month) for day in _days_in(self.rule.days(month)))

    def _nearest(self, day: int, month: Month) -> int:
        if month.weekday(day) == SATURDAY:
            return day - 1 if day > 1 else day + 2
        if month.weekday(day) == SUNDAY:
            return day + 1 if day < month.length else day - 2
        return day


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Every day that is one of these weekdays; Sunday is 0."""

    weekdays: frozenset[int]

    def days(self, month: Month) -> int:
        every = range(1, month.length + 1)
        return _mask(day for day in every if month.weekday(day) in self.weekdays)


@dataclass(frozen=True, slots=True)
class LastOfWeekday:
    """The last such weekday of the month (``5L``)."""

    weekday: int

    def days(self, month: Month) -> int:
        week = range(month.length - 6, month.length + 1)
        return _mask(day for day in week if month.weekday(day) == self.weekday)


@dataclass(frozen=True, slots=True)
class NthOfWeekday:
    """The first to fifth such weekday of the month (``5#3``), where it has so many."""

    weekday: int
    nth: int

    def days(self, month: Month) -> int:
        week = range(7 * self.nth - 6, 7 * self.nth + 1)
        return _mask(d for d in week if month.has(d) and month.weekday(d) == self.weekday)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The days that one of *rules* names."""

    rules: tuple[DayRule, ...]

    def days(self, month: Month) -> int:
        return reduce(or_, (rule.days(month) for rule in self.rules), 0)


@dataclass(frozen=True, slots=True)
class Both:
    """The days that both rules name."""

    one: DayRule
    other: DayRule

    def days(self, month: Month) -> int:
        return self.one.days(month) & self.other.days(month)


def _mask(days: Iterable[int]) -> int:
    return reduce(or_, (1 << day for day in days), 0)


def _days_in(mask: int) -> Iterable[int]:
    return (day for day in range(1, 32) if mask >> day & 1)
