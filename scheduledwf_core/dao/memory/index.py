"""History in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from scheduledwf_core.dao.memory.tables import Tables
from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.model.page import FiringQuery, Page, Stats


class MemoryIndexDAO:
    """What was and is."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def firing(self, schedule_id: int, nominal_at: datetime) -> Firing | None:
        return self._tables.firings.rows.get((schedule_id, nominal_at))

    def firings(self, query: FiringQuery) -> Page[Firing]:
        found = [row for row in self._tables.firings.rows.values() if _matches(row, query)]
        found.sort(key=_order, reverse=True)
        if query.after is not None:
            found = [row for row in found if _order(row) < query.after]
        page = found[: query.limit]
        more = len(found) > len(page)
        return Page(tuple(page), _order(page[-1]) if more else None)

    def latest(self, schedule_ids: Collection[int]) -> dict[int, Firing]:
        found: dict[int, Firing] = {}
        for row in self._tables.firings.rows.values():
            best = found.get(row.schedule_id)
            if row.schedule_id in schedule_ids and (
                best is None or best.nominal_at < row.nominal_at
            ):
                found[row.schedule_id] = row
        return found

    def write_manager(self, manager: ManagerInfo) -> None:
        self._tables.managers.put(manager.id, manager)

    def managers(self) -> Sequence[ManagerInfo]:
        return sorted(self._tables.managers.rows.values(), key=lambda manager: manager.id)

    def stats(self, *, now: datetime, since: datetime) -> Stats:
        firings = [row for row in self._tables.firings.rows.values() if row.due_at >= since]
        settled = Counter(row.outcome.value for row in firings if row.outcome is not None)
        unsettled = sum(row.wake_at is not None for row in self._tables.firings.rows.values())
        states = Counter(row.state.value for row in self._tables.schedules.rows.values())
        overdue = sum(row.due_at < now for row in self._tables.due.rows.values())
        return Stats(
            schedules=dict(states), firings=dict(settled), unsettled=unsettled, overdue=overdue
        )


def _order(firing: Firing) -> tuple[object, ...]:
    return firing.due_at, firing.schedule_id, firing.nominal_at


def _matches(firing: Firing, query: FiringQuery) -> bool:
    receipt = firing.receipt or {}
    checks = (
        query.namespace in (None, firing.namespace),
        query.schedule_id in (None, firing.schedule_id),
        not query.outcomes or firing.outcome in query.outcomes,
        query.state in (None, firing.state),
        query.since is None or firing.due_at >= query.since,
        query.until is None or firing.due_at < query.until,
        query.node in (None, firing.holder),
        query.receipt is None or query.receipt in receipt.values(),
    )
    return all(checks)
