"""MySQL's and MariaDB's answers (MySQL 8, MariaDB 10.6 and up)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    Text,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.sql.dml import Delete, Insert

from scheduledwf_core.errors import StoreError, StoreUnavailable
from scheduledwf_mysql.dialects.base import version
from scheduledwf_mysql.dialects.mysql_compiler import KeyedCompiler
from scheduledwf_mysql.types import INSTANT, in_utc

LOCK_WAIT_S = 25  # sooner than the connection gives up waiting for an answer
_LOCK = "SHA1(CONCAT('scheduledwf ', DATABASE()))"  # locks are the whole server's


class MySqlAnswers:
    """Rows come by JSON_TABLE, locks by InnoDB."""

    # A locking read that starts at the head of the index walks, and locks, every entry that is
    # deleted but not purged; under load those are many. A plain read passes over them.
    peeks = True
    compares_rows = False

    def prepare(self, engine: Engine) -> None:
        engine.dialect.statement_compiler = KeyedCompiler

    def refuse_old(self, connection: Connection) -> None:
        dialect = cast("MySQLDialect", connection.dialect)
        name, oldest = ("MariaDB", (10, 6)) if dialect.is_mariadb else ("MySQL", (8, 0, 4))
        found = dialect.server_version_info
        if found < oldest:
            raise StoreError(f"{name} {version(oldest)} or later is needed, not {version(found)}")

    def rows(self, columns: Sequence[Column[Any]]) -> FromClause:
        described = ", ".join(
            f"`{each.name}` {_json_type(each)} PATH '$[{place}]'"
            for place, each in enumerate(columns)
        )
        return func.json_table(
            bindparam("rows", type_=Text), literal_column(f"'$[*]' COLUMNS ({described})")
        ).table_valued(*[column(each.name, each.type) for each in columns], name="given")

    def instant(self, value: datetime) -> str:
        utc = value if value.tzinfo is UTC else in_utc(value)
        return utc.isoformat(" ")[: -len("+00:00")]

    def upsert(self, table: Table, source: Select[Any]) -> Insert:
        names = [each.name for each in source.selected_columns]
        statement = insert(table).from_select(names, source)
        keys = {each.name for each in table.primary_key}
        return statement.on_duplicate_key_update(
            {name: func.values(table.c[name]) for name in names if name not in keys}
        )

    def delete_given(self, table: Table, given: FromClause) -> Delete:
        return delete(table).where(*(table.c[each.name] == each for each in given.c))

    def lock_schema(self, connection: Connection) -> None:
        # DDL commits by itself here, so only a lock of the session lasts from end to end
        got = connection.execute(text(f"SELECT GET_LOCK({_LOCK}, :wait)"), {"wait": LOCK_WAIT_S})
        if got.scalar() != 1:
            raise StoreUnavailable(f"another process has changed the schema for {LOCK_WAIT_S} s")

    def unlock_schema(self, connection: Connection) -> None:
        connection.execute(text(f"DO RELEASE_LOCK({_LOCK})"))


def _json_type(each: Column[Any]) -> str:
    # JSON_TABLE cuts what is too long and clamps what is too great, without a word: it is given
    # room for anything, and the column the value goes to is as strict as ever.
    if each.type is INSTANT:
        return "DATETIME(6)"
    if isinstance(each.type, BigInteger) or each.type.python_type in (int, bool):
        return "BIGINT"
    return "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
