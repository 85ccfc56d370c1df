"""One door to permits for whoever delivers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scheduledwf_core.locking.permitter import ExecutionPermitter
from scheduledwf_core.model.firing import Firing


class LockingService:
    """Asks the permitter, and sees to it that what was issued is given back."""

    def __init__(self, permitter: ExecutionPermitter) -> None:
        self._permitter = permitter

    def acquire(self, firings: Sequence[Firing], *, now: datetime) -> list[bool]:
        """For each firing, whether this node may make its next attempt at *now*."""
        return [self._permitter.issue(firing, now=now) for firing in firings]

    def release(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Say that the attempts were made, whatever they came to."""
        for firing in firings:
            self._permitter.give_back(firing, now=now)
