"""Owns the Java process: writes its log, and ends it when the process that wants it is gone.

Run as a program of its own, ``python guard.py --log FILE --grace SECONDS -- COMMAND…``, so
that Java does not outlive us however we end. Its standard input is a pipe that only we hold:
``kill -9`` closes it as surely as a good-bye does, on every POSIX system, and unlike the
parent-death signal it does not care which of our threads started it. Should the guard itself be
killed, Linux's parent-death signal ends Java; the guard starts it from its one and only thread,
where that signal and ``preexec_fn`` are safe. Imports nothing but the standard library, so that
it is up at once and small.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

BIGGEST_LOG = 10_000_000
OLD_LOGS = 3
_PR_SET_PDEATHSIG = 1
_PARENT_CHECK = 1.0
_LAST_WORDS = 2.0


class BoundedLog:
    """A file that begins anew when it has grown too big; the last few are kept."""

    def __init__(self, path: Path, *, biggest: int = BIGGEST_LOG, kept: int = OLD_LOGS) -> None:
        self._path = path
        self._biggest = biggest
        self._kept = kept
        self._begin()

    def write(self, data: bytes) -> None:
        if self._written + len(data) > self._biggest:
            self.close()
            self._begin()
        self._written += self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def _begin(self) -> None:
        for number in range(self._kept, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        self._file = self._path.open("wb", buffering=0)
        self._written = 0

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path


def main(arguments: list[str]) -> int:
    """Run the command until it ends or nobody wants it any more; its exit status."""
    options = _parser().parse_args(arguments)
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    parent = os.getppid()
    log = BoundedLog(options.log)
    child = _start(options.command)
    assert child.stdout is not None  # noqa: S101 - it was asked for
    copying = Thread(target=_copy, args=(child.stdout, log, over), daemon=True)
    copying.start()
    Thread(target=_await_end, args=(sys.stdin.fileno(), over), daemon=True).start()
    while not over.wait(_PARENT_CHECK):
        if os.getppid() != parent:  # a fork of it may hold the pipe open
            break
    status = _end(child, options.grace)
    copying.join(_LAST_WORDS)
    return status if status >= 0 else 128 - status  # as a shell tells of a signal


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    guard = os.getpid()

    def die_with_guard() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guard:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 - the command line is our caller's
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_guard,  # noqa: PLW1509 - there is one thread yet
    )


def _copy(output: BinaryIO, log: BoundedLog, over: Event) -> None:
    """Write what comes until it ends, which is when the process does."""
    while piece := os.read(output.fileno(), 65536):
        with contextlib.suppress(OSError, ValueError):  # a full disk must not block Java
            log.write(piece)
    log.close()
    over.set()


def _await_end(pipe: int, over: Event) -> None:
    while os.read(pipe, 1):
        pass
    over.set()


def _end(child: subprocess.Popen[bytes], grace: float) -> int:
    child.terminate()
    try:
        return child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Runs a command while its parent wants it.")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("command", nargs="+")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
