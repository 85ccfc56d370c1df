"""A real MariaDB server of the tests' own: in a temporary directory, on a free loopback port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pymysql  # type: ignore[import-untyped]  # it ships no types

START_S = 60
_numbers = count(1)


class MariaDbMissing(Exception):
    """There is no MariaDB on this machine."""


class MariaDbServer:
    """A server that can be started, killed and started again on the same data and port."""

    def __init__(self, directory: Path) -> None:
        self._binary = _find("mariadbd", "mysqld")
        self._directory = directory
        self._data = directory / "data"
        self._temporary = directory / "tmp"
        self._temporary.mkdir(exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.url = f"mysql://root@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, making its data first if there is none; returns once it answers."""
        if not self._data.exists():
            self._install()
        log = (self._directory / "server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._binary, *self._options(), *_as_root()], stdout=log, stderr=log
            )
        self._wait()

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_S)

    def _install(self) -> None:
        install = _find("mariadb-install-db", "mysql_install_db")
        done = subprocess.run(
            [
                install,
                "--no-defaults",
                f"--datadir={self._data}",
                f"--tmpdir={self._temporary}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *_as_root(),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"MariaDB's data cannot be made:\n{done.stdout}{done.stderr}")

    def _options(self) -> list[str]:
        return [
            "--no-defaults",
            f"--datadir={self._data}",
            f"--socket={self._directory / 's'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            f"--tmpdir={self._temporary}",  # a server that starts empties what it shares
            "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=2",  # a killed server loses nothing by it
        ]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            try:
                execute(self.url, "DO 0")
            except pymysql.err.OperationalError:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    log = (self._directory / "server.log").read_text(errors="replace")
                    raise RuntimeError(f"MariaDB does not start:\n{log[-2000:]}") from None
                time.sleep(0.05)
            else:
                return


def new_database(server_url: str) -> str:
    """The URL of a new, empty database on the server at *server_url*."""
    name = f"scheduledwf_test_{os.getpid()}_{next(_numbers)}"
    execute(server_url, f"DROP DATABASE IF EXISTS {name}")
    execute(server_url, f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def drop_database(url: str) -> None:
    parts = urlsplit(url)
    execute(urlunsplit(parts._replace(path="")), f"DROP DATABASE IF EXISTS {parts.path[1:]}")


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    """What *statement* gives when it is run on a connection of its own."""
    parts = urlsplit(url)
    connection = pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path[1:] or None,
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _find(*names: str) -> str:
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        if found := shutil.which(name, path=places):
            return found
    raise MariaDbMissing(f"none of {', '.join(names)} is installed")


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
