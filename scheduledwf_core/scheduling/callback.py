"""Results are gathered and written to the ledger in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Lock

from scheduledwf_core.config import CoreSettings
from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.firing import Settlement
from scheduledwf_core.scheduling.loop import Loop
from scheduledwf_core.telemetry import Event, Telemetry


class IndexExecutionDataCallback:
    """Called with what attempts came to; writes it and tells telemetry.

    A result whose firing was taken over meanwhile changes nothing: the ledger belongs to
    whoever holds the fence. While the store is away results wait here.
    """

    def __init__(self, *, store: Store, settings: CoreSettings, telemetry: Telemetry) -> None:
        self._store = store
        self._settings = settings
        self._telemetry = telemetry
        self._waiting: list[Settlement] = []
        self._lock = Lock()
        self._writing = Lock()
        self._pause = settings.settle_every.total_seconds()
        self._loop = Loop("settle", self._step, telemetry=telemetry, after_error=0.5)

    def start(self) -> None:
        self._loop.start()

    def record(self, settlements: Sequence[Settlement]) -> None:
        """Take results in; they are written soon."""
        with self._lock:
            first = not self._waiting
            self._waiting += settlements
        if first:
            self._loop.nudge()

    def flush(self) -> int:
        """Write everything that waits; how many there were. Raises StoreError, losing nothing."""
        written = 0
        with self._writing:
            while batch := self._peek():
                with self._store.transaction() as tx:
                    refused = tx.execution.settle(batch)
                self._drop(len(batch))
                self._tell(batch, refused)
                written += len(batch)
        return written

    def stop(self) -> None:
        """Write what waits and stop. Raises StoreError if the store is away."""
        self._loop.stop()
        self._loop.join(self._settings.stop_grace.total_seconds())
        self.flush()

    def __len__(self) -> int:
        return len(self._waiting)

    def _step(self) -> float:
        if not self._waiting:
            return 60.0
        if len(self._waiting) < self._settings.batch:
            self._loop.rest(self._pause)
        self.flush()
        return 0.0 if self._waiting else 60.0

    def _peek(self) -> list[Settlement]:
        with self._lock:
            return self._waiting[: self._settings.batch]

    def _drop(self, count: int) -> None:
        with self._lock:
            del self._waiting[:count]

    def _tell(self, batch: Sequence[Settlement], refused: Sequence[Settlement]) -> None:
        lost = {id(one) for one in refused}
        kept = [one for one in batch if id(one) not in lost]
        outcomes = Counter(one.outcome for one in kept if one.outcome is not None)
        lateness = [
            (one.attempt.started_at - one.firing.due_at).total_seconds()
            for one in kept
            if one.attempt.number == 1
        ]
        self._telemetry.emit(Event.SETTLED, outcomes=outcomes, lateness=lateness)
        retries = sum(one.retry_at is not None for one in kept)
        if retries:
            self._telemetry.emit(Event.RETRIED, count=retries)
        if refused:
            self._telemetry.emit(Event.LEASE_LOST, count=len(refused))
