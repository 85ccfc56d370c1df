"""Puts the wall-clock slots of an expression on the line of instants, by the rule for the clocks.

Where a zone's offset grows, some readings are skipped (a gap); where it shrinks, some come
twice (an overlap). What that does to a due time is chosen, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduledwf_core.triggers.cron_days import FIRST_YEAR, LAST_YEAR
from scheduledwf_core.triggers.cron_slots import NEVER, Slots
from scheduledwf_core.triggers.zones import DAY, REACH, Period, ZoneOffsets

_FIRST_INSTANT = -REACH
_LAST_INSTANT = (date(LAST_YEAR + 1, 1, 1) - date(FIRST_YEAR, 1, 1)).days * DAY + REACH


class DstGap(StrEnum):
    """What becomes of a fixed time that the clocks skip."""

    SKIP = "skip"  # it does not fire
    AT_GAP_END = "at_gap_end"  # it fires as the gap ends
    SHIFT = "shift"  # it fires later by the length of the gap


class DstOverlap(StrEnum):
    """What becomes of a fixed time that the clocks show twice."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The due times of one expression, in seconds since 1970.

    Between the reading at an instant and the next slot there is no other slot. Only a
    transition within reach of the instant can show an earlier reading again, and only one
    within reach of the slot can move it; the search looks at those and passes over the rest.

    An interval-like expression is placed with ``SKIP`` and ``BOTH``: every instant whose
    reading matches is due, so elapsed time goes on.
    """

    slots: Slots
    offsets: ZoneOffsets
    gap: DstGap
    overlap: DstOverlap

    def first_from(self, instant: int) -> int:
        """The first due time at or after *instant*, or ``NEVER``."""
        calm_from, calm_until, offset = self.offsets.calm
        if not calm_from <= instant < calm_until:
            calm_from, calm_until, offset = self.offsets.calm_of(instant)
        if calm_from <= instant < calm_until:
            slot = self.slots.first_from(instant + offset)
            if slot - offset < calm_until:
                return slot - offset
            due = self._calm_due(slot, offset)
            if due is not None:
                return due
        return self._search_from(max(instant, _FIRST_INSTANT))

    def last_to(self, instant: int) -> int:
        """The last due time at or before *instant*, or ``-NEVER``."""
        calm_from, calm_until, offset = self.offsets.calm
        if not calm_from <= instant < calm_until:
            calm_from, calm_until, offset = self.offsets.calm_of(instant)
        if calm_from <= instant < calm_until:
            slot = self.slots.last_to(instant + offset)
            if slot - offset >= calm_from:
                return slot - offset
            due = self._calm_due(slot, offset)
            if due is not None:
                return due
        return self._search_to(min(instant, _LAST_INSTANT))

    def came_out_of_gap(self, instant: int) -> bool:
        """Whether a time that the clocks skipped is due at *instant* instead."""
        period = self.offsets.period_at(instant)
        near = instant + period.before < period.gap_until
        return near and self._first_out_of_gap(period, instant) == instant

    def _start_of(self, period: Period) -> int:
        first = self.overlap is DstOverlap.FIRST
        return period.fresh_from if first else period.start + period.offset

    def _end_of(self, period: Period) -> int:
        second = self.overlap is DstOverlap.SECOND
        return period.final_until if second else period.end + period.offset

    def _first_out_of_gap(self, period: Period, instant: int) -> int:
        if self.gap is DstGap.SHIFT:
            slot = self.slots.first_from(max(period.gap_from, instant + period.before))
            due = slot - period.before
            return due if slot < period.gap_until and due < period.end else NEVER
        if self.gap is DstGap.AT_GAP_END and instant <= period.gap_at:
            skipped = self.slots.first_from(period.gap_from) < period.gap_until
            return period.gap_at if skipped else NEVER
        return NEVER

    def _last_out_of_gap(self, period: Period, instant: int) -> int:
        if self.gap is DstGap.SHIFT:
            slot = self.slots.last_to(min(period.gap_until - 1, instant + period.before))
            first = max(period.gap_from, period.start + period.before)
            return slot - period.before if slot >= first else -NEVER
        if self.gap is DstGap.AT_GAP_END and period.start <= period.gap_at:
            skipped = self.slots.first_from(period.gap_from) < period.gap_until
            return period.gap_at if skipped else -NEVER
        return -NEVER

    def _search_from(self, instant: int) -> int:
        while instant <= _LAST_INSTANT:
            period = self.offsets.period_at(instant)
            slot = self.slots.first_from(max(instant + period.offset, self._start_of(period)))
            due = slot - period.offset if slot < self._end_of(period) else NEVER
            if instant + period.before < period.gap_until:
                due = min(due, self._first_out_of_gap(period, instant))
            if due != NEVER:
                return due
            near = period.end - instant <= REACH
            instant = period.end if near else max(period.end, slot - REACH)
        return NEVER

    def _search_to(self, instant: int) -> int:
        while instant >= _FIRST_INSTANT:
            period = self.offsets.period_at(instant)
            slot = self.slots.last_to(min(instant + period.offset, self._end_of(period) - 1))
            due = slot - period.offset if slot >= self._start_of(period) else -NEVER
            if due < period.gap_until - period.before:
                due = max(due, self._last_out_of_gap(period, instant))
            if due != -NEVER:
                return due
            near = instant - period.start <= REACH
            instant = period.start - 1 if near else min(period.start - 1, slot + REACH)
        return -NEVER

    def _calm_due(self, slot: int, offset: int) -> int | None:
        """When *slot* is due, if no transition matters there."""
        if abs(slot) == NEVER:
            return None
        calm_from, calm_until, offset_there = self.offsets.period_at(slot - offset).calm
        due = slot - offset_there
        return due if calm_from <= due < calm_until else None
