"""What the searches have in common: criteria, the nodes they name, one piece of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_server.schedule_wf.errors import NoCriteria, Unreadable
from scheduledwf_server.schedule_wf.ids import (
    Process,
    manager_id,
    parse_manager_id,
    parse_scheduler_id,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a search is asked for; an empty text is none.

    A *scheduler_id* stands alone, whatever else is given. Raises NoCriteria for nothing at
    all, Unreadable for a piece that cannot be.
    """

    name: str = ""
    manager_id: str = ""
    node_address: str = ""
    scheduler_id: str = ""
    start: int = 0
    size: int = 100

    def __post_init__(self) -> None:
        if not (self.scheduler_id or self.name or self.manager_id or self.node_address):
            raise NoCriteria
        for name, value in (("start", self.start), ("size", self.size)):
            if value < 0:
                raise Unreadable(f"{name} must not be negative")

    @property
    def process(self) -> Process | None:
        """The process that *scheduler_id* names."""
        return parse_scheduler_id(self.scheduler_id)

    def nodes(self, managers: Managers) -> frozenset[int] | None:
        """The nodes that *manager_id* and *node_address* both name; None if neither is given."""
        if self.scheduler_id or not (self.manager_id or self.node_address):
            return None
        named = parse_manager_id(self.manager_id)
        found = managers.known if not self.manager_id else () if named is None else (named,)
        address = self.node_address
        return frozenset(node for node in found if address in ("", managers.address(node)))


class Managers:
    """The runs of nodes, by the id of the node."""

    def __init__(self, managers: Sequence[ManagerInfo]) -> None:
        self.known: Mapping[int, ManagerInfo] = {manager.id: manager for manager in managers}

    def address(self, node: int) -> str | None:
        """Where that node is, or was; None if nobody remembers it."""
        manager = self.known.get(node)
        return manager.address if manager else None

    def author(self, node: int) -> str:
        """What rows name as their author."""
        return f"{self.address(node) or 'unknown'}:{manager_id(node)}"


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """Some of the rows a search found, and how many it found."""

    total_hits: int
    results: Sequence[T]


def piece(rows: Sequence[T], criteria: Criteria) -> Piece[T]:
    """The rows from *start* on, *size* at the most."""
    return Piece(len(rows), rows[criteria.start : criteria.start + criteria.size])
