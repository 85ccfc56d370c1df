"""The periods of constant offset of an IANA zone, and what its clocks read at their edges."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduledwf_core.errors import InvalidSchedule

DAY = 86_400

#: More than an offset, a gap or an overlap and another offset: nothing reaches farther from
#: a transition. And less than the week that, since 1970, every zone keeps an offset.
REACH = 3 * DAY

_NOWHERE = -(1 << 63)  # before everything
_CHUNK_BITS = 22  # 49 days: long enough to stay in, and scanned in some ten microseconds
_FAR = 1 << 34  # some five hundred years: beyond all there is to ask
_NO_CALM = (0, 0, 0)
_NOT_IANA = ("posix/", "right/", "posixrules", "localtime", "Factory")


class Period(NamedTuple):
    """Instants ``start <= t < end`` (seconds since 1970) that share one offset.

    A *reading* is what a clock on the wall shows, counted in seconds as if it were UTC:
    ``instant + offset``.
    """

    start: int
    end: int
    offset: int
    calm: tuple[int, int, int]  # from when until when no transition matters, and the offset
    fresh_from: int  # readings of this period below it were shown before
    final_until: int  # readings of this period from it on will be shown again
    before: int  # the offset before the last transition
    gap_at: int  # that transition, where it skipped the readings …
    gap_from: int  # … from here
    gap_until: int  # … to below here; far in the past if it skipped none


class _Transition(NamedTuple):
    at: int
    before: int
    after: int


class ZoneOffsets:
    """The offsets of one zone; its periods are found when first asked for, and kept."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._chunks: dict[int, tuple[Period, ...]] = {}
        self.calm = _NO_CALM  # the calm part of some period: most questions fall into it

    def period_at(self, second: int) -> Period:
        """The period of *second*.

        A period may be cut where the offset does not change; what it tells about readings
        is about the true transitions all the same.
        """
        chunk = second >> _CHUNK_BITS
        periods = self._chunks.get(chunk)
        if periods is None:
            periods = self._chunks[chunk] = self._periods_of(chunk)
        for period in periods:
            if second < period.end:
                return period
        raise AssertionError("the periods of a chunk reach to its end")

    def calm_of(self, second: int) -> tuple[int, int, int]:
        """The calm part of the period of *second*; kept at hand for the questions to come."""
        if abs(second) >= _FAR:
            return _NO_CALM
        self.calm = calm = self.period_at(second).calm
        return calm

    def shows_twice(self, instant: int) -> bool:
        """Whether the reading at *instant* is also that of another instant."""
        period = self.period_at(instant)
        return not period.fresh_from <= instant + period.offset < period.final_until

    def _periods_of(self, chunk: int) -> tuple[Period, ...]:
        start, end = chunk << _CHUNK_BITS, (chunk + 1) << _CHUNK_BITS
        transitions = self._transitions_between(start - REACH, end + REACH)
        inside = [found.at for found in transitions if start < found.at < end]
        cuts = [start, *inside, end]
        return tuple(self._period(cut, until, transitions) for cut, until in pairwise(cuts))

    def _period(self, start: int, end: int, transitions: list[_Transition]) -> Period:
        offset = self._offset_at(start)
        last = next((t for t in reversed(transitions) if t.at <= start), None)
        coming = next((t for t in transitions if t.at >= end), None)
        fresh_from, final_until = start + offset, end + offset
        before, gap_at, gap_from, gap_until = offset, _NOWHERE, _NOWHERE, _NOWHERE
        if last is not None:
            before = last.before
            fresh_from = max(fresh_from, last.at + before)
        if last is not None and before < offset:
            gap_at, gap_from, gap_until = last.at, last.at + before, last.at + offset
        if coming is not None:
            final_until = min(final_until, coming.at + coming.after)
        calm_from = max(fresh_from - offset, gap_until - before)
        calm = calm_from, final_until - offset, offset
        wraps = calm, fresh_from, final_until
        return Period(start, end, offset, *wraps, before, gap_at, gap_from, gap_until)

    def _transitions_between(self, start: int, end: int) -> list[_Transition]:
        found = []
        before = self._offset_at(start)
        for left in range(start, end, DAY):
            after = self._offset_at(left + DAY)
            if after != before:
                at = self._bisect(left, left + DAY)
                found.append(_Transition(at, before, after))
                before = after
        return found

    def _bisect(self, left: int, right: int) -> int:
        """The first second of the offset of *right*, which is not that of *left*."""
        old = self._offset_at(left)
        while right - left > 1:
            middle = (left + right) // 2
            if self._offset_at(middle) == old:
                left = middle
            else:
                right = middle
        return right

    def _offset_at(self, second: int) -> int:
        offset = datetime.fromtimestamp(second, self._zone).utcoffset()
        assert offset is not None  # noqa: S101 - every ZoneInfo has one
        return offset.days * DAY + offset.seconds


@cache
def zone_offsets(name: str) -> ZoneOffsets:
    """The offsets of the IANA zone *name*."""
    return ZoneOffsets(zone_named(name))


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone *name*; what only a machine's own files call a zone is refused."""
    if not name.startswith(_NOT_IANA):
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            pass
    raise InvalidSchedule("trigger.zone", f"there is no IANA time zone {name!r}")
