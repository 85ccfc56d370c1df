"""The questions whose answers differ from one database to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Engine, FromClause, Select, Table
from sqlalchemy.sql.dml import Delete, Insert

#: Set on a SELECT that locks the rows it gives, for databases that lock by other means.
LOCKS_ROWS = "locks_rows"


class Answers(Protocol):
    """One database's way to do what all of them can."""

    peeks: bool
    """Whether due rows are found faster by looking first and locking by key afterwards."""

    compares_rows: bool
    """Whether an index serves ``(a, b) > (1, 2)``."""

    def prepare(self, engine: Engine) -> None:
        """Set up what *engine* needs for its sessions to behave alike on every database."""
        ...

    def refuse_old(self, connection: Connection) -> None:
        """Raise StoreError if the database is too old to understand what it will be told."""
        ...

    def rows(self, columns: Sequence[Column[Any]]) -> FromClause:
        """A table ``given`` of those columns, read from the JSON text bound as ``rows``.

        The text is a list of lists in the columns' order. A value too long or too great for
        its column is an error when it is written, never cut.
        """
        ...

    def instant(self, value: datetime) -> str | int:
        """A UTC instant as that JSON text holds it."""
        ...

    def upsert(self, table: Table, source: Select[Any]) -> Insert:
        """Insert the rows of *source*, writing over those whose key is there already."""
        ...

    def delete_given(self, table: Table, given: FromClause) -> Delete:
        """Delete the rows that agree with a row of *given* in every column it has."""
        ...

    def lock_schema(self, connection: Connection) -> None:
        """Wait until no other process changes the schema, and keep others from it."""
        ...

    def unlock_schema(self, connection: Connection) -> None:
        """Let others change the schema."""
        ...


def version(numbers: Sequence[object]) -> str:
    """A version as people write it."""
    return ".".join(str(number) for number in numbers)
