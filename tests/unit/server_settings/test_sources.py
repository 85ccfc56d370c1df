"""Every setting, as a properties file, the environment and Conductor's own keys give it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_core.model.node import Role
from scheduledwf_server.settings import Auth, ServerSettings
from scheduledwf_server.sources import (
    KEYS,
    for_conductor,
    from_environment,
    read_file,
    settings_of,
    store_of,
)

#: For each setting: a value unlike the preset, what is read from it, and where that is then.
EVERY_SETTING: dict[str, tuple[str, object, str]] = {
    "horizon": ("2s", timedelta(seconds=2), "core.horizon"),
    "poll": ("PT0.2S", timedelta(seconds=0.2), "core.poll"),
    "lease": ("1m", timedelta(minutes=1), "core.lease"),
    "heartbeat": ("2s", timedelta(seconds=2), "core.heartbeat"),
    "sweep": ("7s", timedelta(seconds=7), "core.sweep"),
    "batch": ("11", 11, "core.batch"),
    "capacity": ("12", 12, "core.capacity"),
    "workers": ("13", 13, "core.workers"),
    "settle-every": ("40ms", timedelta(milliseconds=40), "core.settle_every"),
    "stop-grace": ("3s", timedelta(seconds=3), "core.stop_grace"),
    "host": ("::1", "::1", "web.host"),
    "port": ("9090", 9090, "web.port"),
    "auth": ("KEYS", Auth.KEYS, "web.auth"),
    "insecure": ("True", True, "web.insecure"),
    "threads": ("14", 14, "web.threads"),
    "longest-body": ("15", 15, "web.longest_body"),
    "schedule-wf-zone": ("Asia/Tokyo", "Asia/Tokyo", "web.schedule_wf.zone"),
    "schedule-wf-unknown-is-empty": ("true", True, "web.schedule_wf.unknown_is_empty"),
    "conductor-version": ("3.15.0", "3.15.0", "embedding.version"),
    "conductor-port": ("9091", 9091, "embedding.port"),
    "conductor-heap": ("2g", "2g", "embedding.heap"),
    "conductor-jars": ("/jars", Path("/jars"), "embedding.jars"),
    "store": ("memory:", "memory:", "store"),
    "data-dir": ("/data", Path("/data"), "data_dir"),
    "conductor-url": ("http://c:1/api/", "http://c:1", "conductor_url"),
    "role": ("scheduler", Role.SCHEDULER, "role"),
    "modules": (" a.B , c:D,", ("a.B", "c:D"), "modules"),
    "verify": ("false", False, "verify"),
}


def found(settings: ServerSettings, path: str) -> object:
    value: Any = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def test_every_setting_is_tested_here() -> None:
    assert set(EVERY_SETTING) == set(KEYS)


@pytest.mark.parametrize("name", EVERY_SETTING)
def test_a_file_sets_it(name: str) -> None:
    text, value, path = EVERY_SETTING[name]

    assert found(settings_of({f"scheduledwf.{name}": text}), path) == value
    assert found(settings_of({}), path) != value


@pytest.mark.parametrize("name", EVERY_SETTING)
def test_the_environment_sets_it(name: str) -> None:
    text, value, path = EVERY_SETTING[name]
    variable = f"SCHEDULEDWF_{name.upper().replace('-', '_')}"

    assert found(settings_of(from_environment({variable: text})), path) == value


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("port", "eighty", "whole number"),
        ("port", "8080.0", "whole number"),
        ("batch", "", "whole number"),
        ("lease", "soon", "duration"),
        ("auth", "password", "none, keys"),
        ("role", "boss", "all, api, scheduler"),
        ("insecure", "yes", "true or false"),
        ("verify", "1", "true or false"),
        ("host", " ", "empty"),
        ("store", "", "empty"),
        ("data-dir", "", "empty"),
        ("conductor-url", "localhost:8080", "URL like"),
        ("conductor-url", "ftp://c", "URL like"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_its_key(
    name: str, text: str, reason: str
) -> None:
    with pytest.raises(InvalidSetting, match=reason) as refused:
        settings_of({f"scheduledwf.{name}": text})

    assert refused.value.field == f"scheduledwf.{name}"


def test_a_key_nobody_knows_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidSetting, match=r"scheduledwf\.prot: is no setting; .*dwf\.port"):
        settings_of({"scheduledwf.prot": "1"})
    with pytest.raises(InvalidSetting, match=r"scheduledwf\.xyzzy: is no setting$"):
        settings_of({"scheduledwf.xyzzy": "1"})


def test_a_variable_nobody_knows_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidSetting, match=r"SCHEDULEDWF_DATADIR: is .*F_DATA_DIR"):
        from_environment({"SCHEDULEDWF_DATADIR": "/data"})


def test_variables_of_the_client_and_of_other_programs_are_left_alone() -> None:
    others = {"PATH": "/bin", "SCHEDULEDWF_SERVER": "http://x", "SCHEDULEDWF_API_KEY": "k"}
    others |= {"SCHEDULEDWF_CONFIG": "x.properties", "SCHEDULEDWF_TEST_MARIADB_URL": "mysql://x"}

    assert from_environment(others) == {}


def test_what_kubernetes_tells_of_a_service_of_our_name_is_no_setting() -> None:
    links = {
        "SCHEDULEDWF_SERVICE_HOST": "10.0.0.1",
        "SCHEDULEDWF_SERVICE_PORT": "8080",
        "SCHEDULEDWF_SERVICE_PORT_HTTP": "8080",
        "SCHEDULEDWF_PORT": "tcp://10.0.0.1:8080",
        "SCHEDULEDWF_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "SCHEDULEDWF_PORT_8080_TCP_PROTO": "tcp",
        "SCHEDULEDWF_PORT_8080_TCP_ADDR": "10.0.0.1",
    }

    assert from_environment(links) == {}


def test_keys_that_are_not_ours_are_not_looked_at() -> None:
    assert settings_of({"workflow.dynomite.cluster": "x", "scheduler": "y"}) == settings_of({})


@pytest.mark.parametrize("url", ["http://c:8080", "http://c:8080/", "http://c:8080/api"])
def test_conductors_own_key_says_where_it_is_with_or_without_api(url: str) -> None:
    assert settings_of({"conductor.server.url": url}).conductor_url == "http://c:8080"


def test_a_wrong_key_of_conductors_is_refused_by_its_own_name() -> None:
    with pytest.raises(InvalidSetting) as refused:
        settings_of({"conductor.server.url": "c:8080"})

    assert refused.value.field == "conductor.server.url"


def test_conductors_own_key_names_modules() -> None:
    listed = {"conductor.additional.modules": "scheduledwf_server.ScheduledWfServerModule"}

    assert settings_of(listed).modules == ("scheduledwf_server.ScheduledWfServerModule",)


def test_a_key_of_ours_wins_over_conductors() -> None:
    both = {"scheduledwf.conductor-url": "http://ours", "conductor.server.url": "http://theirs"}

    assert settings_of(both).conductor_url == "http://ours"


MYSQL = {"jdbc.url": "jdbc:mysql://db:3306/swf", "jdbc.username": "u", "jdbc.password": "p@/w"}
SPRING = {
    "spring.datasource.url": "jdbc:mysql://db/swf?useSSL=false",
    "spring.datasource.username": "u",
    "spring.datasource.password": "w",
}


@pytest.mark.parametrize(
    ("properties", "url"),
    [
        ({"db": "MYSQL", **MYSQL}, "mysql://u:p%40%2Fw@db:3306/swf"),
        ({"db": "mysql", **SPRING}, "mysql://u:w@db/swf"),
        ({"conductor.db.type": "mysql", **SPRING}, "mysql://u:w@db/swf"),
        ({"db": "MARIADB", "jdbc.url": "jdbc:mariadb://db/swf"}, "mysql://db/swf"),
        ({"db": "MYSQL", **MYSQL, "jdbc.password": ""}, "mysql://u@db:3306/swf"),
        ({"db": "MYSQL", **MYSQL, **SPRING}, "mysql://u:p%40%2Fw@db:3306/swf"),
    ],
)
def test_a_conductor_style_file_names_our_store(properties: dict[str, str], url: str) -> None:
    assert settings_of(properties).store == url


@pytest.mark.parametrize(
    "properties", [{}, {"db": "memory"}, {"conductor.db.type": "sqlite"}, dict(SPRING)]
)
def test_other_databases_of_conductor_say_nothing_of_ours(properties: dict[str, str]) -> None:
    assert store_of(properties) is None


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"db": "MYSQL"}, "spring.datasource.url"),
        ({"db": "MYSQL", "jdbc.url": "jdbc:postgresql://db/x"}, "jdbc.url"),
        ({"db": "MYSQL", "jdbc.url": "mysql://db/x"}, "jdbc.url"),
        ({"db": "MYSQL", "jdbc.url": "jdbc:mysql://db/x?useSSL=true"}, "jdbc.url"),
        ({"db": "MYSQL", "jdbc.url": "jdbc:mysql://db/x?sslMode=VERIFY_CA"}, "jdbc.url"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_not_passed_over(
    properties: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        settings_of(properties)

    assert refused.value.field == field


def test_a_store_of_ours_wins_over_any_database_of_the_file() -> None:
    assert settings_of({"scheduledwf.store": "memory:", "db": "MYSQL"}).store == "memory:"


def test_conductors_keys_reach_the_embedded_one_as_they_are() -> None:
    theirs = {
        "conductor.app.owner-email-mandatory": "true",
        "spring.application.name": "c",
        "logging.level.root": "WARN",
        "management.endpoints.enabled": "false",
    }

    reached = settings_of({**theirs, "scheduledwf.port": "1", "jdbc.url": "x"}).embedding.properties

    assert reached == theirs


def test_the_database_that_db_names_is_ours_alone() -> None:
    assert for_conductor({"db": "MYSQL", **SPRING}) == {}


def test_conductor_has_the_database_it_is_told_of_and_its_queues_there_too() -> None:
    given = {"conductor.db.type": "mysql", **SPRING}

    assert for_conductor(given) == {
        **given,
        "conductor.queue.type": "mysql",
        "conductor.indexing.enabled": "false",
    }


def test_what_the_file_says_of_queues_and_index_stands() -> None:
    said = {"conductor.queue.type": "redis_standalone", "conductor.indexing.enabled": "true"}

    assert for_conductor({"conductor.db.type": "mysql", **said}) == {
        "conductor.db.type": "mysql",
        **said,
    }
    assert for_conductor({"conductor.db.type": "sqlite"}) == {"conductor.db.type": "sqlite"}


def test_a_file_is_read_as_java_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "scheduledwf.properties"
    file.write_text("# a comment\ndb = MYSQL\nlong=a,\\\n  b\nname:J\\u00f6rg\n", "utf8")

    assert read_file(file) == {"db": "MYSQL", "long": "a,b", "name": "Jörg"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"name=\xff", "no properties file"), (b"a=\\u12", "no properties")],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "scheduledwf.properties"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InvalidSetting, match=f"{re.escape(str(file))}.*{reason}"):
        read_file(file)
