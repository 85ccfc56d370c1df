"""Which due times a schedule has up to a moment, and what becomes of each.

The only place that puts trigger, bounds and misfire policy together. Pure: the planner asks
it with the database's time, the preview with any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import GRACE, MisfireMode, MisfirePolicy

NextAfter = Callable[[datetime], datetime | None]

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What decides the due times of one schedule."""

    next_after: NextAfter
    bounds: Bounds
    misfire: MisfirePolicy


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a schedule is planned: its next nominal time, and the firings counted so far."""

    nominal_at: datetime
    fired: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The due times between a cursor and a moment, and where to go on."""

    fire: tuple[datetime, ...]
    missed: tuple[datetime, ...] = ()
    coalesced: tuple[datetime, ...] = ()
    next: Cursor | None = None


def first(rule: Rule, after: datetime, *, fired: int = 0) -> Cursor | None:
    """The cursor of a schedule that is armed at *after*: its first due time later than that."""
    start = rule.bounds.start_at
    if start is not None and start > after:
        after = start - _MICROSECOND
    return _bounded(rule, rule.next_after(after), fired)


def plan(rule: Rule, cursor: Cursor, *, now: datetime, until: datetime, limit: int) -> Plan:
    """Decide every due time from *cursor* up to and including *until*, *limit* at the most.

    A due time no older than the grace is fired, whatever the mode: a short pause of the
    scheduler loses nothing. Due times that are not fired do not count towards ``maxFirings``.
    ``next`` is None when the schedule has no due time left.
    """
    times, following = _times(rule, cursor, until, limit)
    late = bool(times) and now - times[0] > _grace(rule.misfire)
    chosen = _after_misfire(rule.misfire, times, now, following) if late else Plan(tuple(times))
    most = rule.bounds.max_firings
    fire = chosen.fire if most is None else chosen.fire[: most - cursor.fired]
    after = _bounded(rule, following, cursor.fired + len(fire))
    return Plan(fire, chosen.missed, chosen.coalesced, after)


def skip(rule: Rule, cursor: Cursor, *, until: datetime, limit: int) -> Plan:
    """Pass over every due time up to and including *until*, as a paused schedule does.

    ``coalesced`` has them, oldest first; none counts towards ``maxFirings``.
    """
    times, following = _times(rule, cursor, until, limit)
    return Plan((), coalesced=tuple(times), next=_bounded(rule, following, cursor.fired))


def _times(
    rule: Rule, cursor: Cursor, until: datetime, limit: int
) -> tuple[list[datetime], datetime | None]:
    times: list[datetime] = []
    end = rule.bounds.end_at
    here: datetime | None = cursor.nominal_at
    while here is not None and here <= until and len(times) < limit:
        if end is not None and here > end:
            return times, None
        times.append(here)
        here = rule.next_after(here)
    return times, here


def _bounded(rule: Rule, nominal_at: datetime | None, fired: int) -> Cursor | None:
    bounds = rule.bounds
    if nominal_at is None or (bounds.end_at is not None and nominal_at > bounds.end_at):
        return None
    if bounds.max_firings is not None and fired >= bounds.max_firings:
        return None
    return Cursor(nominal_at, fired)


def _grace(misfire: MisfirePolicy) -> timedelta:
    return misfire.reach if misfire.mode is MisfireMode.NONE else min(GRACE, misfire.reach)


def _after_misfire(
    misfire: MisfirePolicy, times: list[datetime], now: datetime, following: datetime | None
) -> Plan:
    missed = [time for time in times if now - time > misfire.reach]
    kept = times[len(missed) :]
    if misfire.mode is not MisfireMode.LATEST:
        return Plan(tuple(kept), tuple(missed))
    late = [time for time in kept if now - time > _grace(misfire)]
    stood_for = len(kept) > len(late) or (following is not None and following <= now)
    dropped = late if stood_for else late[:-1]
    return Plan(tuple(kept[len(dropped) :]), tuple(missed), tuple(dropped))
