"""The settings of one node, checked once at the door."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta

from scheduledwf_core.errors import InvalidSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreSettings:
    """How one node works. Every duration is elapsed time."""

    horizon: timedelta = timedelta(seconds=1)
    """How far ahead of its due time a firing may be claimed."""
    poll: timedelta = timedelta(milliseconds=400)
    """The longest a node looks away from the store; each gap is randomised by a quarter."""
    lease: timedelta = timedelta(seconds=15)
    """How long a claimed firing belongs to its node without a sign of life."""
    heartbeat: timedelta = timedelta(seconds=3)
    """How often a node says it lives and renews its leases; under a third of the lease."""
    sweep: timedelta = timedelta(seconds=2)
    """How often a slice of the schedules is searched for active ones without a due time."""
    batch: int = 1000
    """The most due times one transaction plans."""
    capacity: int = 4000
    """The most firings a node holds, delivers and settles at once."""
    workers: int = 8
    """Deliveries under way at once, for each kind of target."""
    settle_every: timedelta = timedelta(milliseconds=25)
    """The longest a result waits for others to be written with."""
    stop_grace: timedelta = timedelta(seconds=10)
    """How long a stopping node waits for the deliveries under way."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, timedelta) and value <= timedelta(0):
                raise InvalidSetting(field.name, f"must be longer than nothing, not {value}")
            if isinstance(value, int) and value < 1:
                raise InvalidSetting(field.name, f"must be at least 1, not {value}")
        if self.heartbeat * 3 > self.lease:
            raise InvalidSetting("heartbeat", f"must be at most a third of lease {self.lease}")
        if self.poll >= self.horizon:
            raise InvalidSetting("poll", f"must be shorter than horizon {self.horizon}")
