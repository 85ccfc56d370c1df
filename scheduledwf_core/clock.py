"""The only reader of the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present instant, in UTC, to the microsecond."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back, whatever the wall clock does."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
