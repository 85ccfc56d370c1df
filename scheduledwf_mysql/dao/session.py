"""The connection of one transaction, in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Executable, Select

from scheduledwf_mysql.dialects.base import LOCKS_ROWS
from scheduledwf_mysql.errors import store_errors

Parameters = Mapping[str, Any]
Record = Sequence[Any]  # one row of an answer, by place


class Session:
    """Runs statements and renames their errors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """Run *statement*; how many rows it wrote, an update that changes nothing included."""
        with store_errors():
            return self._connection.execute(statement, parameters).rowcount

    def all(self, query: Executable, parameters: Parameters | None = None) -> Sequence[Record]:
        with store_errors():
            return cast("Sequence[Record]", self._connection.execute(query, parameters).all())

    def first(self, query: Executable, parameters: Parameters | None = None) -> Record | None:
        with store_errors():
            return cast("Record | None", self._connection.execute(query, parameters).first())

    def count(self, query: Executable, parameters: Parameters | None = None) -> int:
        """The one number that *query* gives."""
        with store_errors():
            return int(self._connection.execute(query, parameters).scalar_one())

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside is undone together if an error leaves it."""
        with store_errors(), self._connection.begin_nested():
            yield


def locking(query: Select[Any], *, wait: bool) -> Select[Any]:
    """*query*, locking the rows it gives; rows another transaction holds are waited for, or
    else passed over."""
    locked = query.with_for_update(skip_locked=not wait)
    return locked.execution_options(**{LOCKS_ROWS: True})
