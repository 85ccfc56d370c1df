"""When a transaction on SQLite begins, and whose turn it is to write."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import ExecutionContext

from scheduledwf_core.errors import StoreUnavailable
from scheduledwf_mysql.dialects.base import LOCKS_ROWS
from scheduledwf_mysql.dialects.turns import Turns
from scheduledwf_mysql.engine import LOCK_TIMEOUT_S


class OneWriter:
    """Sees to it that of an engine's connections one writes at a time, and the others in turn."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._writer: object = None

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "checkin", self._end)
        event.listen(engine, "invalidate", self._end)

    def _begin(
        self,
        connection: Connection,
        cursor: sqlite3.Cursor,
        statement: str,
        _parameters: object,
        context: ExecutionContext,
        _many: bool,  # noqa: FBT001 - the signature is SQLAlchemy's
    ) -> None:
        """Take the writers' lock before the first statement that needs it.

        A transaction that was begun to read and then writes is refused when somebody wrote
        meanwhile, and no waiting helps. So reads before the first write see what is committed
        at their time, as under READ COMMITTED, and never wait for a writer.
        """
        if cursor.connection.in_transaction:
            return
        reads = statement.startswith(("SELECT", "PRAGMA"))
        if reads and not context.execution_options.get(LOCKS_ROWS):
            return
        self._wait_for_turn(connection)
        if not statement.startswith("BEGIN"):
            cursor.execute("BEGIN IMMEDIATE")

    def _wait_for_turn(self, connection: Connection) -> None:
        writer = connection.connection.driver_connection
        if self._writer is writer:
            return
        if not self._turns.take(timeout_s=LOCK_TIMEOUT_S):
            raise StoreUnavailable(f"other threads have been writing for {LOCK_TIMEOUT_S} s")
        self._writer = writer

    def _end(self, connection: sqlite3.Connection | None, *_: object) -> None:
        if connection is not None and self._writer is connection:
            self._writer = None
            self._turns.give()
