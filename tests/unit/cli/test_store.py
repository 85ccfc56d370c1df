"""``scheduledwf store …`` and ``scheduledwf key …``: no server runs, only the store is there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import Result

from scheduledwf_core.node import Node
from scheduledwf_server.bootstrap import open_store
from tests.unit.cli.conftest import document, printed, refused, run_cli


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def migrated(data: Path) -> Path:
    printed(on(data, "store migrate"))
    return data


def on(data: Path, line: str, *words: str) -> Result:
    return run_cli(*line.split(), *words, env={"SCHEDULEDWF_DATA_DIR": str(data)})


def test_migrating_makes_the_store_and_may_be_done_again(data: Path) -> None:
    assert printed(on(data, "store migrate")).startswith("the schema is at ")
    assert printed(on(data, "store migrate")).startswith("the schema is at ")
    assert "schema is right" in printed(on(data, "store check"))
    assert (data / "scheduledwf.db").exists()


@pytest.mark.parametrize("command", ["store check", "key list", "key create ann", "key revoke x"])
def test_an_empty_store_is_told_with_what_to_do(command: str, data: Path) -> None:
    assert "run `scheduledwf store migrate`" in refused(on(data, command), 4)


@pytest.mark.parametrize("command", ["store check", "store migrate", "key list"])
def test_a_store_of_a_later_version_is_left_alone(command: str, migrated: Path) -> None:
    with sqlite3.connect(migrated / "scheduledwf.db") as database:
        database.execute("UPDATE scheduledwf_version SET version_num = '9999'")
    database.close()

    said = refused(on(migrated, command), 4)

    assert "9999" in said
    assert "update scheduledwf" in said


def test_a_key_is_printed_once_alone_on_standard_output(migrated: Path) -> None:
    created = on(migrated, "key create ann")

    key = printed(created).removesuffix("\n")
    _, key_id, secret = key.split("_")
    assert created.stderr == f"key id {key_id}; the key itself is shown only now:\n"
    store = open_store(f"sqlite:///{migrated}/scheduledwf.db")
    assert Node(store, {}).keys.holder(key) == "ann"
    store.close()
    assert secret not in printed(on(migrated, "key list"))
    assert secret.encode() not in (migrated / "scheduledwf.db").read_bytes()


def test_keys_are_listed_and_revoked(migrated: Path) -> None:
    ann = document(on(migrated, "key create --json ann"))
    ben = document(on(migrated, "key create --json", "ben the builder"))

    listed = printed(on(migrated, "key list")).splitlines()
    assert listed[0].split() == ["ID", "NAME", "CREATED"]
    assert [line.split()[0] for line in listed[1:]] == [ann["id"], ben["id"]]
    assert "ben the builder  20" in listed[2]

    assert printed(on(migrated, "key revoke", ann["id"])) == f"revoked {ann['id']}\n"
    assert [key["name"] for key in document(on(migrated, "key list --json"))] == ["ben the builder"]


def test_a_key_may_be_revoked_by_showing_it_and_is_not_repeated(migrated: Path) -> None:
    made = document(on(migrated, "key create --json ann"))

    assert printed(on(migrated, "key revoke", made["key"])) == f"revoked {made['id']}\n"
    assert refused(on(migrated, "key revoke", made["key"]), 3) == (
        f"Error: there is no api key {made['id']}\n"
    )
    assert printed(on(migrated, "key list")) == "no keys\n"


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_a_name_that_cannot_be_kept_is_refused(name: str, migrated: Path) -> None:
    assert "NAME: must have 1 to 255 letters" in refused(on(migrated, "key create", name), 5)


def test_keys_need_no_module_and_no_conductor(migrated: Path, tmp_path: Path) -> None:
    file = tmp_path / "scheduledwf.properties"
    file.write_text("conductor.additional.modules=no.such.Module\nconductor.server.url=http://c\n")

    assert printed(on(migrated, "key list --config", str(file))) == "no keys\n"


@pytest.mark.parametrize("command", ["store check", "store migrate", "key list"])
@pytest.mark.parametrize(
    ("store", "code"),
    [
        ("mysql://root:s3cret@127.0.0.1:1/swf", 6),
        ("mysql://root:s3/cret@127.0.0.1:1/swf", 6),
        ("mysql://root:s3@cret@127.0.0.1:1/swf", 5),
        ("mysql://root:s3cret@127.0.0.1:1", 5),
        ("postgresql://root:s3cret@127.0.0.1:1/swf", 5),
        ("root:s3cret@127.0.0.1:1/swf", 5),
        ("sqlite:////nowhere/at/all.db", 6),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    command: str, store: str, code: int
) -> None:
    said = refused(run_cli(*command.split(), "--store", store), code)

    assert "--store" in said or "store: " in said
    assert "cret" not in said


def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = refused(on(tmp_path / "file" / "data", "store migrate"), 5)

    assert "choose another with --data-dir" in said


@pytest.mark.mariadb
def test_a_store_on_mariadb_is_brought_up_and_checked(
    mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEDULEDWF_STORE", mariadb_url)

    assert "run `scheduledwf store migrate`" in refused(run_cli("store", "check"), 4)
    assert printed(run_cli("store", "migrate")).startswith("the schema is at ")
    assert "schema is right" in printed(run_cli("store", "check"))
    made = document(run_cli("key", "create", "ann", "--json"))
    assert [key["id"] for key in document(run_cli("key", "list", "--json"))] == [made["id"]]
