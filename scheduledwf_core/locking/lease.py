"""How long a node may believe that what it claimed is its own."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from scheduledwf_core.instants import EPOCH
from scheduledwf_core.model.firing import Firing


class LeaseBook:
    """What renewals did to the leases of one node.

    A renewal extends the leases that live at that moment. If the node slept past its leases
    they are lost for good: a later renewal cannot bring them back, for another node may have
    taken them over meanwhile.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = EPOCH
        self._lost_up_to = EPOCH

    def renewed(self, *, now: datetime, until: datetime) -> None:
        """Note that every lease alive at *now* lasts until *until*."""
        with self._lock:
            if self._until <= now:
                self._lost_up_to = now
            self._until = until

    def holds(self, firing: Firing, *, now: datetime) -> bool:
        """Whether the lease under which *firing* was claimed still lives at *now*."""
        claimed_until = firing.wake_at or EPOCH
        with self._lock:
            extended = claimed_until > self._lost_up_to
            return now < (max(claimed_until, self._until) if extended else claimed_until)
