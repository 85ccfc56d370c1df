"""What an operator may choose about how that system's API behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import tzlocal

from scheduledwf_core.triggers.zones import zone_named

EXTENSION = "scheduledwf.scheduleWf"


def local_zone() -> str:
    """The IANA name of the zone this machine's clocks show; UTC if nobody can tell."""
    return tzlocal.get_localzone_name() or "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleWfSettings:
    """Kept in the app's extensions under EXTENSION; what holds if it is not there is this."""

    zone: str = field(default_factory=local_zone)
    """By whose clocks cron expressions are read and dates are written."""
    unknown_is_empty: bool = False
    """Answer 200 and nothing for a name nobody defined, as that system did; else 404."""

    def __post_init__(self) -> None:
        zone_named(self.zone)

    @property
    def clocks(self) -> ZoneInfo:
        return zone_named(self.zone)
