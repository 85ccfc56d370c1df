"""Turns for the threads of one process that write to one SQLite file."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """A lock that is given in the order it was asked for.

    SQLite lets who waits for its lock sleep and look again; one busy thread keeps all others
    waiting for seconds that way.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def take(self, *, timeout_s: float) -> bool:
        """Wait for a turn; whether it came in time."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        return gate.acquire(timeout=timeout_s) or self._came_after_all(gate)

    def give(self) -> None:
        """End a turn; it passes to whoever waits the longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _came_after_all(self, gate: Lock) -> bool:
        with self._mutex:
            if gate not in self._waiting:
                return True
            self._waiting.remove(gate)
            return False
