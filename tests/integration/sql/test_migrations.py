"""The tables come to be what this version needs, whatever was there and whoever asks."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from scheduledwf_core.errors import SchemaMismatch, StoreError, StoreUnavailable
from scheduledwf_mysql.schema import VERSION_TABLE, head
from scheduledwf_mysql.store import SqlStore, open_store
from scheduledwf_mysql.tables import due, metadata, schedule

MIGRATE = (
    "import sys; from scheduledwf_mysql.store import open_store; open_store(sys.argv[1]).migrate()"
)
PROCESSES = 3
CONDUCTOR = (
    "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50))",
    "INSERT INTO flyway_schema_history VALUES (1, '8')",
    "CREATE TABLE meta_workflow_def (id INT PRIMARY KEY, name VARCHAR(255))",
    "INSERT INTO meta_workflow_def VALUES (7, 'report')",
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('somebody-elses')",
)


def test_a_migrated_database_has_the_tables_of_this_version(sql_store: SqlStore) -> None:
    assert sql_store.migrate() == head()

    sql_store.check()
    assert differences(sql_store) == []


def test_migrating_again_changes_nothing(sql_store: SqlStore) -> None:
    sql_store.migrate()

    assert sql_store.migrate() == head()
    assert differences(sql_store) == []


def test_several_processes_may_migrate_at_once(sql_url: str, sql_store: SqlStore) -> None:
    command = [sys.executable, "-c", MIGRATE, sql_url]
    running = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    told = [process.communicate()[1] for process in running]

    assert [process.returncode for process in running] == [0] * PROCESSES, told
    sql_store.check()
    assert differences(sql_store) == []


def test_a_migration_that_was_killed_half_way_is_finished(sql_store: SqlStore) -> None:
    with sql_store.engine.begin() as connection:
        due.create(connection)
        schedule.create(connection)
        connection.execute(text("DROP INDEX ix_due_due" + _on(sql_store, "due")))

    sql_store.migrate()
    assert differences(sql_store) == []


def test_a_strangers_table_of_our_name_is_left_alone(sql_store: SqlStore) -> None:
    run(sql_store, "CREATE TABLE schedule (id INT PRIMARY KEY, train VARCHAR(9))")

    with pytest.raises(StoreError, match="schedule"):
        sql_store.migrate()
    with sql_store.engine.connect() as connection:
        columns = [column["name"] for column in inspect(connection).get_columns("schedule")]
    assert columns == ["id", "train"]


def test_the_tables_of_a_conductor_stay_as_they_are(sql_store: SqlStore) -> None:
    run(sql_store, *CONDUCTOR)
    sql_store.migrate()

    with sql_store.engine.connect() as connection:
        found = [
            connection.execute(text(f"SELECT * FROM {table}")).all()
            for table in ("flyway_schema_history", "meta_workflow_def", "alembic_version")
        ]
    assert found == [[(1, "8")], [(7, "report")], [("somebody-elses",)]]


def test_an_empty_database_is_told_from_a_migrated_one(sql_store: SqlStore) -> None:
    with pytest.raises(SchemaMismatch) as refused:
        sql_store.check()

    assert (refused.value.found, refused.value.wanted) == (None, head())


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_another_version_is_refused(sql_store: SqlStore, version: str) -> None:
    sql_store.migrate()
    run(sql_store, f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")

    with pytest.raises(SchemaMismatch) as refused:
        sql_store.check()
    assert refused.value.found == version


def test_a_later_version_is_not_migrated_back(sql_store: SqlStore) -> None:
    sql_store.migrate()
    run(sql_store, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    with pytest.raises(SchemaMismatch):
        sql_store.migrate()
    with pytest.raises(SchemaMismatch, match="9999"):
        sql_store.check()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    store = open_store("mysql://nobody:secret@127.0.0.1:1/none")

    for ask in (store.check, store.migrate):
        with pytest.raises(StoreUnavailable) as refused:
            ask()
        assert "secret" not in str(refused.value)


def test_a_database_that_is_too_old_is_refused_by_its_name(
    sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql_store.migrate()
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    monkeypatch.setattr(sql_store.engine.dialect, "server_version_info", (10, 5, 9))

    for ask in (sql_store.check, sql_store.migrate):
        with pytest.raises(StoreError, match=r"(SQLite 3\.38|MariaDB 10\.6) or later is needed"):
            ask()


def test_letters_are_kept_and_compared_exactly_whatever_the_database_prefers(
    mariadb_url: str,
) -> None:
    store = open_store(mariadb_url)
    run(store, "ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci")
    store.migrate()

    with store.engine.connect() as connection:
        query = (
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name <> :not_ours"
            " AND collation_name IS NOT NULL"
        )
        found = connection.execute(text(query), {"not_ours": VERSION_TABLE}).all()
    assert found == [("utf8mb4_bin",)]
    store.close()


def run(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def differences(store: SqlStore) -> list[object]:
    """What would have to change for the database to be as ``tables.py`` says."""
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "compare_server_default": True,
    }
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def _on(store: SqlStore, table: str) -> str:
    return f" ON {table}" if store.engine.dialect.name == "mysql" else ""
