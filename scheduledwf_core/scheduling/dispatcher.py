"""Firings held in memory until their exact time, then handed to the lane of their target."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Lock

from scheduledwf_core.clock import Clock
from scheduledwf_core.scheduling.lane import Lane
from scheduledwf_core.scheduling.loop import Loop
from scheduledwf_core.scheduling.process import Task
from scheduledwf_core.telemetry import Telemetry

LONGEST_WAIT = 60.0


class Dispatcher:
    """Lets each task go at its due time, to the millisecond, and not before."""

    def __init__(self, lanes: Mapping[str, Lane], *, clock: Clock, telemetry: Telemetry) -> None:
        self._lanes = lanes
        self._clock = clock
        self._heap: list[tuple[datetime, int, Task]] = []
        self._numbers = itertools.count()
        self._lock = Lock()
        self._loop = Loop("release", self._step, telemetry=telemetry, after_error=0.1)

    def start(self) -> None:
        for lane in self._lanes.values():
            lane.start()
        self._loop.start()

    def serves(self, kind: str) -> bool:
        """Whether this node has the target *kind*."""
        return kind in self._lanes

    @property
    def outstanding(self) -> int:
        """Tasks held, queued and under way."""
        return len(self._heap) + sum(lane.outstanding for lane in self._lanes.values())

    def hold(self, tasks: Iterable[Task]) -> None:
        """Keep *tasks* until they are due."""
        with self._lock:
            first = self._heap[0][0] if self._heap else None
            for task in tasks:
                entry = (task.firing.due_at, next(self._numbers), task)
                heapq.heappush(self._heap, entry)
            sooner = bool(self._heap) and (first is None or self._heap[0][0] < first)
        if sooner:
            self._loop.nudge()

    def drop(self, unwanted: Callable[[Task], bool]) -> list[Task]:
        """Take back the tasks that nobody has begun to deliver."""
        with self._lock:
            dropped = [entry[2] for entry in self._heap if unwanted(entry[2])]
            if dropped:
                self._heap = [entry for entry in self._heap if not unwanted(entry[2])]
                heapq.heapify(self._heap)
        for lane in self._lanes.values():
            dropped += lane.drop(unwanted)
        return dropped

    def release(self, now: datetime) -> None:
        """Hand every task that is due at *now* to its lane."""
        due: defaultdict[str, list[Task]] = defaultdict(list)
        with self._lock:
            while self._heap and self._heap[0][0] <= now:
                task = heapq.heappop(self._heap)[2]
                due[task.process.target].append(task)
        for kind, tasks in due.items():
            self._lanes[kind].put(tasks)

    def drain(self) -> None:
        """Deliver what was released in the caller's own thread; for a node that is ticked."""
        for lane in self._lanes.values():
            lane.drain()

    def stop(self, grace: float) -> list[Task]:
        """Let nothing more go, wait *grace* seconds for what is under way; the unsent tasks."""
        self._loop.stop()
        self._loop.join(grace)
        for lane in self._lanes.values():
            lane.stop()
        unsent = self.drop(lambda _: True)
        deadline = self._clock.monotonic() + grace
        for lane in self._lanes.values():
            lane.join(max(0.0, deadline - self._clock.monotonic()))
        return unsent

    def _step(self) -> float:
        now = self._clock.now()
        self.release(now)
        with self._lock:
            if not self._heap:
                return LONGEST_WAIT
            wait = (self._heap[0][0] - self._clock.now()).total_seconds()
        return min(max(wait, 0.0), LONGEST_WAIT)
