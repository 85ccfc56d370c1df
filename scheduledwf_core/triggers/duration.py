"""Lengths of time as text and back: ISO 8601, or a plain form such as ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from scheduledwf_core.errors import InvalidSchedule

_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
_ISO = re.compile(
    rf"P(?:(?P<y>{_AMOUNT})Y)?(?:(?P<mo>{_AMOUNT})M)?(?:(?P<w>{_AMOUNT})W)?(?:(?P<d>{_AMOUNT})D)?"
    rf"(?:T(?=.)(?:(?P<h>{_AMOUNT})H)?(?:(?P<m>{_AMOUNT})M)?(?:(?P<s>{_AMOUNT})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_PLAIN = re.compile(rf"(?:\s*{_AMOUNT}\s*[a-z]+)+\s*", re.ASCII | re.IGNORECASE)
_PART = re.compile(rf"({_AMOUNT})\s*([a-z]+)", re.ASCII | re.IGNORECASE)

_MICROSECONDS = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
}
_UNITS = {
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "ms"),
}
_VARYING = ("y", "mo")
_ORDER = (*_VARYING, *_MICROSECONDS)
_LONGEST = 100


def parse_duration(field: str, value: object) -> timedelta:
    """The length that a text says; refused for *field* if it says none, or one that varies.

    ``PT5M``, ``P1D`` and ``P1DT12H`` are read as well as ``5m``, ``1h30m`` and ``2 hours``.
    """
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InvalidSchedule(field, "must be a duration, such as PT5M, 1h30m or 2 hours")
    parts = _iso_parts(value.strip()) or _plain_parts(value.strip())
    if not parts:
        raise InvalidSchedule(field, f"{value!r} is not a duration, such as PT5M, 1h30m or 2 hours")
    if any(unit in _VARYING for unit, _ in parts):
        raise InvalidSchedule(field, f"{value!r}: months and years vary in length; say days")
    if any(not _whole(amount) for _, amount in parts[:-1]):
        raise InvalidSchedule(field, f"{value!r}: only the last part may be a fraction")
    microseconds = sum(amount * _MICROSECONDS[unit] for unit, amount in parts)
    if not _whole(microseconds):
        raise InvalidSchedule(field, f"{value!r} is finer than a microsecond")
    try:
        return timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise InvalidSchedule(field, f"{value!r} is too long") from None


def format_duration(duration: timedelta) -> str:
    """*duration* in ISO 8601: ``P1DT2H``, ``PT0.012S``."""
    if duration < timedelta(0):
        return f"-{format_duration(-duration)}"
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{duration.microseconds:06}".rstrip("0") if duration.microseconds else ""
    days = f"{duration.days}D" if duration.days else ""
    time = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    time += f"{seconds}{fraction}S" * bool(seconds or fraction)
    return f"P{days}T{time}" if time else f"P{days}" if days else "PT0S"


def _iso_parts(text: str) -> list[tuple[str, Fraction]]:
    match = _ISO.fullmatch(text)
    found = match.groupdict() if match else {}
    return [(unit, _fraction(amount)) for unit, amount in found.items() if amount]


def _plain_parts(text: str) -> list[tuple[str, Fraction]]:
    if not _PLAIN.fullmatch(text):
        return []
    found = [(_UNITS.get(word.lower(), ""), amount) for amount, word in _PART.findall(text)]
    places = [_ORDER.index(unit) if unit else -1 for unit, _ in found]
    if -1 in places or places != sorted(set(places)):
        return []
    return [(unit, _fraction(amount)) for unit, amount in found]


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def _whole(amount: Fraction | int) -> bool:
    return amount == int(amount)
