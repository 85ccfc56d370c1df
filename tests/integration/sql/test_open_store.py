"""A URL names a store, or says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting, StoreUnavailable
from scheduledwf_core.testing.contract.samples import NODE, do, schedule
from scheduledwf_mysql.store import open_store


@pytest.mark.parametrize(
    ("url", "driver", "database"),
    [
        ("mysql://u:p@db/scheduledwf", "mysql+pymysql", "scheduledwf"),
        ("mariadb://u:p@db:3307/x", "mysql+pymysql", "x"),
        ("mysql+pymysql://u:p@db/x", "mysql+pymysql", "x"),
        ("mariadb+pymysql://u:p@db/x?connect_timeout=1", "mysql+pymysql", "x"),
        ("sqlite:////var/x.sqlite", "sqlite", "/var/x.sqlite"),
        ("sqlite:///x.sqlite", "sqlite", "x.sqlite"),
    ],
)
def test_a_url_names_a_database(url: str, driver: str, database: str) -> None:
    found = open_store(url).engine.url

    assert (found.drivername, found.database) == (driver, database)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "mysql://"),
        ("secret-host", "mysql://"),
        ("postgresql://u:secret@db/x", "none of sqlite, mysql, mariadb"),
        ("mysql://u:secret@db", "names no database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///x?synchronous=off", "neither full nor normal"),
    ],
)
def test_what_names_no_store_is_refused_without_repeating_it(url: str, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason) as refused:
        open_store(url)

    assert "secret" not in str(refused.value)


def test_a_file_in_a_directory_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'none' / 'x.sqlite'}")

    with pytest.raises(StoreUnavailable):
        store.migrate()


def test_statements_are_counted_only_if_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    counting, silent = open_store(url, count_statements=True), open_store(url)
    counting.migrate()
    before = counting.statements
    do(counting, lambda tx: tx.metadata.find("default", "x"))
    do(silent, lambda tx: tx.metadata.create([schedule()], node=NODE))

    assert counting.statements == before + 1
    assert silent.statements == 0
    counting.close()
    silent.close()
