"""Statements that join a batch, so written that MySQL and MariaDB run them well."""

# ruff: noqa: ANN401 - the methods have the types of those they replace

from __future__ import annotations

from typing import Any

from sqlalchemy import Delete, Update
from sqlalchemy.dialects.mysql.base import MySQLCompiler


class KeyedCompiler(MySQLCompiler):
    """Makes a statement that joins a batch look its rows up by their key.

    Left alone the optimizer trusts its statistics, and in a table of few rows it reads, and
    locks, every one of them: then nodes wait for each other's rows, and deadlock.
    """

    def update_tables_clause(
        self, update_stmt: Update, from_table: Any, extra_froms: list[Any], **kw: Any
    ) -> str:
        if extra_froms:
            return self._keyed(from_table, extra_froms, **kw)
        return str(super().update_tables_clause(update_stmt, from_table, extra_froms, **kw))

    def delete_extra_from_clause(
        self,
        delete_stmt: Delete,  # noqa: ARG002 - the signature is SQLAlchemy's
        from_table: Any,
        extra_froms: list[Any],
        from_hints: Any,  # noqa: ARG002 - the signature is SQLAlchemy's
        **kw: Any,
    ) -> str:
        return f"USING {self._keyed(from_table, extra_froms, **kw)}"

    def _keyed(self, target: Any, batch: list[Any], **kw: Any) -> str:
        first, second = (
            each._compiler_dispatch(self, asfrom=True, **kw)  # noqa: SLF001 - as those methods do
            for each in (*batch, target)
        )
        return f"{first} STRAIGHT_JOIN {second} FORCE INDEX (PRIMARY)"
