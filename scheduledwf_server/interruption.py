"""SIGINT and SIGTERM, let through only where nothing would be left half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self


class Interrupted(BaseException):
    """Somebody asked the process to stop."""


class Interruption:
    """While it is entered, a signal to stop raises Interrupted where that is *allowed*.

    Elsewhere it is remembered until the next such place. It is raised once: whoever asks again
    while we stop cannot make us stop half-way. For the main thread only.
    """

    def __init__(self) -> None:
        self._asked = False
        self._raised = False
        self._allowed = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """What is done inside may be broken off anywhere."""
        self._allowed = True
        try:
            self._raise_if_asked()
            yield
        finally:
            self._allowed = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked = True
        if self._allowed:
            self._raise_if_asked()

    def _raise_if_asked(self) -> None:
        if self._asked and not self._raised:
            self._raised = True
            raise Interrupted
