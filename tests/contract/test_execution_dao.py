"""Every store keeps what ScheduledWfExecutionDAO promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.due import DueContract
from scheduledwf_core.testing.contract.execution import ClaimContract, SettleContract


class TestDue(DueContract):
    pass


class TestClaim(ClaimContract):
    pass


class TestSettle(SettleContract):
    pass
