"""Who may make an attempt, until when."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class PermitDAO(Protocol):
    """Permits by attempt key; each is single-use."""

    def issue(self, key: str, *, holder: str, now: datetime, until: datetime) -> bool:
        """Give *holder* the permit for *key* until *until*; whether it was given.

        It is given if it never was before, or if the last holder's time had passed at
        *now* and the permit was not spent. One atomic statement decides: of any number
        of nodes asking at once, one is told ``True``.
        """
        ...

    def give_back(self, key: str, *, holder: str, now: datetime) -> bool:
        """Mark the permit as spent; whether *holder* still held it at *now*."""
        ...

    def forget(self, *, expired_before: datetime) -> int:
        """Drop permits whose time was over at *expired_before*; how many there were."""
        ...
