"""The dialects of cron: which fields they have, and what may stand in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduledwf_core.triggers.cron_field import Field


class Dialect(StrEnum):
    """Whose cron an expression is written in; named, never guessed."""

    UNIX = "unix"  # five fields; either day field may match, if both are restricted
    SPRING = "spring"  # six fields, seconds first; both day fields must match
    QUARTZ = "quartz"  # six or seven fields, seconds first; one day field is `?`


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What an expression of one dialect looks like."""

    fields: tuple[Field, ...]  # from second to weekday, and the year
    written: tuple[int, ...]  # how many of them may be written
    macros: bool
    specials: bool  # whether the day fields know `? L W #`
    last_weekday: int | None = None  # the weekday that `L` alone means
    sunday: int = 0  # the number of Sunday; the others follow

    def weekday(self, number: int) -> int:
        """The weekday of that *number*, where Sunday is 0."""
        return (number - self.sunday) % 7


#: What each macro is short for, in five fields.
MACROS = {
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
    "@MONTHLY": "0 0 1 * *",
    "@WEEKLY": "0 0 * * 0",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@HOURLY": "0 * * * *",
}


def _numbered(names: str, first: int) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(names.split(), first)}


_MONTHS = _numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", 1)
_FROM_SUNDAY = "SUN MON TUE WED THU FRI SAT"
_FROM_MONDAY = "MON TUE WED THU FRI SAT SUN"


def _fields(weekday: Field, *, wraps: bool, open_step: bool) -> tuple[Field, ...]:
    def counted(name: str, low: int, high: int) -> Field:
        return Field(
            name=name,
            low=low,
            high=high,
            names=_MONTHS if name == "month" else {},
            hashes=(1, 28) if name == "day of month" else None,
            cycle=high - low + 1 if wraps else 0,
            open_step=open_step,
        )

    return (
        counted("second", 0, 59),
        counted("minute", 0, 59),
        counted("hour", 0, 23),
        counted("day of month", 1, 31),
        counted("month", 1, 12),
        weekday,
        Field(name="year", low=1970, high=2199, hashable=False),
    )


def _weekday(low: int, names: Mapping[str, int], star: tuple[int, int], backward: int) -> Field:
    return Field(
        name="day of week",
        low=low,
        high=7,
        names=names,
        star=star,
        cycle=7,
        backward_from=backward,
    )


_UNIX_WEEKDAY = _weekday(0, _numbered(_FROM_SUNDAY, 0), (0, 6), 0)
_SPRING_WEEKDAY = _weekday(0, _numbered(_FROM_MONDAY, 1), (1, 7), 7)  # SUN-TUE, not FRI-MON
_QUARTZ_WEEKDAY = _weekday(1, _numbered(_FROM_SUNDAY, 1), (1, 7), 1)

GRAMMARS = {
    Dialect.UNIX: Grammar(
        fields=_fields(_UNIX_WEEKDAY, wraps=True, open_step=False),
        written=(5,),
        macros=True,
        specials=False,
    ),
    Dialect.SPRING: Grammar(
        fields=_fields(_SPRING_WEEKDAY, wraps=False, open_step=True),
        written=(6,),
        macros=True,
        specials=True,
    ),
    Dialect.QUARTZ: Grammar(
        fields=_fields(_QUARTZ_WEEKDAY, wraps=True, open_step=True),
        written=(6, 7),
        macros=False,
        specials=True,
        last_weekday=7,
        sunday=1,
    ),
}
