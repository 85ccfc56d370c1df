"""Every store keeps what ScheduledWfMetadataDAO promises."""

from __future__ import annotations

from scheduledwf_core.testing.contract.metadata import MetadataContract
from scheduledwf_core.testing.contract.search import SearchContract


class TestMetadata(MetadataContract):
    pass


class TestSearch(SearchContract):
    pass
