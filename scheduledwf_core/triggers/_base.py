"""What every rule of time can be asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Protocol

from scheduledwf_core.errors import InvalidSchedule


class Trigger(Protocol):
    """A rule that names instants; a frozen value, so every answer depends on its arguments alone.

    Instants go in and come out aware and in UTC. The set of due times is the rule's own: it
    never depends on the instant one asks from, and each due time is in it once.
    """

    kind: ClassVar[str]

    def next_after(self, instant: datetime) -> datetime | None:
        """The first due time strictly after *instant*; ``None``: never again."""
        ...

    def previous_before(self, instant: datetime) -> datetime | None:
        """The last due time strictly before *instant*; ``None``: never before."""
        ...


def in_utc(field: str, instant: datetime) -> datetime:
    """*instant* in UTC; refused for *field* if it does not say its offset."""
    if instant.tzinfo is None:
        raise InvalidSchedule(field, f"{instant.isoformat()} has no offset")
    return instant.astimezone(UTC)
