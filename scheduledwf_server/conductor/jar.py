"""Fetches the Conductor server's jar once, and makes sure that what is kept is sound."""

from __future__ import annotations

import json
import logging
import re
import zipfile
from contextlib import suppress
from pathlib import Path

import httpx

from scheduledwf_server.conductor.download import download, part_of, sha1_of
from scheduledwf_server.conductor.errors import ConductorError, JarDamaged, JarUnavailable
from scheduledwf_server.conductor.maven import (
    CONDUCTOR_3_15,
    CONDUCTOR_OSS,
    Coordinate,
    Place,
    locate,
    server_jar,
)
from scheduledwf_server.conductor.progress import Progress, silent

__all__ = ["CONDUCTOR_3_15", "CONDUCTOR_OSS", "Coordinate", "fetch_server_jar", "server_jar"]

log = logging.getLogger(__name__)

_TIMEOUT = httpx.Timeout(30, connect=10)
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")


def fetch_server_jar(
    coordinate: Coordinate = CONDUCTOR_OSS,
    *,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """The path of *coordinate*'s jar, fetched and checked if it is not there yet.

    It is kept in *cache*, by default in the user's local Maven repository, in Maven's layout;
    a jar that Maven or jgo put there is used. Of several processes that need it at once, one
    fetches it. A jar is hashed when it is first seen and whenever its size or time changed.
    Raises JarUnavailable, JarDamaged or NoDiskSpace.
    """
    place = locate(coordinate, cache)
    if _is_known_good(place.jar):
        return place.jar
    with _client() as client:
        if not _is_sound(client, place):
            _fetch(client, coordinate, place, progress)
    return place.jar


def _fetch(client: httpx.Client, coordinate: Coordinate, place: Place, progress: Progress) -> None:
    damaged = place.jar.exists()
    try:
        with part_of(place.jar) as part:
            if _is_sound(client, place):  # another process fetched it while we waited
                return
            url, sha1 = _choose(client, coordinate, place)
            download(client, url, part, place.jar, sha1=sha1, progress=progress)
            _sidecar(place.jar).write_text(sha1, encoding="ascii")
            _remember(place.jar, sha1)
    except (JarUnavailable, httpx.HTTPError, PermissionError) as error:
        raise _explained(error, coordinate, place.jar, damaged=damaged) from error


def _is_known_good(jar: Path) -> bool:
    """Whether *jar* is unchanged since its checksum was last found right."""
    try:
        known = json.loads(_marker(jar).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return jar.exists() and bool(known == _mark(jar, str(known.get("sha1"))))


def _is_sound(client: httpx.Client, place: Place) -> bool:
    """Whether the jar is there and what it should be; remembers it if so."""
    if not place.jar.exists():
        return False
    if _is_known_good(place.jar):
        return True
    with place.jar.open("rb") as file:
        actual = sha1_of(file).hexdigest()
    expected = _sha1_kept(place.jar) or _sha1_published(client, place)
    if expected is None:  # nobody can tell; a jar that can be read as one has to do
        log.warning("cannot check the jar, no repository answers", extra={"jar": str(place.jar)})
        return zipfile.is_zipfile(place.jar)
    if actual != expected:
        log.warning("the jar kept is damaged, fetching it again", extra={"jar": str(place.jar)})
        return False
    _remember(place.jar, actual)
    return True


def _choose(client: httpx.Client, coordinate: Coordinate, place: Place) -> tuple[str, str]:
    """The first URL whose repository has the jar, and the SHA-1 it publishes for it."""
    reasons = []
    for url in place.urls:
        try:
            answer = client.get(f"{url}.sha1")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            reasons.append(_reason(error))
            continue
        if found := _SHA1.search(answer.text):
            return url, found[0].lower()
        reasons.append(f"{url}.sha1 is no checksum")
    raise JarUnavailable(str(coordinate), "; ".join(reasons) or "no repository is configured")


def _sha1_published(client: httpx.Client, place: Place) -> str | None:
    with suppress(JarUnavailable):
        return _choose(client, CONDUCTOR_OSS, place)[1]
    return None


def _sha1_kept(jar: Path) -> str | None:
    """The SHA-1 that was put beside the jar when it was fetched."""
    with suppress(OSError, UnicodeDecodeError):
        if found := _SHA1.search(_sidecar(jar).read_text(encoding="ascii")):
            return found[0].lower()
    return None


def _explained(
    error: Exception, coordinate: Coordinate, jar: Path, *, damaged: bool
) -> ConductorError:
    reason = error.reason if isinstance(error, JarUnavailable) else _reason(error)
    if damaged:
        return JarDamaged(jar, f"its checksum is wrong, and it cannot be fetched anew ({reason})")
    return JarUnavailable(str(coordinate), reason)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.request.url} answers {error.response.status_code}"
    if isinstance(error, httpx.RequestError):
        return f"{error.request.url.host} does not answer ({error})"
    if isinstance(error, PermissionError):
        return f"{error.filename} may not be written"
    return str(error)


def _remember(jar: Path, sha1: str) -> None:
    with suppress(OSError):  # a repository we may only read is hashed every time
        _marker(jar).write_text(json.dumps(_mark(jar, sha1)), encoding="ascii")


def _mark(jar: Path, sha1: str) -> dict[str, object]:
    status = jar.stat()
    # whole seconds: copying into an image keeps no more
    return {"sha1": sha1, "size": status.st_size, "mtime": int(status.st_mtime)}


def _marker(jar: Path) -> Path:
    return jar.with_name(f"{jar.name}.verified")


def _sidecar(jar: Path) -> Path:
    return jar.with_name(f"{jar.name}.sha1")


def _client() -> httpx.Client:
    """A client that keeps to the machine's settings: proxies, certificates, .netrc."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=True)
