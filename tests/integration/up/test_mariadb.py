"""``scheduledwf up`` on the database that a Conductor-style properties file names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.up.conftest import StandIn, Start
from tests.integration.up.process import wait_until
from tests.servers.mariadb import execute

pytestmark = pytest.mark.mariadb

PASSWORD = "s3/cr@t%21"
PULSE = ("schedule", "create", "pulse", "--every", "1s", "--workflow", "beat")


@pytest.fixture
def user(mariadb_url: str) -> Iterator[str]:
    """The name of a user of the database who has a PASSWORD."""
    name = "scheduler"
    execute(mariadb_url, f"CREATE OR REPLACE USER {name} IDENTIFIED BY '{PASSWORD}'")
    execute(mariadb_url, f"GRANT ALL ON *.* TO {name}")
    yield name
    execute(mariadb_url, f"DROP USER {name}")


@pytest.fixture
def file(mariadb_url: str, user: str, conductor: StandIn, tmp_path: Path) -> Path:
    where = urlsplit(mariadb_url)
    path = tmp_path / "scheduledwf.properties"
    path.write_text(
        "db=MYSQL\n"
        f"jdbc.url=jdbc:mysql://127.0.0.1:{where.port}{where.path}?useSSL=false\n"
        f"jdbc.username={user}\n"
        f"jdbc.password={PASSWORD}\n"
        f"conductor.server.url={conductor.url}/api/\n"
        "conductor.additional.modules=scheduledwf_server.ScheduledWfServerModule\n"
    )
    return path


def test_schedules_are_kept_and_fired_there_and_the_password_is_told_to_nobody(
    start: Start, file: Path, conductor: StandIn, mariadb_url: str
) -> None:
    up = start("up", "--port", "0", "--config", str(file))
    up.wait_for("ready")

    assert up.cli(*PULSE).returncode == 0
    wait_until(lambda: conductor.started, seconds=15, what=up.story)

    where = urlsplit(mariadb_url)
    assert f"store          mysql://127.0.0.1:{where.port}{where.path}\n" in up.said
    assert execute(mariadb_url, "SELECT name FROM schedule") == [("pulse",)]
    assert not (file.parent / "data").exists()
    up.interrupt()
    assert up.ended() == 0
    assert "s3/cr" not in up.story()


def test_a_password_that_is_refused_is_told_without_it(
    start: Start, file: Path, mariadb_url: str
) -> None:
    execute(mariadb_url, "ALTER USER scheduler IDENTIFIED BY 'another'")

    up = start("up", "--port", "0", "--config", str(file))

    assert up.ended() == 6
    assert "Access denied" in up.log
    assert "s3/cr" not in up.story()
    assert "Traceback" not in up.log
