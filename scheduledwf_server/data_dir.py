"""The directory where the embedded default keeps its files."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from scheduledwf_core.errors import InvalidSetting, WrongState


def make_usable(directory: Path) -> None:
    """Make *directory* if it is not there; raises InvalidSetting if nothing can be kept in it."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise InvalidSetting(
            "data-dir",
            f"no files can be kept in {directory} ({error.strerror}); make it writable,"
            " or choose another with --data-dir",
        ) from error


@contextmanager
def claimed(directory: Path) -> Iterator[None]:
    """Keep other processes from running a Conductor on *directory*; raises WrongState if one does.

    The operating system takes the claim back however this process ends.
    """
    with (directory / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongState(
                f"another `scheduledwf up` works in {directory}; stop that one,"
                " or give this one a --data-dir of its own"
            ) from None
        yield
