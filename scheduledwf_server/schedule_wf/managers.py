"""SchedulerManagers as that system lists them: a row for each start, another for each end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduledwf_core.instants import milliseconds
from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.services.cluster import ClusterService
from scheduledwf_server.schedule_wf.ids import manager_id

NAME = "DefaultSchedulerManager"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerRow:
    """A manager that began, or one that ended."""

    create_time: int
    update_time: int | None = None
    id: str
    name: str = NAME
    node_address: str
    status: str


def manager_rows(cluster: ClusterService, node_address: str | None) -> list[ManagerRow]:
    """The rows of every manager, or of those at *node_address*, the oldest first."""
    return [
        row
        for manager in cluster.nodes()
        if node_address in (None, manager.address)
        for row in _rows(manager, _ended_at(manager, cluster))
    ]


def _ended_at(manager: ManagerInfo, cluster: ClusterService) -> datetime | None:
    """When it stopped; for one that fell silent, its last sign of life."""
    if manager.stopped_at is not None:
        return manager.stopped_at
    return None if cluster.lives(manager) else manager.heartbeat_at


def _rows(manager: ManagerInfo, ended_at: datetime | None) -> Iterator[ManagerRow]:
    began, known_as = milliseconds(manager.started_at), manager_id(manager.id)
    yield ManagerRow(create_time=began, id=known_as, node_address=manager.address, status="RUNNING")
    if ended_at is not None:
        yield ManagerRow(
            create_time=began,
            update_time=milliseconds(ended_at),
            id=known_as,
            node_address=manager.address,
            status="SHUTDOWN",
        )
