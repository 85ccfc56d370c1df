"""A node's life: it plans and claims, takes over what others left, and says that it lives."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scheduledwf_core.clock import Clock
from scheduledwf_core.config import CoreSettings
from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import InvalidSchedule, StoreError
from scheduledwf_core.locking.lease import LeaseBook
from scheduledwf_core.model.firing import Attempt, Firing, Outcome, Settlement
from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.scheduling.assistant import SchedulingAssistant
from scheduledwf_core.scheduling.callback import IndexExecutionDataCallback
from scheduledwf_core.scheduling.dispatcher import Dispatcher
from scheduledwf_core.scheduling.housekeeping import Housekeeping
from scheduledwf_core.scheduling.loop import Loop
from scheduledwf_core.scheduling.planner import Planner
from scheduledwf_core.scheduling.process import ScheduledProcess, Task
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.telemetry import Event, Telemetry

log = logging.getLogger(__name__)

OVERLAP = timedelta(seconds=5)  # recalls are read again this long, for commits that came late
RETRY_AFTER = 0.5
WHILE_FULL = 0.02  # how long a node that holds all it may waits for room


class SchedulerManager:
    """Runs the schedules of the store on this node, beside any number of others.

    ``start`` begins its loops and ``stop`` ends them; ``tick`` does everything they do once,
    in the caller's thread, for a node whose time is moved by hand.
    """

    def __init__(  # noqa: PLR0913 - the parts it is put together from
        self,
        info: ManagerInfo,
        *,
        store: Store,
        planner: Planner,
        registry: ScheduledProcessRegistry,
        assistant: SchedulingAssistant,
        dispatcher: Dispatcher,
        callback: IndexExecutionDataCallback,
        housekeeping: Housekeeping,
        leases: LeaseBook,
        settings: CoreSettings,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self.info = info
        self._store = store
        self._planner = planner
        self._registry = registry
        self._assistant = assistant
        self._dispatcher = dispatcher
        self._callback = callback
        self._housekeeping = housekeeping
        self._leases = leases
        self._settings = settings
        self._clock = clock
        self._telemetry = telemetry
        self._recalls: dict[int, int] = {}
        self._looked = clock.monotonic()
        # room for a batch worth its transaction, not for each firing that just went
        self._worthwhile = max(1, min(settings.batch, settings.capacity // 4))
        self._loops = [
            Loop("plan", self._plan_step, telemetry=telemetry, after_error=RETRY_AFTER),
            Loop("heartbeat", self._beat, telemetry=telemetry, after_error=RETRY_AFTER),
            Loop("sweep", self._sweep, telemetry=telemetry, after_error=RETRY_AFTER),
        ]

    def start(self) -> None:
        """Say that the node lives, and begin. Raises StoreError if the store is away."""
        self._beat()
        self._dispatcher.start()
        self._callback.start()
        for loop in self._loops if self.info.role.fires else self._loops[1:2]:
            loop.start()
        self._telemetry.emit(Event.NODE_STARTED, node=self.info.id, role=self.info.role.value)

    def nudge(self) -> None:
        """Look at the store now; somebody just wrote what may be due at once."""
        self._loops[0].nudge()

    def tick(self) -> None:
        """Plan, deliver and settle everything that is due at this moment of the clock."""
        self._beat()
        self._sweep()
        while self._work():
            pass
        self._dispatcher.release(self._clock.now())
        self._dispatcher.drain()
        self._callback.flush()

    def stop(self) -> None:
        """End: nothing new is begun, what is under way is finished, the rest is handed back."""
        grace = self._settings.stop_grace.total_seconds()
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join(grace)
        unsent = self._dispatcher.stop(grace)
        try:
            self._callback.stop()
            self._hand_back(unsent)
        except StoreError:
            log.exception("stopped without the store, leases will run out")
        self._telemetry.emit(Event.NODE_STOPPED, node=self.info.id, role=self.info.role.value)

    def _hand_back(self, unsent: Sequence[Task]) -> None:
        now = self._clock.now()
        with self._store.transaction() as tx:
            if unsent:
                tx.execution.hand_back([task.firing for task in unsent], now=now)
            self.info = replace(self.info, heartbeat_at=now, stopped_at=now)
            tx.index.write_manager(self.info)

    def _plan_step(self) -> float:
        poll = self._settings.poll.total_seconds()
        if self._room() < self._worthwhile:
            self._look_while_full(poll)
            return WHILE_FULL
        if self._work():
            return 0.0
        return poll * random.uniform(0.75, 1.0)  # noqa: S311 - spreads nodes, hides nothing

    def _look_while_full(self, poll: float) -> None:
        """Read what was recalled as often as ever, though nothing more can be held."""
        if self._clock.monotonic() - self._looked >= poll:
            self._take(self._clock.now(), 0)

    def _work(self) -> bool:
        """Stop what was recalled, take over what waits, plan what is due; whether there is more."""
        now = self._clock.now()
        room = max(self._room(), 0)
        taken = self._take(now, room)
        planned = self._planner.step(room=room - taken) if room > taken else None
        if planned is not None:
            self._dispatcher.hold(planned.tasks)
        return bool(planned and planned.more) or 0 < room == taken

    def _room(self) -> int:
        return self._settings.capacity - self._dispatcher.outstanding - len(self._callback)

    def _take(self, now: datetime, room: int) -> int:
        """Read what was recalled, and take over at most *room* firings; how many they were."""
        self._looked = self._clock.monotonic()
        faults: Mapping[tuple[int, int], InvalidSchedule] = {}
        processes: Mapping[tuple[int, int], ScheduledProcess] = {}
        with self._store.transaction() as tx:
            recalls = tx.execution.recalled(since=now - OVERLAP)
            limit, until = min(room, self._settings.batch), now + self._settings.lease
            taken: Sequence[Firing] = ()
            if limit:
                taken = tx.execution.take(holder=self.info.id, now=now, until=until, limit=limit)
            if taken:
                keys = {(firing.schedule_id, firing.revision) for firing in taken}
                processes, faults = self._registry.processes(tx, keys)
        self._stop_recalled(recalls)
        if taken:
            self._hold(taken, processes, faults, now)
        return len(taken)

    def _stop_recalled(self, recalls: dict[int, int]) -> None:
        fresh = {key: value for key, value in recalls.items() if self._recalls.get(key) != value}
        for schedule_id, revision in fresh.items():
            self._assistant.stop(schedule_id, before=revision)
        self._recalls = recalls

    def _hold(
        self,
        taken: Sequence[Firing],
        processes: Mapping[tuple[int, int], ScheduledProcess],
        faults: Mapping[tuple[int, int], InvalidSchedule],
        now: datetime,
    ) -> None:
        tasks, ended = [], []
        for firing in taken:
            key = firing.schedule_id, firing.revision
            process = processes.get(key)
            if process is None:
                ended.append(_ended(firing, self.info.id, now, faults.get(key)))
            elif self._dispatcher.serves(process.target):
                tasks.append(Task(firing, process))
        self._dispatcher.hold(tasks)
        self._callback.record(ended)
        self._telemetry.emit(Event.TAKEN_OVER, count=len(taken))

    def _beat(self) -> float:
        """Say that this node lives, and renew the leases of what it holds."""
        now = self._clock.now()
        until = now + self._settings.lease
        with self._store.transaction() as tx:
            self.info = replace(self.info, heartbeat_at=now)
            tx.index.write_manager(self.info)
            tx.execution.renew(holder=self.info.id, now=now, until=until)
        self._leases.renewed(now=now, until=until)
        return self._settings.heartbeat.total_seconds()

    def _sweep(self) -> float:
        self._housekeeping.step()
        return self._settings.sweep.total_seconds()


def _ended(firing: Firing, node: int, now: datetime, fault: InvalidSchedule | None) -> Settlement:
    """The end of a firing that cannot be sent again: its schedule is gone, or makes no sense."""
    attempt = Attempt(number=firing.attempt, started_at=now, finished_at=now, node=node)
    outcome = Outcome.CANCELLED if fault is None else Outcome.DEAD
    reason = "the schedule is gone" if fault is None else str(fault)
    return Settlement(firing=firing, attempt=attempt, outcome=outcome, reason=reason)
