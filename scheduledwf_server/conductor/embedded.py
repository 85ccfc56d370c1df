"""A Conductor server run beside us: started, watched over, restarted, and gone when we are."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from threading import Condition, Event, Thread, current_thread

from scheduledwf_core.clock import Clock, SystemClock
from scheduledwf_core.errors import SchedulerError, WrongState
from scheduledwf_server.conductor.download import disk_errors
from scheduledwf_server.conductor.errors import (
    DiedAtStart,
    JarDamaged,
    StartTimeout,
)
from scheduledwf_server.conductor.java import find_java
from scheduledwf_server.conductor.process import (
    LOG,
    EmbeddedSettings,
    GuardedProcess,
    check_port,
)
from scheduledwf_server.conductor.reason import gave_up, last_reason

__all__ = ["ConductorState", "EmbeddedConductor", "EmbeddedSettings"]

log = logging.getLogger(__name__)


class ConductorState(StrEnum):
    """Where the life of an embedded Conductor is."""

    STOPPED = "stopped"  # not started yet, or ended because we said so
    STARTING = "starting"  # for the first time
    READY = "ready"
    RESTARTING = "restarting"  # it ended by itself; repeated until it is ready again
    FAILED = "failed"  # it never got ready and is not tried again; the error says why


S = ConductorState

#: The whole life cycle.
TRANSITIONS: dict[ConductorState, frozenset[ConductorState]] = {
    S.STOPPED: frozenset({S.STARTING}),
    S.STARTING: frozenset({S.READY, S.FAILED, S.STOPPED}),
    S.READY: frozenset({S.RESTARTING, S.STOPPED, S.FAILED}),  # failed: watching it did
    S.RESTARTING: frozenset({S.READY, S.STOPPED, S.FAILED}),
    S.FAILED: frozenset({S.STOPPED}),
}

_POLL = 0.2
_BACKOFF = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
_STEADY = 60.0  # ready for so long, an end counts as the first one again
_PORT_TRIES = 3


class EmbeddedConductor:
    """A Conductor server as a child of this process.

    *on_change* is told every new state, in the order they come, by the thread that caused it;
    it must be quick and must not raise. Everything else may be called from any thread.
    """

    def __init__(
        self,
        settings: EmbeddedSettings,
        *,
        on_change: Callable[[ConductorState], None] = lambda _: None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._clock = clock or SystemClock()
        self._state = ConductorState.STOPPED
        self._changed = Condition()
        self._error: SchedulerError | None = None
        self._stopping = Event()
        self._port = settings.port
        self._failures = 0
        self._process: GuardedProcess | None = None
        self._thread = Thread(target=self._watch, name="conductor-watch", daemon=True)

    @property
    def state(self) -> ConductorState:
        return self._state

    @property
    def base_url(self) -> str:
        """Where it listens; known once it was started."""
        host = self._settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    @property
    def log_file(self) -> Path:
        return self._settings.data_dir / LOG

    def start(self) -> None:
        """Launch it and return at once; wait_ready tells how it went.

        Raises what can be seen at once: JavaMissing, JarDamaged, PortTaken, NoDiskSpace,
        InvalidSetting.
        """
        if self._thread.ident is not None or self._stopping.is_set():
            raise WrongState("an embedded Conductor is started only once")
        if not self._settings.jar.is_file():
            raise JarDamaged(self._settings.jar, "it is not there")
        self._port = check_port(self._settings.host, self._settings.port)
        self._process = self._launch()
        atexit.register(self.stop)
        self._enter(ConductorState.STARTING)
        self._thread.start()

    def wait_ready(self, timeout: timedelta | None = None) -> None:
        """Return once it is ready.

        Raises DiedAtStart or StartTimeout if it did not get there, and WrongState if it is not
        running. Without a *timeout* the settings' start_timeout decides.
        """
        seconds = None if timeout is None else timeout.total_seconds()
        pending = {ConductorState.STARTING, ConductorState.RESTARTING}
        with self._changed:
            decided = self._changed.wait_for(lambda: self._state not in pending, seconds)
        if not decided and timeout is not None:
            raise StartTimeout(timeout, last_reason(self.log_file), self.log_file)
        if self._state is ConductorState.FAILED and self._error is not None:
            raise self._error
        if self._state is not ConductorState.READY:
            raise WrongState("the embedded Conductor is not running")

    def stop(self) -> None:
        """End it and return when it is gone. May be called twice, or before start."""
        self._stopping.set()
        if self._thread.ident is None:
            return
        if current_thread() is not self._thread:
            self._thread.join()
            self._enter(ConductorState.STOPPED)
        atexit.unregister(self.stop)

    def _watch(self) -> None:
        try:
            self._first_start()
            while not self._stopping.is_set():
                self._stay()
                self._restart()
        except SchedulerError as error:
            self._error = error
        finally:
            self._end()
            stopped = self._stopping.is_set()
            self._enter(ConductorState.STOPPED if stopped else ConductorState.FAILED)

    def _first_start(self) -> None:
        """Bring it up. A free port that somebody took meanwhile is no reason to give up."""
        for tries_left in reversed(range(_PORT_TRIES)):
            try:
                self._come_up()
                return
            except DiedAtStart as error:
                raced = self._settings.port == 0 and "already in use" in error.reason
                if not (raced and tries_left):
                    raise
            self._port = check_port(self._settings.host, 0)
            self._process = self._launch()

    def _come_up(self) -> None:
        """Wait until it is ready or we are to stop; raises DiedAtStart or StartTimeout."""
        limit = self._settings.start_timeout
        deadline = self._clock.monotonic() + limit.total_seconds()
        while not self._stopping.wait(_POLL):
            status = self._status()
            if status is not None or gave_up(self.log_file):
                self._end()
                raise DiedAtStart(status, last_reason(self.log_file), self.log_file)
            if self._process and self._process.is_healthy():
                self._enter(ConductorState.READY)
                return
            if self._clock.monotonic() > deadline:
                raise StartTimeout(limit, last_reason(self.log_file), self.log_file)

    def _stay(self) -> None:
        """Return when it has ended or we are to stop."""
        since = self._clock.monotonic()
        while self._status() is None and not self._stopping.wait(_POLL):
            pass
        if self._clock.monotonic() - since > _STEADY:
            self._failures = 0

    def _restart(self) -> None:
        """Launch it anew, ever more slowly, until it is ready or we are to stop."""
        if self._stopping.is_set():
            return
        log.error(
            "Conductor ended, restarting it",
            extra={"status": self._status(), "reason": last_reason(self.log_file)},
        )
        self._end()
        self._enter(ConductorState.RESTARTING)
        while not self._stopping.wait(_BACKOFF[min(self._failures, len(_BACKOFF) - 1)]):
            self._failures += 1
            try:
                self._process = self._launch()
                self._come_up()
                return
            except (SchedulerError, OSError) as error:
                log.warning("Conductor did not come up again", extra={"reason": str(error)})
                self._end()

    def _launch(self) -> GuardedProcess:
        home = self._settings.data_dir
        with disk_errors(home):
            home.mkdir(parents=True, exist_ok=True)
            return GuardedProcess(self._settings, find_java(), self._port)

    def _status(self) -> int | None:
        return self._process.status if self._process else None

    def _end(self) -> None:
        if self._process:
            self._process.stop()

    def _enter(self, state: ConductorState) -> None:
        with self._changed:
            if state not in TRANSITIONS[self._state]:
                return
            self._state = state
            self._changed.notify_all()
        log.info("embedded Conductor changed", extra={"state": state.value, "url": self.base_url})
        self._on_change(state)
