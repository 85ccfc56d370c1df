"""Due times by the wall clock of a zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import EPOCH
from scheduledwf_core.triggers.cron_dialect import Dialect
from scheduledwf_core.triggers.cron_field import EXPRESSIONS
from scheduledwf_core.triggers.cron_parse import read_expression
from scheduledwf_core.triggers.cron_placing import DstGap, DstOverlap, Placing
from scheduledwf_core.triggers.cron_slots import NEVER
from scheduledwf_core.triggers.zones import DAY, zone_named, zone_offsets

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronTrigger:
    """Due whenever one of *expressions* matches, once at each instant.

    Compiled once, when made. The years reach from 1970 to 2299. ``dst_gap`` and
    ``dst_overlap`` bind fixed times only; an expression that repeats by the minute or the
    hour follows elapsed time. *hash_key* is what ``H`` is drawn from.
    """

    kind: ClassVar[str] = "cron"

    expressions: tuple[str, ...]
    dialect: Dialect
    zone: str = "UTC"
    dst_gap: DstGap = DstGap.AT_GAP_END
    dst_overlap: DstOverlap = DstOverlap.FIRST
    hash_key: str = ""
    _placings: tuple[Placing, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.expressions:
            raise InvalidSchedule(EXPRESSIONS, "must name at least one expression")
        placings = tuple(self._placing(expression) for expression in self.expressions)
        object.__setattr__(self, "_placings", placings)

    def next_after(self, instant: datetime) -> datetime | None:
        since = instant - EPOCH
        second = since.days * DAY + since.seconds + 1
        due = NEVER
        for placing in self._placings:
            found = placing.first_from(second)
            if found < due:  # noqa: PLR1730 - min() takes longer than all else here
                due = found
        return None if due == NEVER else EPOCH + due * _SECOND

    def previous_before(self, instant: datetime) -> datetime | None:
        until = instant - EPOCH
        second = until.days * DAY + until.seconds - (not until.microseconds)
        due = max([placing.last_to(second) for placing in self._placings])
        return None if due == -NEVER else EPOCH + due * _SECOND

    def explain(self, instant: datetime) -> tuple[str, ...]:
        """What a change of the clocks has to do with the due time *instant*, if anything.

        ``dst_gap``: a skipped time is due then instead. ``dst_overlap``: the clocks show the
        time of day of *instant* twice.
        """
        since = instant - EPOCH
        second = since.days * DAY + since.seconds
        due = [placing for placing in self._placings if placing.first_from(second) == second]
        reasons = []
        if any(placing.came_out_of_gap(second) for placing in due):
            reasons.append("dst_gap")
        if due and zone_offsets(self.zone).shows_twice(second):
            reasons.append("dst_overlap")
        return tuple(reasons)

    def local_time(self, instant: datetime) -> datetime:
        """What a clock in the trigger's zone shows at *instant*."""
        return instant.astimezone(zone_named(self.zone))

    def _placing(self, expression: str) -> Placing:
        offsets = zone_offsets(self.zone)
        reading = read_expression(expression, self.dialect, hash_key=self.hash_key)
        return Placing(
            slots=reading.slots,
            offsets=offsets,
            gap=DstGap.SKIP if reading.goes_on else self.dst_gap,
            overlap=DstOverlap.BOTH if reading.goes_on else self.dst_overlap,
        )
