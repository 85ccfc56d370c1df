"""The database goes away and comes back: callers are told, and nothing is lost or leaked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduledwf_core.errors import StoreUnavailable
from scheduledwf_core.testing.contract.samples import AT_ONCE, NODE, at_once, do, schedule
from scheduledwf_mysql.store import SqlStore, open_store
from tests.servers.mariadb import MariaDbMissing, MariaDbServer, new_database

pytestmark = pytest.mark.mariadb


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MariaDbServer]:
    """A server of the test's own, to be killed."""
    try:
        own = MariaDbServer(tmp_path)
    except MariaDbMissing as missing:
        pytest.skip(str(missing))  # mariadb_server fails for it in CI
    own.start()
    yield own
    own.kill()


@pytest.fixture
def store(server: MariaDbServer) -> Iterator[SqlStore]:
    opened = open_store(new_database(server.url))
    opened.migrate()
    yield opened
    assert opened.connections == 0
    opened.close()


def test_a_store_works_again_once_its_server_does(server: MariaDbServer, store: SqlStore) -> None:
    do(store, lambda tx: tx.metadata.create([schedule(1)], node=NODE))
    at_once(lambda _: create(store, []))  # so that the pool is full
    server.kill()

    assert at_once(lambda thread: create(store, [100 + thread])) == [False] * AT_ONCE
    with pytest.raises(StoreUnavailable):
        store.check()
    assert store.connections == 0

    server.start()
    assert at_once(lambda thread: create(store, [200 + thread])) == [True] * AT_ONCE
    store.check()
    found = do(store, lambda tx: tx.metadata.get(range(1000)))
    assert set(found) == {1, *range(200, 200 + AT_ONCE)}


def test_nobody_notices_a_restart_while_he_rested(server: MariaDbServer, store: SqlStore) -> None:
    at_once(lambda _: create(store, []))  # so that the pool is full
    server.kill()
    server.start()

    assert at_once(lambda thread: create(store, [100 + thread])) == [True] * AT_ONCE


def test_a_transaction_cut_in_its_middle_leaves_nothing(
    server: MariaDbServer, store: SqlStore
) -> None:
    with pytest.raises(StoreUnavailable), store.transaction() as tx:  # noqa: PT012 - it dies inside
        tx.metadata.create([schedule(1)], node=NODE)
        server.kill()
        tx.metadata.create([schedule(2)], node=NODE)

    server.start()
    assert do(store, lambda tx: tx.metadata.get([1, 2])) == {}


def test_a_commit_that_was_not_heard_of_is_an_error(server: MariaDbServer, store: SqlStore) -> None:
    with pytest.raises(StoreUnavailable), store.transaction() as tx:  # noqa: PT012 - it dies inside
        tx.metadata.create([schedule(1)], node=NODE)
        server.kill()

    server.start()
    assert do(store, lambda tx: tx.metadata.get([1])) == {}


def create(store: SqlStore, numbers: list[int]) -> bool:
    """Whether the store took them."""
    try:
        do(store, lambda tx: tx.metadata.create([schedule(one) for one in numbers], node=NODE))
    except StoreUnavailable:
        return False
    return True
