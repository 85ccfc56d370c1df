"""The version of a database's tables: read, compared, brought up."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from scheduledwf_core.errors import SchemaMismatch
from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.errors import store_errors

#: Not Alembic's own name: other systems may keep theirs in the same database.
VERSION_TABLE = "scheduledwf_version"


@cache
def head() -> str:
    """The version this package needs."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None  # noqa: S101 - there is always a migration
    return newest


def check(engine: Engine, answers: Answers) -> None:
    """Raise SchemaMismatch unless the tables are those of this version."""
    with store_errors(), engine.connect() as connection:
        answers.refuse_old(connection)
        found = _version(connection)
    if found != head():
        raise SchemaMismatch(found, head())


def migrate(engine: Engine, answers: Answers) -> str:
    """Bring the tables to this version; safe to ask from any number of processes at once.

    Raises SchemaMismatch if a later version of this package has been here already.
    """
    with store_errors(), engine.begin() as connection:
        answers.refuse_old(connection)
        answers.lock_schema(connection)
        try:
            _upgrade(connection)
        finally:
            answers.unlock_schema(connection)
    return head()


def _upgrade(connection: Connection) -> None:
    found = _version(connection)
    script = ScriptDirectory.from_config(_config())
    if found is not None and found not in {each.revision for each in script.walk_revisions()}:
        raise SchemaMismatch(found, head())
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "scheduledwf_mysql:migrations")
    return config
