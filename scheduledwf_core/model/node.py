"""A running scheduler, as the others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a node does."""

    ALL = "all"  # answers and fires
    API = "api"  # answers only
    SCHEDULER = "scheduler"  # fires only

    @property
    def fires(self) -> bool:
        return self is not Role.API


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerInfo:
    """One run of a node, from start to stop; *heartbeat_at* is its last sign of life."""

    id: int
    address: str
    role: Role
    version: str
    started_at: datetime
    heartbeat_at: datetime
    stopped_at: datetime | None = None

    def lives(self, now: datetime, *, silence_s: float) -> bool:
        """Whether it neither stopped nor fell silent for more than *silence_s* seconds."""
        silent = (now - self.heartbeat_at).total_seconds() > silence_s
        return self.stopped_at is None and not silent
