"""Servers and stores for every test that asks for one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.dao.store import Store
from scheduledwf_mysql.store import SqlStore, open_store
from scheduledwf_mysql.tables import metadata
from tests.servers.conductor import CONDUCTOR, CONDUCTOR_3_15, running_conductor
from tests.servers.mariadb import MariaDbMissing, MariaDbServer, drop_database, new_database

pytest.register_assert_rewrite("scheduledwf_core.testing.contract")


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MariaDB server without a database: SCHEDULEDWF_TEST_MARIADB_URL, or our own."""
    if given := os.environ.get("SCHEDULEDWF_TEST_MARIADB_URL"):
        yield given
        return
    try:
        server = MariaDbServer(tmp_path_factory.mktemp("mariadb"))
    except MariaDbMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    """The URL of an empty MariaDB database of the test's own."""
    url = new_database(mariadb_server)
    yield url
    drop_database(url)


@pytest.fixture(scope="session")
def conductor() -> str:
    """The base URL of a real Conductor 3.32.3 that all tests of the run share."""
    return running_conductor(CONDUCTOR)


@pytest.fixture(scope="session")
def conductor_3_15() -> str:
    """The base URL of a real Conductor 3.15.0 that all tests of the run share."""
    return running_conductor(CONDUCTOR_3_15)


@pytest.fixture(scope="session")
def shared_mariadb(mariadb_server: str) -> Iterator[SqlStore]:
    """One migrated store for all, for migrating takes longer than most tests; it is not empty."""
    url = new_database(mariadb_server)
    shared = open_store(url, count_statements=True)
    shared.migrate()
    yield shared
    shared.close()
    drop_database(url)


@pytest.fixture
def mariadb(shared_mariadb: SqlStore) -> SqlStore:
    """An empty, migrated store on MariaDB, which counts its statements."""
    with shared_mariadb.engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
    return shared_mariadb


@pytest.fixture(params=["memory", "sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store of each kind; at the end, no connection may be left out."""
    if request.param == "memory":
        yield MemoryStore()
        return
    sql = _sqlite(tmp_path) if request.param == "sqlite" else request.getfixturevalue("mariadb")
    yield sql
    assert sql.connections == 0
    sql.close()


def _sqlite(directory: Path) -> SqlStore:
    store = open_store(f"sqlite:///{directory / 'store.sqlite'}")
    store.migrate()
    return store
