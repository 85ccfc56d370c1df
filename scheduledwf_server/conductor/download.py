"""A large file fetched over HTTP: resumed where it broke off, checked, put in place in one step."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx

from scheduledwf_server.conductor.errors import JarDamaged, NoDiskSpace
from scheduledwf_server.conductor.progress import Progress

log = logging.getLogger(__name__)

TRIES = 5
_PIECE = 1 << 20
_SPARE = 64 << 20  # left free for everybody else
_OK, _PARTIAL, _NOTHING_LEFT = 200, 206, 416


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@contextmanager
def part_of(target: Path) -> Iterator[BinaryIO]:
    """The unfinished *target*, held by one process at a time; the others wait here.

    What an earlier try left is in it. It is gone once it was put in place.
    """
    path = _part_path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        try:
            yield part
        finally:
            if target.exists() and path.exists() and path.stat().st_size == 0:
                path.unlink()  # another process was done while this one waited


def download(
    client: httpx.Client, url: str, part: BinaryIO, target: Path, *, sha1: str, progress: Progress
) -> None:
    """Bring *url* into *part*, make sure that it is *sha1*, and make it *target*.

    Raises JarDamaged if what comes is something else even from the start, NoDiskSpace, or
    httpx.HTTPError if it cannot be had at all.
    """
    for _ in range(2):  # what an earlier run left may be the beginning of something else
        with disk_errors(target.parent):
            if _complete(client, url, part, progress) == sha1:
                os.fsync(part.fileno())
                _part_path(target).replace(target)
                return
        log.warning("download is not what it should be, starting anew", extra={"url": url})
        part.truncate(0)
    raise JarDamaged(target, f"{url} gives a file whose checksum is not {sha1}")


def sha1_of(file: BinaryIO) -> Digest:
    """The SHA-1 of all of *file*; it stands at its end afterwards."""
    digest: Digest = hashlib.sha1(usedforsecurity=False)  # what Maven repositories publish
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest


def _complete(client: httpx.Client, url: str, part: BinaryIO, progress: Progress) -> str:
    """Go on until everything is there, through up to TRIES failures in a row."""
    failures = 0
    while True:
        had = _size(part)
        try:
            return _go_on(client, url, part, progress)
        except httpx.HTTPError as error:
            failures = 1 if _size(part) > had else failures + 1
            if failures == TRIES or _is_final(error):
                raise
            log.warning("download broke off, going on", extra={"url": url, "reason": str(error)})
            time.sleep(2 ** (failures - 1))


def _go_on(client: httpx.Client, url: str, part: BinaryIO, progress: Progress) -> str:
    """Ask for what is missing and write it; the SHA-1 of the whole."""
    digest = sha1_of(part)
    done = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == _NOTHING_LEFT and done:
            return digest.hexdigest()
        answer.raise_for_status()
        if answer.status_code != _PARTIAL and done:
            part.truncate(0)
            digest, done = sha1_of(part), 0
        total = done + int(answer.headers.get("Content-Length", 0))
        _check_space(Path(part.name).parent, total - done)
        for piece in answer.iter_raw():  # in pieces as they come: none is lost if it breaks off
            part.write(piece)
            digest.update(piece)
            done += len(piece)
            progress(done, total)
        part.flush()
    return digest.hexdigest()


def _is_final(error: httpx.HTTPError) -> bool:
    """Whether asking again would be answered in the same way."""
    return isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error


def _check_space(directory: Path, needed: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed + _SPARE:
        raise NoDiskSpace(directory, needed=needed + _SPARE, free=free)


@contextmanager
def disk_errors(directory: Path) -> Iterator[None]:
    """Turn the operating system's word for a full disk into ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise NoDiskSpace(directory, needed=-1, free=0) from error


def _part_path(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _size(part: BinaryIO) -> int:
    return part.seek(0, os.SEEK_END)
