"""The bounded pool of one target: its queue and its threads."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from threading import Condition, Thread

from scheduledwf_core.scheduling.process import Task

log = logging.getLogger(__name__)

Deliver = Callable[[list[Task]], None]


class Lane:
    """Tasks of one kind of target, delivered by threads of its own.

    So a slow webhook waits for webhooks only. *at_once* is how many tasks one thread takes:
    1, unless the target takes batches.
    """

    def __init__(self, kind: str, deliver: Deliver, *, workers: int, at_once: int) -> None:
        self._kind = kind
        self._deliver = deliver
        self._at_once = at_once
        self._queue: deque[Task] = deque()
        self._changed = Condition()
        self._busy = 0
        self._stopped = False
        self._threads = [
            Thread(target=self._work, name=f"{kind}-{number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def put(self, tasks: Iterable[Task]) -> None:
        with self._changed:
            self._queue.extend(tasks)
            self._changed.notify(len(self._threads))

    @property
    def outstanding(self) -> int:
        """Tasks queued, and threads at work."""
        return len(self._queue) + self._busy

    def drop(self, unwanted: Callable[[Task], bool]) -> list[Task]:
        """Take back tasks that no thread has begun."""
        with self._changed:
            dropped = [task for task in self._queue if unwanted(task)]
            if dropped:
                kept = [task for task in self._queue if not unwanted(task)]
                self._queue.clear()
                self._queue.extend(kept)
            return dropped

    def drain(self) -> None:
        """Deliver what is queued in the caller's own thread."""
        while tasks := self._take():
            self._run(tasks)

    def stop(self) -> None:
        """Begin nothing new."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def join(self, seconds: float) -> bool:
        """Wait for the deliveries under way; whether they are over."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout=seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._stopped)
                if self._stopped:
                    return
                tasks = self._take()
            if tasks:
                self._run(tasks)

    def _take(self) -> list[Task]:
        with self._changed:
            count = min(len(self._queue), self._at_once)
            self._busy += count > 0
            return [self._queue.popleft() for _ in range(count)]

    def _run(self, tasks: list[Task]) -> None:
        try:
            self._deliver(tasks)
        except Exception:
            log.exception("delivery broke off, leases will run out", extra={"lane": self._kind})
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
