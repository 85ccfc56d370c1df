"""One due time of a schedule, its attempts and its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.identity import decode_id, encode_id
from scheduledwf_core.instants import from_microseconds, iso, microseconds


class FiringState(StrEnum):
    """Where a firing is on its way."""

    PLANNED = "planned"  # waits for its time, or for its next attempt
    CLAIMED = "claimed"  # a node holds it until its lease runs out
    SETTLED = "settled"  # it has its outcome


#: The whole state machine. docs/reference/states.md is drawn from this table.
TRANSITIONS: dict[FiringState, frozenset[FiringState]] = {
    FiringState.PLANNED: frozenset({FiringState.CLAIMED, FiringState.SETTLED}),
    FiringState.CLAIMED: frozenset(
        {FiringState.CLAIMED, FiringState.PLANNED, FiringState.SETTLED}
    ),  # claimed again: taken over; back to planned: a retry, or handed back
    FiringState.SETTLED: frozenset({FiringState.PLANNED, FiringState.CLAIMED}),
    # from settled: a redrive of a dead one; a cancelled one that a later edit makes due again
}


class Outcome(StrEnum):
    """What became of a due time; exactly one, for ever."""

    DELIVERED = "delivered"  # the target took it
    SUCCEEDED = "succeeded"  # it took it, and says that the work ended well
    FAILED = "failed"  # it took it, and says that the work ended badly
    SKIPPED_OVERLAP = "skipped_overlap"  # an earlier run was still going
    SKIPPED_PAUSED = "skipped_paused"  # the schedule was paused
    SKIPPED_CALENDAR = "skipped_calendar"  # the calendar excludes the day
    SKIPPED_VETOED = "skipped_vetoed"  # a listener said no just before
    MISSED = "missed"  # older than the catch-up allows
    COALESCED = "coalesced"  # a later one stood for it
    CANCELLED = "cancelled"  # somebody took it back before it was sent
    DEAD = "dead"  # every attempt failed, or the target will never take it


class Origin(StrEnum):
    """Why a firing exists."""

    RULE = "rule"  # the trigger said so
    TRIGGERED = "triggered"  # a person asked for one now


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed: a stable code, and words for a person."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery of a firing."""

    number: int
    started_at: datetime
    finished_at: datetime
    node: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One due time of a schedule as the ledger holds it.

    *wake_at* is when a node may take it: the end of the lease while it is claimed, the time
    of the next attempt while it is planned, None once it is settled. *fence* grows each time
    the firing changes hands; a result counts only with the fence it was claimed under.
    """

    schedule_id: int
    nominal_at: datetime
    due_at: datetime
    revision: int
    state: FiringState
    namespace: str
    wake_at: datetime | None = None
    holder: int | None = None
    fence: int = 1
    origin: Origin = Origin.RULE
    outcome: Outcome | None = None
    reason: str = ""
    attempts: tuple[Attempt, ...] = ()
    attempt: int = 0
    receipt: Mapping[str, object] | None = None
    override: Mapping[str, object] | None = None

    @property
    def id(self) -> str:
        return firing_id(self.schedule_id, self.nominal_at)

    @property
    def key(self) -> str:
        return firing_key(self.schedule_id, self.nominal_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one attempt came to, to be written if the fence still holds.

    Either an *outcome*, or *retry_at*: when the firing may be tried again.
    """

    firing: Firing
    attempt: Attempt
    outcome: Outcome | None = None
    reason: str = ""
    retry_at: datetime | None = None
    receipt: Mapping[str, object] | None = field(default=None)


def firing_key(schedule_id: int, nominal_at: datetime) -> str:
    """What a target sees as the firing's identity; the same for every attempt."""
    return f"{encode_id(schedule_id)}@{iso(nominal_at)}"


def firing_id(schedule_id: int, nominal_at: datetime) -> str:
    """The firing's name in paths of the API."""
    return f"{encode_id(schedule_id)}-{microseconds(nominal_at)}"


def parse_firing_id(text: str) -> tuple[int, datetime]:
    """The schedule and nominal time that *text* names; raises InvalidValue for anything else."""
    letters, _, digits = text.partition("-")
    if not digits.isdecimal() or len(digits) > 17:
        raise InvalidValue("id", f"{text!r} is not the id of a firing")
    return decode_id(letters), from_microseconds(int(digits))
