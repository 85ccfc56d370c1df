"""From when, until when and how often a schedule may fire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduledwf_core.errors import InvalidSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Both instants are inclusive and speak of the nominal time."""

    start_at: datetime | None = None
    end_at: datetime | None = None
    max_firings: int | None = None

    def __post_init__(self) -> None:
        if self.start_at and self.end_at and self.end_at < self.start_at:
            raise InvalidSchedule("policies.endAt", "lies before startAt")
        if self.max_firings is not None and self.max_firings < 1:
            raise InvalidSchedule("policies.maxFirings", "must be at least 1")
