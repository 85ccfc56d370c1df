"""Every store keeps what IndexScheduledWfDAO promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.index import IndexContract


class TestIndex(IndexContract):
    pass
