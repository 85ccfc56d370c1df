"""The memory store and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from scheduledwf_core.dao.memory.execution import MemoryExecutionDAO
from scheduledwf_core.dao.memory.index import MemoryIndexDAO
from scheduledwf_core.dao.memory.metadata import MemoryMetadataDAO
from scheduledwf_core.dao.memory.permit import MemoryApiKeyDAO, MemoryPermitDAO
from scheduledwf_core.dao.memory.tables import Tables


class MemoryTransaction:
    """The DAOs over one set of tables; the store's lock makes them one transaction."""

    def __init__(self, tables: Tables) -> None:
        self.metadata = MemoryMetadataDAO(tables)
        self.execution = MemoryExecutionDAO(tables)
        self.index = MemoryIndexDAO(tables)
        self.permits = MemoryPermitDAO(tables)
        self.keys = MemoryApiKeyDAO(tables)


class MemoryStore:
    """Everything in this process's memory; it is gone when the process ends.

    Transactions are served one after the other, which is why nothing else needs a lock.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables = Tables()
        self._transaction = MemoryTransaction(self._tables)

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        with self._lock:
            try:
                yield self._transaction
            except BaseException:
                self._tables.roll_back()
                raise
            self._tables.journal.clear()

    def check(self) -> None:
        """Memory is always there."""

    def migrate(self) -> str:
        return "memory"

    def close(self) -> None:
        """There is nothing to give back."""


def open_store(url: str) -> MemoryStore:
    """A new, empty store; *url* is ``memory:``, and whatever follows is not looked at."""
    del url
    return MemoryStore()
