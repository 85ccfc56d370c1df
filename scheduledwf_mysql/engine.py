"""An engine for a URL: its pool, its time limits and the session it needs."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from scheduledwf_core.errors import InvalidSetting

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 30  # no statement of ours takes so long, unless the database hangs
LOCK_TIMEOUT_S = 10
POOL_SIZE = 10
POOL_OVERFLOW = 20

_SETTING = "db.url"
_DRIVERS = {
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",
    "mariadb+mysqldb": "mysql+mysqldb",
}
_SYNCHRONOUS = ("full", "normal")
# Without backslash escapes the JSON of a batch goes out as it is: PyMySQL escapes by the letter.
_MODES = (
    *("STRICT_TRANS_TABLES", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION"),
    "NO_BACKSLASH_ESCAPES",
)
_SESSION = (
    f"SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = {LOCK_TIMEOUT_S},"
    f" sql_mode = '{','.join(_MODES)}'"
)


def build_engine(text: str) -> Engine:
    """An engine for the database at *text*; nothing is asked of it yet.

    Raises InvalidSetting for a URL that is none, or of a database this store does not speak.
    """
    url = _parse(text)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "mysql":
        return _mysql(url)
    raise InvalidSetting(_SETTING, f"{url.drivername} is none of sqlite, mysql, mariadb")


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # the text may hold a password: it is not repeated
        raise InvalidSetting(_SETTING, "must look like mysql://user@host/database") from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _mysql(url: URL) -> Engine:
    if not url.database:
        raise InvalidSetting(_SETTING, "names no database; it ends like /scheduledwf")
    limits = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": ANSWER_TIMEOUT_S,
        "write_timeout": ANSWER_TIMEOUT_S,
        "charset": "utf8mb4",
    }
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a connection that was lost while it rested is replaced unseen
        connect_args={
            **{name: value for name, value in limits.items() if name not in url.query},
            "init_command": _SESSION,
        },
        **_pool(),
    )


def _sqlite(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise InvalidSetting(_SETTING, "names no file; for a store in memory say memory:")
    synchronous = str(url.query.get("synchronous", "full")).lower()
    if synchronous not in _SYNCHRONOUS:
        raise InvalidSetting(_SETTING, f"synchronous={synchronous} is neither full nor normal")
    engine = create_engine(
        url.difference_update_query(["synchronous"]),
        connect_args={
            "timeout": LOCK_TIMEOUT_S,
            "isolation_level": None,  # BEGIN is ours to say
            "check_same_thread": False,  # the pool hands a connection to one thread at a time
        },
        **_pool(),
    )

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # In WAL mode a kill of the process loses nothing either way. Losing power may lose the
        # last commits with NORMAL, never with FULL: what was sent would then be sent again,
        # and what a client was told is defined would be gone. A commit costs one more fsync.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")

    event.listen(engine, "connect", prepare)
    return engine


def _pool() -> dict[str, Any]:
    return {
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": LOCK_TIMEOUT_S,
        "hide_parameters": True,
    }
