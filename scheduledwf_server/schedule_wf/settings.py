"""What an operator may choose about how that system's API behaves."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

from scheduledwf_core.errors import InvalidSchedule, InvalidSetting
from scheduledwf_core.triggers.zones import zone_named

log = logging.getLogger(__name__)

EXTENSION = "scheduledwf.scheduleWf"


def local_zone() -> str:
    """The IANA name of the zone this machine's clocks show; UTC if nobody can tell."""
    try:
        name = tzlocal.get_localzone_name() or "UTC"
        zone_named(name)
    except (ZoneInfoNotFoundError, InvalidSchedule):  # it is set up to be two zones, or none
        log.warning("this machine's zone is not known, taking it for UTC")
        return "UTC"
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleWfSettings:
    """Kept in the app's extensions under EXTENSION. Raises InvalidSetting for an unknown zone."""

    zone: str = field(default_factory=local_zone)
    """By whose clocks cron expressions are read and dates are written."""
    unknown_is_empty: bool = False
    """Answer 200 and nothing for a name nobody defined, as that system did; else 404."""

    def __post_init__(self) -> None:
        try:
            zone_named(self.zone)
        except InvalidSchedule as error:
            raise InvalidSetting("schedule-wf-zone", error.reason) from None

    @property
    def clocks(self) -> ZoneInfo:
        return zone_named(self.zone)
