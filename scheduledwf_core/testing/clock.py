"""A clock that a test moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock


class ManualClock:
    """Stands still until it is told to go on; any number of threads may read and move it."""

    def __init__(self, start: datetime) -> None:
        self._lock = Lock()
        self._now = start
        self._elapsed = timedelta(0)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed.total_seconds()

    def advance(self, by: timedelta) -> None:
        """Let *by* pass, on both faces of the clock."""
        with self._lock:
            self._now += by
            self._elapsed += by

    def set(self, instant: datetime) -> None:
        """Put the wall clock to *instant*, as an operator might; no time passes."""
        self._now = instant
