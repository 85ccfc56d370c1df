"""Due once, so long after the schedule is registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers.at import AtTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayTrigger:
    """Due *after* so long; it has no due time until it is turned into one by :meth:`at`."""

    kind: ClassVar[str] = "delay"

    after: timedelta

    def __post_init__(self) -> None:
        if self.after <= timedelta(0):
            raise InvalidSchedule("trigger.after", "must be longer than nothing")

    def at(self, now: datetime) -> AtTrigger:
        """The trigger this one becomes when it is registered at *now*."""
        try:
            return AtTrigger(times=(now + self.after,))
        except OverflowError:
            raise InvalidSchedule("trigger.after", "ends past the calendar") from None

    def next_after(self, instant: datetime) -> datetime | None:  # noqa: ARG002 - the Trigger's
        raise self._unresolved()

    def previous_before(self, instant: datetime) -> datetime | None:  # noqa: ARG002
        raise self._unresolved()

    def _unresolved(self) -> InvalidSchedule:
        return InvalidSchedule("trigger.after", "has no due time before the schedule is registered")
