"""When a failed attempt is repeated, and when it is given up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scheduledwf_core.errors import InvalidSchedule


class Backoff(StrEnum):
    """How the wait grows from one attempt to the next."""

    FIXED = "fixed"  # always the initial wait
    EXPONENTIAL = "exponential"  # twice as long each time


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """*attempts* counts all of them, the first included; *jitter* is a share of the wait."""

    attempts: int = 3
    backoff: Backoff = Backoff.EXPONENTIAL
    initial: timedelta = timedelta(seconds=1)
    maximum: timedelta = timedelta(minutes=1)
    jitter: float = 0.2

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 1000:
            raise InvalidSchedule("policies.retry.attempts", "must be between 1 and 1000")
        if self.initial <= timedelta(0):
            raise InvalidSchedule("policies.retry.initial", "must be longer than nothing")
        if self.maximum < self.initial:
            raise InvalidSchedule("policies.retry.max", "must not be shorter than initial")
        if not 0 <= self.jitter <= 1:
            raise InvalidSchedule("policies.retry.jitter", "must be between 0 and 1")

    def wait_after(self, attempt: int, *, at_least: timedelta | None = None) -> timedelta | None:
        """How long to wait after failed attempt number *attempt*; None when it was the last."""
        if attempt >= self.attempts:
            return None
        doublings = attempt - 1 if self.backoff is Backoff.EXPONENTIAL else 0
        factor: int = 2 ** min(doublings, 30)
        wait = min(self.initial * factor, self.maximum)
        spread = self.jitter * (2 * random.random() - 1)  # noqa: S311 - spreads load, hides nothing
        return max(wait * (1 + spread), at_least or timedelta(0))
