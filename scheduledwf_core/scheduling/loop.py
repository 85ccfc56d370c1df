"""The loop that outlives its work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from scheduledwf_core.telemetry import Event as Happening
from scheduledwf_core.telemetry import Telemetry

log = logging.getLogger(__name__)


class Loop:
    """A thread that takes a step again and again until it is stopped.

    A step that raises is logged and counted, and the next one is taken: a crash, a hang and
    a bug all recover the same way, by the lease running out. May be stopped twice or before
    it was started.
    """

    def __init__(
        self, name: str, step: Callable[[], float], *, telemetry: Telemetry, after_error: float
    ) -> None:
        """*step* gives the seconds to wait before the next one; 0 means at once."""
        self._name = name
        self._step = step
        self._telemetry = telemetry
        self._after_error = after_error
        self._stopped = Event()
        self._nudged = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """Take the next step now."""
        self._nudged.set()

    def rest(self, seconds: float) -> None:
        """Wait within a step; ends early only when the loop is stopped."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Take no further step; the one under way goes on."""
        self._stopped.set()
        self._nudged.set()

    def join(self, seconds: float) -> bool:
        """Wait until the last step is over; whether it is."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped.is_set():
            wait = self._guarded()
            if wait > 0:
                self._nudged.wait(wait)
            self._nudged.clear()

    def _guarded(self) -> float:
        try:
            return self._step()
        except Exception as error:
            log.exception("step failed, going on", extra={"step": self._name})
            self._telemetry.emit(Happening.STEP_FAILED, step=self._name, error=str(error))
            return self._after_error
