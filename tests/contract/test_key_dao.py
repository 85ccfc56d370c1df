"""Every store keeps what ApiKeyDAO promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.key import ApiKeyContract


class TestApiKeys(ApiKeyContract):
    pass
