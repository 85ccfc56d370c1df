"""What can go wrong with the Conductor we fetch and run ourselves.

    SchedulerError
    └── ConductorError
        ├── JarUnavailable      the server's jar cannot be had from any repository
        ├── JarDamaged          what came is not what the repository says it is
        ├── NoDiskSpace         there is no room for it
        ├── JavaMissing         there is nothing to run it on
        ├── PortTaken           somebody else listens where it shall
        ├── DiedAtStart         it ended before it was ready
        └── StartTimeout        it did not become ready in time

Each message says what to do about it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from scheduledwf_core.errors import SchedulerError


class ConductorError(SchedulerError):
    """The embedded Conductor cannot be run."""

    code = "conductor"


class JarUnavailable(ConductorError):
    """No repository gives *coordinate*."""

    code = "conductor-jar-unavailable"

    def __init__(self, coordinate: str, reason: str) -> None:
        super().__init__(
            f"cannot fetch {coordinate}: {reason}. It is fetched once and then kept; connect this"
            " machine to the network (or name a repository in jgo's configuration) and try again,"
            " or use a Conductor that is already there with --conductor-url"
        )
        self.coordinate = coordinate
        self.reason = reason


class JarDamaged(ConductorError):
    """The jar at *path* is not the one its repository describes."""

    code = "conductor-jar-damaged"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}; delete it and try again")
        self.path = path
        self.reason = reason


class NoDiskSpace(ConductorError):
    """*directory* has *free* bytes left where *needed* are needed; -1 means unknown."""

    code = "conductor-no-disk-space"

    def __init__(self, directory: Path, *, needed: int, free: int) -> None:
        super().__init__(
            f"no room in {directory}: {_megabytes(needed)} needed, {_megabytes(free)} free;"
            " make room, or choose another directory"
        )
        self.directory = directory
        self.needed = needed
        self.free = free


class JavaMissing(ConductorError):
    """There is no Java runtime to run Conductor on."""

    code = "conductor-java-missing"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"there is no Java to run Conductor on: {reason}; `pip install 'scheduledwf[embedded]'`"
            " brings one, or use a Conductor that is already there with --conductor-url"
        )
        self.reason = reason


class PortTaken(ConductorError):
    """Somebody else listens on *host*:*port*."""

    code = "conductor-port-taken"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} of {host} is taken: choose another for the embedded Conductor with"
            " scheduledwf.conductor-port (0 takes a free one), or, if what listens there is a"
            f" Conductor you want to use, say --conductor-url http://{host}:{port}"
        )
        self.host = host
        self.port = port


class DiedAtStart(ConductorError):
    """Conductor gave up before it was ready; *reason* is what its log says.

    *status* is its exit status, None if its process hung about and had to be ended.
    """

    code = "conductor-died-at-start"

    def __init__(self, status: int | None, reason: str, log_file: Path) -> None:
        ended = "" if status is None else f" and ended with status {status}"
        super().__init__(f"Conductor did not start{ended}:\n{reason}\n(all of it: {log_file})")
        self.status = status
        self.reason = reason
        self.log_file = log_file


class StartTimeout(ConductorError):
    """Conductor was not ready after *waited*; *reason* is the end of its log."""

    code = "conductor-start-timeout"

    def __init__(self, waited: timedelta, reason: str, log_file: Path) -> None:
        super().__init__(
            f"Conductor is not ready after {waited.total_seconds():.0f} s; its log ends with:\n"
            f"{reason}\n(all of it: {log_file})"
        )
        self.waited = waited
        self.reason = reason
        self.log_file = log_file


def _megabytes(size: int) -> str:
    return "an unknown amount" if size < 0 else f"{size / 1_000_000:.0f} MB"
