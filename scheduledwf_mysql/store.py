"""The SQL store and its transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Engine, QueuePool, event

from scheduledwf_mysql import inherited, schema
from scheduledwf_mysql.dao.execution import SqlExecutionDAO
from scheduledwf_mysql.dao.execution_sql import ExecutionSql
from scheduledwf_mysql.dao.index import IndexSql, SqlIndexDAO
from scheduledwf_mysql.dao.key import SqlApiKeyDAO
from scheduledwf_mysql.dao.metadata import MetadataSql, SqlMetadataDAO
from scheduledwf_mysql.dao.permit import SqlPermitDAO
from scheduledwf_mysql.dao.session import Session
from scheduledwf_mysql.dialects import answers_for
from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.engine import build_engine
from scheduledwf_mysql.errors import store_errors


class Statements:
    """What is said in the words of one database, built once."""

    def __init__(self, answers: Answers) -> None:
        self.metadata = MetadataSql(answers)
        self.execution = ExecutionSql(answers)
        self.index = IndexSql(answers)


class SqlTransaction:
    """The DAOs over one connection."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        session = Session(connection)
        self.metadata = SqlMetadataDAO(session, statements.metadata)
        self.execution = SqlExecutionDAO(session, statements.execution)
        self.index = SqlIndexDAO(session, statements.index)
        self.permits = SqlPermitDAO(session)
        self.keys = SqlApiKeyDAO(session)


class SqlStore:
    """Everything in one database, which any number of processes may share."""

    statements: int = 0
    """How many statements were sent so far, if they are counted."""

    def __init__(self, engine: Engine, *, count_statements: bool = False) -> None:
        self.engine = engine
        self._answers = answers_for(engine)
        self._answers.prepare(engine)
        self._statements = Statements(self._answers)
        if count_statements:
            event.listen(engine, "before_cursor_execute", self._count)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with store_errors(), self.engine.begin() as connection:
            yield SqlTransaction(connection, self._statements)

    @property
    def connections(self) -> int:
        """How many connections are at work now."""
        return cast("QueuePool", self.engine.pool).checkedout()

    def check(self) -> None:
        schema.check(self.engine, self._answers)

    def migrate(self) -> str:
        return schema.migrate(self.engine, self._answers)

    def inherited_definitions(self) -> Sequence[str]:
        with store_errors(), self.engine.connect() as connection:
            return inherited.definitions(connection)

    def close(self) -> None:
        self.engine.dispose()

    def _count(self, *_: object) -> None:
        self.statements += 1


def open_store(url: str, *, count_statements: bool = False) -> SqlStore:
    """The store at *url*: ``sqlite:///file``, ``mysql://user:password@host/database`` or
    ``mariadb://…``. Nothing is asked of the database yet.

    After ``?`` a MySQL URL takes what its driver takes, and a SQLite URL
    ``synchronous=normal``, which is faster where losing power may lose the last second.
    """
    return SqlStore(build_engine(url), count_statements=count_statements)
