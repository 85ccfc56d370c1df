"""Due times a fixed length apart, counted from a named anchor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import EPOCH
from scheduledwf_core.triggers._base import in_utc

_ZERO = timedelta(0)
_TICK = timedelta.resolution


class IntervalAnchor(StrEnum):
    """What an interval is counted from."""

    START_AT = "start_at"  # the schedule's start; it is the first due time
    EPOCH = "epoch"  # 1970-01-01T00:00:00Z and a phase
    CREATION = "creation"  # the moment the schedule was registered
    LAST_NOMINAL = "last_nominal"  # the due time before: a fixed rate, from the registration on
    LAST_COMPLETION = "last_completion"  # the end of the run before: a fixed delay


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalTrigger:
    """Due ``every`` so often, by elapsed time: a day is 24 hours, whatever the clocks do.

    ``start`` is the anchor as an instant, once it is known. After a completion, and only
    then, the instant given to :meth:`next_after` is the completion.
    """

    kind: ClassVar[str] = "interval"

    every: timedelta
    anchor: IntervalAnchor
    start: datetime | None = None
    phase: timedelta = _ZERO

    def __post_init__(self) -> None:
        if self.every <= _ZERO:
            raise InvalidSchedule("trigger.every", "must be longer than nothing")
        if self.phase and self.anchor is not IntervalAnchor.EPOCH:
            raise InvalidSchedule("trigger.phase", "goes with the anchor epoch only")
        if not _ZERO <= self.phase < self.every:
            raise InvalidSchedule("trigger.phase", "must be shorter than every, and not negative")
        if self.start is not None:
            object.__setattr__(self, "start", in_utc("trigger.start", self.start))

    @property
    def follows_completion(self) -> bool:
        """Whether the next due time is known only when the run before has ended."""
        return self.anchor is IntervalAnchor.LAST_COMPLETION

    def next_after(self, instant: datetime) -> datetime | None:
        try:
            if self.follows_completion:
                return instant + self.every
            first = self._first()
            if instant < first:
                return first
            return first + self.every * ((instant - first) // self.every + 1)
        except OverflowError:  # past the end of the calendar
            return None

    def previous_before(self, instant: datetime) -> datetime | None:
        if self.follows_completion:
            return None
        first = self._first()
        if instant <= first:
            return None
        return first + self.every * ((instant - first - _TICK) // self.every)

    def _first(self) -> datetime:
        if self.anchor is IntervalAnchor.EPOCH:
            return EPOCH + self.phase
        if self.start is None:
            raise InvalidSchedule(
                "trigger.anchor", f"{self.anchor} is not known before the schedule is registered"
            )
        return self.start
