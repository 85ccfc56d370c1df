"""Every store keeps what Store promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.store import StoreContract


class TestStore(StoreContract):
    pass
