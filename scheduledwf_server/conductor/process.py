"""A Java process behind its guard, and the files it is started with."""

from __future__ import annotations

import errno
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import javaproperties

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.conductor import guard
from scheduledwf_server.conductor.errors import PortTaken
from scheduledwf_server.conductor.java import OPTIONS
from scheduledwf_server.conductor.profile import SQLITE, Profile

LOG = "conductor.log"
_HEALTH_TIMEOUT = 2.0
_AFTER_GRACE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedSettings:
    """How the Conductor beside us is run."""

    jar: Path
    data_dir: Path
    """Its working directory: its database, its log, its temporary files."""
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one, and keeps it through restarts."""
    heap: str = "1g"
    properties: Mapping[str, str] = field(default_factory=dict)
    """Keys for Conductor and Spring; they win over those of the profile."""
    profile: Profile = SQLITE
    start_timeout: timedelta = timedelta(minutes=3)
    grace: timedelta = timedelta(seconds=10)
    """How long it may take to end by itself."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d+[kKmMgG]", self.heap):
            raise InvalidSetting("conductor-heap", f"{self.heap!r} is no size like 1g or 768m")
        if not 0 <= self.port <= 65535:
            raise InvalidSetting("conductor-port", f"must be 0 to 65535, not {self.port}")


class GuardedProcess:
    """One run of Conductor; ends when we end, however that comes about."""

    def __init__(self, settings: EmbeddedSettings, java: Path, port: int) -> None:
        self._settings = settings
        self._address = (settings.host, port)
        home = settings.data_dir.resolve()
        command = [
            *(sys.executable, "-I", guard.__file__),
            *("--log", str(home / LOG), "--grace", str(settings.grace.total_seconds()), "--"),
            *(str(java), f"-Xmx{settings.heap}", *OPTIONS),
            f"-Djava.io.tmpdir={_fresh(home / 'tmp')}",
            f"-DCONDUCTOR_CONFIG_FILE={_write_properties(settings, port)}",
            *("-jar", str(settings.jar.resolve())),
        ]
        # a session of its own: Ctrl-C in a terminal reaches us, and we end it in order
        self._guard = subprocess.Popen(  # noqa: S603 - made of our settings, no shell
            command, stdin=subprocess.PIPE, cwd=home, start_new_session=True
        )

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._guard.poll()

    def is_healthy(self) -> bool:
        """Whether it answers that it is up.

        /health is served once everything is started. /actuator/health would say more than
        is wanted: on 3.15 it is down for want of an Elasticsearch nobody uses.
        """
        connection = http.client.HTTPConnection(*self._address, timeout=_HEALTH_TIMEOUT)
        try:
            connection.request("GET", "/health")
            return json.loads(connection.getresponse().read()).get("healthy") is True
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it, by force if it takes longer than its grace. May be called twice."""
        if self._guard.stdin is not None:
            with suppress(OSError):
                self._guard.stdin.close()
        try:
            self._guard.wait(self._settings.grace.total_seconds() + _AFTER_GRACE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._guard.pid, signal.SIGKILL)  # guard and Java are one group
            self._guard.wait()


def check_port(host: str, port: int) -> int:
    """The port to listen on: *port*, or a free one for 0; raises PortTaken, InvalidSetting."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(host, port) from error
            raise InvalidSetting("conductor-port", f"{host}:{port}: {error.strerror}") from error
        return int(probe.getsockname()[1])


def _write_properties(settings: EmbeddedSettings, port: int) -> Path:
    """Write what Conductor reads; for our eyes only, there may be passwords in it.

    It takes a file named by the system property CONDUCTOR_CONFIG_FILE since 3.13 (by the
    environment variable only later), and what it says wins over everything else.
    """
    file = settings.data_dir.resolve() / "conductor.properties"
    address = {"server.address": settings.host, "server.port": str(port)}
    everything = {**settings.profile.properties, **settings.properties, **address}
    with suppress(FileNotFoundError):
        file.unlink()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="latin-1") as out:
        javaproperties.dump(everything, out, timestamp=False)
    return file


def _fresh(directory: Path) -> Path:
    """An empty *directory*; what a killed Java unpacked there does not pile up."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
