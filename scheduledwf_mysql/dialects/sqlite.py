"""SQLite's answers (3.38 and up)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.dml import Delete, Insert

from scheduledwf_core.errors import StoreError
from scheduledwf_core.instants import microseconds
from scheduledwf_mysql.dialects.base import version
from scheduledwf_mysql.dialects.sqlite_writer import OneWriter


class SqliteAnswers:
    """Rows come by json_each; the one lock there is belongs to whoever writes."""

    peeks = False
    compares_rows = True

    def prepare(self, engine: Engine) -> None:
        OneWriter().watch(engine)

    def refuse_old(self, connection: Connection) -> None:
        del connection  # SQLite is not a server: Python brings it along
        found, oldest = sqlite3.sqlite_version_info, (3, 38)
        if found < oldest:
            raise StoreError(f"SQLite {version(oldest)} or later is needed, not {version(found)}")

    def rows(self, columns: Sequence[Column[Any]]) -> FromClause:
        each = func.json_each(bindparam("rows", type_=Text)).table_valued("value", name="each_row")
        return select(
            *(
                func.json_extract(
                    each.c.value, literal_column(f"'$[{place}]'"), type_=wanted.type
                ).label(wanted.name)
                for place, wanted in enumerate(columns)
            )
        ).subquery("given")

    def instant(self, value: datetime) -> int:
        return microseconds(value)

    def upsert(self, table: Table, source: Select[Any]) -> Insert:
        names = [each.name for each in source.selected_columns]
        # the WHERE keeps the parser from taking ON CONFLICT for a join's ON
        statement = insert(table).from_select(names, source.where(true()))
        keys = [each.name for each in table.primary_key]
        return statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in names if name not in keys},
        )

    def delete_given(self, table: Table, given: FromClause) -> Delete:
        key = tuple_(*(table.c[each.name] for each in given.c))
        return delete(table).where(key.in_(select(*given.c)))

    def lock_schema(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    def unlock_schema(self, connection: Connection) -> None:
        """The lock ends with the transaction."""
