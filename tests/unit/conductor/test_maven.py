"""Where a server's jar is kept and where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.conductor.maven import CONDUCTOR_3_15, CONDUCTOR_OSS, locate, server_jar
from scheduledwf_server.conductor.profile import MEMORY, SQLITE, profile_of


def test_conductor_changed_hands_after_3_15() -> None:
    assert str(CONDUCTOR_OSS) == "org.conductoross:conductor-server:3.32.3:boot"
    assert str(CONDUCTOR_3_15) == "com.netflix.conductor:conductor-server:3.15.0:boot"
    assert server_jar("3.13.8").group == "com.netflix.conductor"
    assert server_jar("3.21.10").group == "org.conductoross"


@pytest.mark.parametrize("version", ["", "latest", "3", "3.32", "../3.1.1"])
def test_what_is_no_version_is_refused_by_name(version: str) -> None:
    with pytest.raises(InvalidSetting, match="conductor-version"):
        server_jar(version)


def test_a_cache_has_mavens_layout(tmp_path: Path) -> None:
    jar = locate(CONDUCTOR_OSS, tmp_path).jar

    assert jar.relative_to(tmp_path).as_posix() == (
        "org/conductoross/conductor-server/3.32.3/conductor-server-3.32.3-boot.jar"
    )


def test_repositories_are_those_jgo_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "jgo.conf"
    config.write_text("[repositories]\nours = http://repo.example/maven/\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(config))

    urls = locate(CONDUCTOR_3_15, tmp_path).urls

    assert len(urls) == 2
    assert urls[1] == (
        "http://repo.example/maven/com/netflix/conductor/conductor-server/3.15.0/"
        "conductor-server-3.15.0-boot.jar"
    )


def test_each_line_of_servers_has_its_profile() -> None:
    assert profile_of(CONDUCTOR_OSS) is SQLITE
    assert profile_of(CONDUCTOR_3_15) is MEMORY
    assert SQLITE.properties["conductor.scheduler.enabled"] == "false"
