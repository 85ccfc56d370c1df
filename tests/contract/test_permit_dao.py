"""Every store keeps what PermitDAO promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.permit import PermitContract


class TestPermits(PermitContract):
    pass
