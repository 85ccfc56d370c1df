"""The wall-clock times one cron expression names, as bit masks that are searched by arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from scheduledwf_core.triggers.cron_days import KINDS, MONTHS, YEAR_BASE, DayRule, days_by_kind
from scheduledwf_core.triggers.zones import DAY

#: Later than every slot; its negative is earlier.
NEVER = 1 << 62

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_HOUR = 3600


def mask_of(values: Iterable[int]) -> int:
    """The mask with just the bits *values* set."""
    mask = 0
    for value in values:
        mask |= 1 << value
    return mask


@dataclass(slots=True, kw_only=True, eq=False)
class Slots:
    """Every reading of a wall clock that matches; bit *n* of a mask stands for the value *n*.

    A reading is counted in seconds as if the clock showed UTC. The next slot is found by
    shifting away what lies before and taking the lowest bit left; the previous one by the
    highest bit below. Nothing steps through times, and a month is passed in one step.
    """

    seconds: int
    minutes: int
    hours: int
    months: int
    years: int  # bit 1 is the first year there is
    rule: DayRule
    _days: tuple[int, ...] = field(init=False, repr=False)  # by kind of month
    _opening: tuple[int, int, int] = field(init=False, repr=False)  # first in minute, hour, day
    _closing: tuple[int, int, int] = field(init=False, repr=False)  # last in them
    _seen: tuple[int, int, int] = field(init=False, repr=False, default=(0, 0, 0))

    def __post_init__(self) -> None:
        self._days = days_by_kind(self.rule)
        self._opening = self._bounds(_lowest)
        self._closing = self._bounds(_highest)

    def first_from(self, reading: int) -> int:
        """The first slot at or after *reading*, or ``NEVER``."""
        day, time = divmod(reading, DAY)
        zeroth, end, days = self._seen
        if not zeroth < day < end:
            zeroth, _, days = self._look_at_month_of(day)
        if days >> (day - zeroth) & 1:
            hour, rest = divmod(time, _HOUR)
            if self.hours >> hour & 1:
                minute, second = divmod(rest, 60)
                if self.minutes >> minute & 1 and (later := self.seconds >> second):
                    return reading + (later & -later).bit_length() - 1
                if later := self.minutes >> (minute + 1):
                    ahead = (later & -later).bit_length() * 60
                    return reading - second + ahead + self._opening[0]
            if later := self.hours >> (hour + 1):
                return reading - rest + (later & -later).bit_length() * _HOUR + self._opening[1]
        return self._on_a_later_day(day, days >> (day - zeroth + 1))

    def last_to(self, reading: int) -> int:
        """The last slot at or before *reading*, or ``-NEVER``."""
        day, time = divmod(reading, DAY)
        zeroth, end, days = self._seen
        if not zeroth < day < end:
            zeroth, _, days = self._look_at_month_of(day)
        if days >> (day - zeroth) & 1:
            hour, rest = divmod(time, _HOUR)
            if self.hours >> hour & 1:
                minute, second = divmod(rest, 60)
                if self.minutes >> minute & 1 and (earlier := self.seconds & ((2 << second) - 1)):
                    return reading - second + _highest(earlier)
                if earlier := self.minutes & ((1 << minute) - 1):
                    return reading - rest + _highest(earlier) * 60 + self._closing[0]
            if earlier := self.hours & ((1 << hour) - 1):
                return reading - time + _highest(earlier) * _HOUR + self._closing[1]
        return self._on_an_earlier_day(day, days & ((1 << (day - zeroth)) - 1), zeroth)

    def _bounds(self, end: Callable[[int], int]) -> tuple[int, int, int]:
        second = end(self.seconds)
        in_hour = end(self.minutes) * 60 + second
        return second, in_hour, end(self.hours) * _HOUR + in_hour

    def _look_at_month_of(self, day: int) -> tuple[int, int, int]:
        """Keep the days of the month that *day* is in, between the days around it."""
        on = date.fromordinal(day + _EPOCH_DAY)
        zeroth = day - on.day
        kind = KINDS[(on.year - YEAR_BASE) * 12 + on.month - 1]
        here = self.months >> on.month & 1 and self._has_year(on)
        self._seen = seen = zeroth, zeroth + MONTHS[kind].length + 1, self._days[kind] * here
        return seen

    def _has_year(self, on: date) -> int:
        return self.years >> (on.year - YEAR_BASE) & 1

    def _on_a_later_day(self, day: int, later: int) -> int:
        """The first slot after *day*; bit 0 of *later* is the day after it, in its month."""
        if later:
            return (day + (later & -later).bit_length()) * DAY + self._opening[2]
        on = date.fromordinal(day + _EPOCH_DAY)
        year, month = on.year, on.month if self._has_year(on) else 12
        while True:
            if later := self.months >> (month + 1):
                month += (later & -later).bit_length()
            elif later := self.years >> (year - YEAR_BASE + 1):
                year, month = year + (later & -later).bit_length(), _lowest(self.months)
            else:
                return NEVER
            if days := self._days[KINDS[(year - YEAR_BASE) * 12 + month - 1]]:
                return _reading(year, month, _lowest(days)) + self._opening[2]

    def _on_an_earlier_day(self, day: int, earlier: int, zeroth: int) -> int:
        """The last slot before *day*; *earlier* are the days before it in its month."""
        if earlier:
            return (zeroth + _highest(earlier)) * DAY + self._closing[2]
        on = date.fromordinal(day + _EPOCH_DAY)
        year, month = on.year, on.month if self._has_year(on) else 1
        while True:
            if earlier := self.months & ((1 << month) - 1):
                month = _highest(earlier)
            elif earlier := self.years & ((1 << (year - YEAR_BASE)) - 1):
                year, month = YEAR_BASE + _highest(earlier), _highest(self.months)
            else:
                return -NEVER
            if days := self._days[KINDS[(year - YEAR_BASE) * 12 + month - 1]]:
                return _reading(year, month, _highest(days)) + self._closing[2]


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _highest(mask: int) -> int:
    return mask.bit_length() - 1


def _reading(year: int, month: int, day: int) -> int:
    return (date(year, month, day).toordinal() - _EPOCH_DAY) * DAY
