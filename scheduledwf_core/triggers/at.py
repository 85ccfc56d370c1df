"""Due at given instants, and at no others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers._base import in_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTrigger:
    """Due at each of *times*, which are kept in order and each once."""

    kind: ClassVar[str] = "at"

    times: tuple[datetime, ...]

    def __post_init__(self) -> None:
        if not self.times:
            raise InvalidSchedule("trigger.times", "must name at least one instant")
        times = {in_utc("trigger.times", time) for time in self.times}
        object.__setattr__(self, "times", tuple(sorted(times)))

    def next_after(self, instant: datetime) -> datetime | None:
        later = bisect_right(self.times, instant)
        return self.times[later] if later < len(self.times) else None

    def previous_before(self, instant: datetime) -> datetime | None:
        earlier = bisect_left(self.times, instant)
        return self.times[earlier - 1] if earlier else None
