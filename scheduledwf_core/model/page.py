"""Pieces of long lists, and what to look for in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from scheduledwf_core.model.firing import FiringState, Outcome
from scheduledwf_core.model.schedule import Schedule, ScheduleState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and where the next page begins; None when there is none.

    *after* is opaque to all but the store that made it.
    """

    items: tuple[T, ...]
    after: tuple[object, ...] | None = None


class ScheduleSort(StrEnum):
    """The order of a list of schedules; the id decides between equals."""

    NAME = "name"
    NEXT_DUE = "nextDue"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleQuery:
    """Which schedules; every member that is given narrows the answer."""

    namespace: str | None = None
    state: ScheduleState | None = None
    target: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    due_before: datetime | None = None
    sort: ScheduleSort = ScheduleSort.NAME
    after: tuple[object, ...] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringQuery:
    """Which firings, newest first; *since* and *until* speak of the due time, until excluded."""

    namespace: str | None = None
    schedule_id: int | None = None
    outcomes: frozenset[Outcome] = frozenset()
    state: FiringState | None = None
    since: datetime | None = None
    until: datetime | None = None
    node: int | None = None
    receipt: str | None = None
    after: tuple[object, ...] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A schedule with where it stands: its next due time and its last firing."""

    schedule: Schedule
    next_nominal: datetime | None = None
    next_due: datetime | None = None
    last_nominal: datetime | None = None
    last_outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What the whole store holds at one moment."""

    schedules: Mapping[str, int]
    firings: Mapping[str, int]
    unsettled: int
    overdue: int
