"""A target that remembers what it was given, and fails as it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock

from scheduledwf_core.targets.base import Delivery, Receipt

Script = Callable[[Delivery], None]


class RecordingTarget:
    """Takes every delivery, or raises what its script raises."""

    def __init__(self, kind: str = "record", script: Script | None = None) -> None:
        self.kind = kind
        self.script = script
        self.taken: list[Delivery] = []
        self._lock = Lock()

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        return dict(options)

    def deliver(self, delivery: Delivery) -> Receipt:
        if self.script is not None:
            self.script(delivery)
        with self._lock:
            self.taken.append(delivery)
            return {"number": len(self.taken)}

    def close(self) -> None:
        """There is nothing to give back."""

    @property
    def keys(self) -> list[str]:
        """The keys of what was taken, in order."""
        return [delivery.key for delivery in self.taken]
