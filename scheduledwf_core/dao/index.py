"""Where history is searched: firings, nodes, totals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.model.page import FiringQuery, Page, Stats


class IndexScheduledWfDAO(Protocol):
    """What was and is. Every call belongs to the transaction it was got from."""

    def firing(self, schedule_id: int, nominal_at: datetime) -> Firing | None:
        """One firing with its attempts, or None."""
        ...

    def firings(self, query: FiringQuery) -> Page[Firing]:
        """One page of the firings *query* asks for, the newest due time first."""
        ...

    def latest(self, schedule_ids: Collection[int]) -> dict[int, Firing]:
        """The firing with the latest nominal time of each of those schedules that has one."""
        ...

    def write_manager(self, manager: ManagerInfo) -> None:
        """Write what a node says of itself, in place of what it said before."""
        ...

    def managers(self) -> Sequence[ManagerInfo]:
        """Every run of a node that is remembered, the oldest first."""
        ...

    def stats(self, *, now: datetime, since: datetime) -> Stats:
        """Totals: schedules by state, firings due since *since* by outcome, what is late."""
        ...
