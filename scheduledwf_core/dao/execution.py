"""Where due times and firings live: what is planned, claimed and settled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from scheduledwf_core.model.firing import Firing, Settlement
from scheduledwf_core.model.schedule import DueRow, Schedule


class ScheduledWfExecutionDAO(Protocol):
    """The hot rows. Every call belongs to the transaction it was got from."""

    def arm(self, rows: Sequence[DueRow]) -> None:
        """Set the next due time of schedules, in place of what they had."""
        ...

    def disarm(self, schedule_ids: Collection[int]) -> None:
        """Leave schedules without a due time."""
        ...

    def due(self, *, until: datetime, limit: int) -> Sequence[DueRow]:
        """Lock and give due rows not later than *until*, the earliest first.

        A row another transaction holds is passed over, not waited for, so that any number of
        nodes may ask at once and no row is given to two.
        """
        ...

    def armed(self, schedule_ids: Collection[int]) -> dict[int, DueRow]:
        """The due rows of those schedules that have one."""
        ...

    def claim(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """Write new firings as they are, claimed or settled; those that are now the caller's.

        A firing that the ledger holds already is left alone, unless it was cancelled: then it
        is taken over with the next fence, which the answer carries. The unique key decides:
        however often a due time is planned, it is claimed once.
        """
        ...

    def take(self, *, holder: int, now: datetime, until: datetime, limit: int) -> Sequence[Firing]:
        """Claim firings whose time to wake has come: lost leases, retries, redrives.

        Each is given with the next fence and with *until* as the end of its lease, the longest
        waiting first, and is *holder*'s alone.
        """
        ...

    def renew(self, *, holder: int, now: datetime, until: datetime) -> int:
        """Extend every lease of *holder* that is still alive at *now*; how many there were."""
        ...

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[Settlement]:
        """Write what attempts came to; those that were refused because the fence had moved on.

        Each settlement holds the firing as ``claim`` or ``take`` gave it. A firing that was
        cancelled while its holder let it go becomes what its holder says: the ledger tells
        what happened. What is written already is not refused, so that whoever never heard
        the answer may tell it again.
        """
        ...

    def hand_back(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Give up claims that were not used, so that any node may take them at once."""
        ...

    def recall(self, schedule: Schedule, *, now: datetime, reason: str) -> int:
        """Settle as cancelled the rule's firings of older revisions that are due after *now*.

        A node that holds one of them finds out through ``recalled``. How many there were.
        """
        ...

    def recalled(self, *, since: datetime) -> dict[int, int]:
        """Schedules recalled at or after *since*, each with the revision it has since then."""
        ...

    def update(self, firing: Firing, *, expected: Firing) -> bool:
        """Replace one firing if it is still as *expected* was (state and fence); whether it was."""
        ...

    def unarmed(self, *, after: int, limit: int) -> tuple[Sequence[int], int | None]:
        """Of *limit* schedules with ids above *after*: those that should have a due time and
        have none. The second value is where to go on, None when that was the last of them.
        """
        ...

    def overdue(self, *, before: datetime) -> int:
        """How many due times and waiting firings lie before *before*."""
        ...

    def finish(self, schedule_ids: Collection[int]) -> None:
        """Mark schedules whose rule has no due time left as completed, and disarm them."""
        ...

    def fault(self, schedule_id: int, *, revision: int, reason: str) -> None:
        """Mark a schedule of that revision as one that cannot be planned, and disarm it."""
        ...
