"""Instants as text and as numbers; inside they are aware UTC datetimes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduledwf_core.errors import InvalidSchedule

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Whole microseconds from 1970-01-01T00:00:00Z to *instant*."""
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The UTC instant *count* microseconds after 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(microseconds=count)


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds from 1970-01-01T00:00:00Z to *instant*, as Java counts them."""
    return microseconds(instant) // 1000


def iso(instant: datetime) -> str:
    """*instant* as people and the wire see it: ISO 8601, UTC, ``Z``; microseconds only if any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(field: str, value: object) -> datetime:
    """The instant that an ISO 8601 text with an offset names, in UTC.

    Raises InvalidSchedule naming *field* for anything else, a text without offset included:
    nobody could tell which instant it means.
    """
    if not isinstance(value, str):
        raise InvalidSchedule(field, "must be an ISO 8601 text, like 2026-01-31T02:00:00Z")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidSchedule(field, f"{value!r} is not an ISO 8601 instant") from None
    if instant.tzinfo is None:
        raise InvalidSchedule(field, f"{value!r} has no offset; end it with Z or +hh:mm")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InvalidSchedule(field, f"{value!r} lies outside of years 1 to 9999") from None
