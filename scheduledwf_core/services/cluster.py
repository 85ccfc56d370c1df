"""The nodes, and totals over everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.model.page import Stats
from scheduledwf_core.services.desk import Desk

LATE = timedelta(seconds=10)


class ClusterService:
    """What runs, and how it is doing."""

    def __init__(self, desk: Desk, *, silence: timedelta) -> None:
        """*silence*: how long a node may be quiet before it counts as dead."""
        self._desk = desk
        self._silence = silence

    def nodes(self) -> Sequence[ManagerInfo]:
        """Every run of a node that is remembered, the oldest first."""
        with self._desk.store.transaction() as tx:
            return tx.index.managers()

    def lives(self, manager: ManagerInfo) -> bool:
        """Whether that node has said so lately and has not stopped."""
        return manager.lives(self._desk.clock.now(), silence_s=self._silence.total_seconds())

    def stats(self, *, window: timedelta) -> Stats:
        """Totals; firings are those due within the last *window*."""
        now = self._desk.clock.now()
        with self._desk.store.transaction() as tx:
            return tx.index.stats(now=now, since=now - window)

    def overdue(self) -> int:
        """How many due times and waiting firings nobody has taken though they are late."""
        with self._desk.store.transaction() as tx:
            return tx.execution.overdue(before=self._desk.clock.now() - LATE)

    def check(self) -> None:
        """Raise StoreUnavailable or SchemaMismatch unless the store can be used."""
        self._desk.store.check()
