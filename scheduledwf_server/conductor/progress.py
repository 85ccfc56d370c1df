"""How far a download is, shown to whoever looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

#: Told the bytes that are there and those there will be, after every piece.
Progress = Callable[[int, int], None]

_STEP = 10


def silent(done: int, total: int) -> None:
    """Tell nobody."""


@contextmanager
def shown(title: str, stream: TextIO | None = None) -> Iterator[Progress]:
    """A bar for a person at a terminal, a line every ten per cent for a log."""
    out = stream or sys.stderr
    if out.isatty():
        with _bar(title, out) as tell:
            yield tell
    else:
        yield _Lines(title, out)


@contextmanager
def _bar(title: str, out: TextIO) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(file=out), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Writes a line whenever another ten per cent are there."""

    def __init__(self, title: str, out: TextIO) -> None:
        self._title = title
        self._out = out
        self._told = -1

    def __call__(self, done: int, total: int) -> None:
        step = _STEP * (done * 100 // max(total, 1) // _STEP)
        if step != self._told:
            self._told = step
            size = f"{done / 1e6:.0f} of {total / 1e6:.0f} MB"
            self._out.write(f"{self._title}: {step} % ({size})\n")
            self._out.flush()
