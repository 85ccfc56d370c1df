"""What becomes of due times that nobody could fire when they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scheduledwf_core.errors import InvalidSchedule

GRACE = timedelta(seconds=5)


class MisfireMode(StrEnum):
    """Which of the due times that passed are fired after all."""

    NONE = "none"  # none that is later than the grace; wait for the next
    LATEST = "latest"  # the last one stands for all; the others are coalesced into it
    ALL = "all"  # each of them, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class MisfirePolicy:
    """A due time later than *within* is ``missed``, whatever the mode.

    With mode ``none`` *within* is the grace: how late a due time may be and still count as on
    time; 5 seconds unless given. For the other modes no *within* means however late.
    """

    mode: MisfireMode = MisfireMode.LATEST
    within: timedelta | None = timedelta(days=1)

    def __post_init__(self) -> None:
        if self.within is not None and self.within <= timedelta(0):
            raise InvalidSchedule("policies.misfire.within", "must be longer than nothing")

    @property
    def reach(self) -> timedelta:
        """How late a due time may be and still be fired."""
        if self.within is not None:
            return self.within
        return GRACE if self.mode is MisfireMode.NONE else timedelta.max
