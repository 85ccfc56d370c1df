"""A definition as the store holds it: with an id, a state and a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduledwf_core.errors import WrongState
from scheduledwf_core.model.definition import Definition


class ScheduleState(StrEnum):
    """What a schedule does with its due times."""

    ACTIVE = "active"  # fires them
    PAUSED = "paused"  # records each as skipped_paused
    COMPLETED = "completed"  # has none left, or was ended
    ERROR = "error"  # cannot be planned; the reason is in its note


S = ScheduleState

#: The whole state machine. docs/reference/states.md is drawn from this table.
TRANSITIONS: dict[ScheduleState, frozenset[ScheduleState]] = {
    S.ACTIVE: frozenset({S.ACTIVE, S.PAUSED, S.COMPLETED, S.ERROR}),
    S.PAUSED: frozenset({S.ACTIVE, S.PAUSED, S.COMPLETED, S.ERROR}),
    S.COMPLETED: frozenset({S.ACTIVE, S.PAUSED, S.COMPLETED}),
    S.ERROR: frozenset({S.ACTIVE, S.PAUSED, S.COMPLETED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Who paused a schedule, when, why, and until when if that was said."""

    at: datetime
    by: str
    note: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who did something, and when."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What to fire and when; each change makes the next revision."""

    id: int
    definition: Definition
    state: ScheduleState
    revision: int
    created: Stamp
    updated: Stamp
    pause: Pause | None = None
    fault: str = ""
    """Why a schedule in state error cannot be planned."""

    @property
    def label(self) -> str:
        """How people call it: namespace/name."""
        return f"{self.definition.namespace}/{self.definition.name}"

    def check_may_become(self, state: ScheduleState) -> None:
        """Raise WrongState unless the table allows the step to *state*."""
        if state not in TRANSITIONS[self.state]:
            raise WrongState(f"{self.label} is {self.state}, it cannot become {state}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state in the history of a schedule, and the node that wrote it."""

    schedule_id: int
    number: int
    definition: Definition
    state: ScheduleState
    stamp: Stamp
    node: int


@dataclass(frozen=True, slots=True)
class DueRow:
    """The narrow row a poll reads: the next due time of one schedule.

    *fired* counts the firings planned so far, which is what ``maxFirings`` limits.
    """

    schedule_id: int
    namespace: str
    revision: int
    nominal_at: datetime
    due_at: datetime
    fired: int = 0
