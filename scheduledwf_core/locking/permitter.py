"""The right to make one attempt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from scheduledwf_core.dao.store import Store
from scheduledwf_core.locking.lease import LeaseBook
from scheduledwf_core.model.firing import Firing


class ExecutionPermitter(Protocol):
    """Decides just before a delivery whether this node may make it."""

    def issue(self, firing: Firing, *, now: datetime) -> bool:
        """Whether this node may make the next attempt of *firing* at *now*."""
        ...

    def give_back(self, firing: Firing, *, now: datetime) -> None:
        """Note that the attempt was made."""
        ...


class ClaimPermitter:
    """The claim is the permit: it was issued by the statement that claimed the firing.

    What is left to ask is whether its lease still lives, and that needs no store.
    """

    def __init__(self, leases: LeaseBook) -> None:
        self._leases = leases

    def issue(self, firing: Firing, *, now: datetime) -> bool:
        return self._leases.holds(firing, now=now)

    def give_back(self, firing: Firing, *, now: datetime) -> None:
        """The claim ends when the firing is settled."""


class StorePermitter:
    """A permit in the store for each attempt, on top of the claim."""

    def __init__(self, leases: LeaseBook, store: Store, *, holder: str, lasts: timedelta) -> None:
        self._leases = leases
        self._store = store
        self._holder = holder
        self._lasts = lasts

    def issue(self, firing: Firing, *, now: datetime) -> bool:
        if not self._leases.holds(firing, now=now):
            return False
        with self._store.transaction() as tx:
            key, until = attempt_key(firing), now + self._lasts
            return tx.permits.issue(key, holder=self._holder, now=now, until=until)

    def give_back(self, firing: Firing, *, now: datetime) -> None:
        with self._store.transaction() as tx:
            tx.permits.give_back(attempt_key(firing), holder=self._holder, now=now)


def attempt_key(firing: Firing) -> str:
    """The name of the next attempt of *firing* under its present fence."""
    return f"{firing.key}#{firing.attempt + 1}.{firing.fence}"
