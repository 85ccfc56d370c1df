"""File, environment, command line: a later one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.cli.config import CONFIG_VARIABLES, settings_from


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scheduledwf.properties"
    path.write_text(
        "scheduledwf.port=1\nscheduledwf.threads=1\nscheduledwf.batch=1\n"
        "conductor.server.url=http://file\n"
    )
    return path


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEDULEDWF_PORT", "2")
    monkeypatch.setenv("SCHEDULEDWF_THREADS", "2")
    monkeypatch.setenv("SCHEDULEDWF_CONDUCTOR_URL", "http://environment")

    settings = settings_from({"config": str(file), "port": 3})

    assert (settings.web.port, settings.web.threads, settings.core.batch) == (3, 2, 1)
    assert settings.conductor_url == "http://environment"
    given = {"config": str(file), "conductor_url": "http://command-line/api"}
    assert settings_from(given).conductor_url == "http://command-line"


@pytest.mark.parametrize("variable", CONFIG_VARIABLES)
def test_the_file_may_be_named_by_a_variable(
    variable: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(file))

    assert settings_from({}).web.port == 1


def test_a_file_on_the_command_line_wins_over_one_in_a_variable(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDUCTOR_CONFIG_FILE", str(file))
    other = tmp_path / "other.properties"
    other.write_text("scheduledwf.port=9")

    assert settings_from({"config": str(other)}).web.port == 9


def test_a_file_that_is_not_there_is_an_error_wherever_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing.properties"
    monkeypatch.setenv("CONDUCTOR_CONFIG_FILE", str(missing))

    with pytest.raises(InvalidSetting, match=str(missing)):
        settings_from({})


def test_every_option_of_a_server_is_a_setting() -> None:
    given = {
        "store": "memory:",
        "data_dir": "/data",
        "host": "0.0.0.0",  # noqa: S104 - told in words
        "port": 1,
        "auth": "keys",
        "insecure": True,
        "conductor_url": "http://c",
    }

    settings = settings_from(given)

    assert (settings.store, settings.data_dir) == ("memory:", Path("/data"))
    assert (settings.web.host, settings.web.port) == ("0.0.0.0", 1)  # noqa: S104
    assert (settings.web.auth.value, settings.web.insecure) == ("keys", True)
    assert settings.conductor_url == "http://c"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in CONFIG_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
