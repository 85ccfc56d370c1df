"""A server's jar is fetched once, whole and sound, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread
from typing import NamedTuple
from wsgiref.types import StartResponse

import pytest

from scheduledwf_server.conductor.errors import JarDamaged, JarUnavailable, NoDiskSpace
from scheduledwf_server.conductor.jar import Coordinate, fetch_server_jar
from scheduledwf_server.conductor.process import check_port
from tests.integration.conductor.serving import Environ, served

SERVER = Coordinate("org.example", "server", "1.0.0", "boot")
PLACE = "org/example/server/1.0.0/server-1.0.0-boot.jar"


class Repository:
    """A Maven repository over HTTP that can be told to misbehave."""

    def __init__(self, jar: bytes) -> None:
        self.jar = jar
        self.sha1 = hashlib.sha1(jar, usedforsecurity=False).hexdigest()
        self.breaks_at: list[int] = []
        self.ranges: list[str | None] = []
        self.all_asked = Barrier(1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        if environ["PATH_INFO"] == f"/{PLACE}.sha1":
            start_response("200 OK", [])
            yield f"{self.sha1}  server.jar\n".encode()
        elif environ["PATH_INFO"] == f"/{PLACE}":
            yield from self._give(environ.get("HTTP_RANGE"), start_response)
        else:
            start_response("404 Not Found", [])

    def _give(self, wanted: str | None, start_response: StartResponse) -> Iterator[bytes]:
        self.ranges.append(wanted)
        with suppress(BrokenBarrierError):
            self.all_asked.wait(1)
        start = int(re.findall(r"\d+", wanted)[0]) if wanted else 0
        if start >= len(self.jar):
            start_response("416 Range Not Satisfiable", [])
            return
        length = ("Content-Length", str(len(self.jar) - start))
        start_response("206 Partial Content" if start else "200 OK", [length])
        if self.breaks_at:
            yield self.jar[start : self.breaks_at.pop(0)]
            raise ConnectionResetError(104, "gone")
        yield self.jar[start:]


class Fetching(NamedTuple):
    repository: Repository
    cache: Path

    @property
    def kept(self) -> Path:
        return self.cache / PLACE

    def fetch(self) -> Path:
        return fetch_server_jar(SERVER, cache=self.cache)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetching]:
    source = tmp_path / "source.jar"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("a", b"\0" * 300_000)
    repository = Repository(source.read_bytes())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with served(repository) as url:
        _use_repository(url, tmp_path, monkeypatch)
        yield Fetching(repository, tmp_path / "cache")


def test_it_is_fetched_once_and_then_kept(here: Fetching) -> None:
    first, second = here.fetch(), here.fetch()

    assert first == second == here.kept
    assert here.kept.read_bytes() == here.repository.jar
    assert len(here.repository.ranges) == 1


def test_nothing_half_done_is_left_beside_it(here: Fetching) -> None:
    here.fetch()

    names = {file.name.removeprefix(here.kept.name) for file in here.kept.parent.iterdir()}
    assert names == {"", ".sha1", ".verified"}


def test_one_that_maven_put_there_is_used(here: Fetching) -> None:
    here.kept.parent.mkdir(parents=True)
    here.kept.write_bytes(here.repository.jar)

    here.fetch()

    assert here.repository.ranges == []


def test_a_download_that_breaks_off_goes_on_where_it_was(here: Fetching) -> None:
    here.repository.breaks_at = [100_000, 200_000]

    here.fetch()

    assert here.repository.ranges == [None, "bytes=100000-", "bytes=200000-"]
    assert here.kept.read_bytes() == here.repository.jar


def test_so_does_one_that_an_earlier_run_left(here: Fetching) -> None:
    _leave_part(here, here.repository.jar[:1234])

    here.fetch()

    assert here.repository.ranges == ["bytes=1234-"]


@pytest.mark.parametrize("size", [1234, 10_000_000])
def test_what_was_left_of_something_else_is_thrown_away(here: Fetching, size: int) -> None:
    _leave_part(here, b"?" * size)

    here.fetch()

    assert here.kept.read_bytes() == here.repository.jar


@pytest.mark.parametrize("damage", ["bit", "short"])
def test_a_damaged_one_is_found_and_fetched_again(here: Fetching, damage: str) -> None:
    here.fetch()
    changed = bytearray(here.repository.jar)
    changed[1000] ^= 1
    here.kept.write_bytes(changed if damage == "bit" else changed[:-1])
    _set_back_clock(here.kept)

    here.fetch()

    assert here.kept.read_bytes() == here.repository.jar


def test_what_is_not_what_the_repository_says_is_never_used(here: Fetching) -> None:
    here.repository.sha1 = "0" * 40

    with pytest.raises(JarDamaged, match="checksum"):
        here.fetch()
    assert not here.kept.exists()


def test_no_network_on_first_run_says_what_to_do(
    here: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = check_port("127.0.0.1", 0)
    _use_repository(f"http://127.0.0.1:{nobody}", tmp_path, monkeypatch)

    with pytest.raises(JarUnavailable, match=r"127\.0\.0\.1 does not answer.*--conductor-url"):
        here.fetch()


def test_no_network_later_is_not_noticed(
    here: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.fetch()
    nobody = check_port("127.0.0.1", 0)
    _use_repository(f"http://127.0.0.1:{nobody}", tmp_path, monkeypatch)

    assert here.fetch() == here.kept


def test_damage_without_network_is_told_as_both(
    here: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.fetch()
    here.kept.write_bytes(b"nonsense")
    nobody = check_port("127.0.0.1", 0)
    _use_repository(f"http://127.0.0.1:{nobody}", tmp_path, monkeypatch)

    with pytest.raises(JarDamaged, match="cannot be fetched anew"):
        here.fetch()


def test_a_server_nobody_has_is_told_by_its_coordinate(here: Fetching) -> None:
    with pytest.raises(JarUnavailable, match=r"org\.example:server:9\.9\.9:boot.*404"):
        fetch_server_jar(Coordinate("org.example", "server", "9.9.9", "boot"), cache=here.cache)


def test_too_little_room_is_told_before_anything_is_written(
    here: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(here.cache.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))

    with pytest.raises(NoDiskSpace, match="1 MB free"):
        here.fetch()
    assert not here.kept.exists()


def test_of_several_that_need_it_at_once_one_fetches_it(here: Fetching) -> None:
    here.repository.all_asked = Barrier(4)  # waits for the others, which must not come
    threads = [Thread(target=here.fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(here.repository.ranges) == 1
    assert not list(here.kept.parent.glob("*.part"))


def _leave_part(here: Fetching, content: bytes) -> None:
    here.kept.parent.mkdir(parents=True)
    here.kept.with_name(f"{here.kept.name}.part").write_bytes(content)


def _set_back_clock(jar: Path) -> None:
    """Leave no doubt that the file was changed after it was found right."""
    os.utime(jar, (0, 0))


def _use_repository(url: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make *url* the only repository there is, by the configuration jgo reads."""
    config = directory / "jgo.conf"
    config.write_text(f"[repositories]\ncentral = {url}\n", encoding="ascii")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(config))
