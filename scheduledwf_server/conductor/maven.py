"""Where a Conductor server's jar is kept on this machine, and where it comes from.

The only module that imports jgo, which knows Maven's repositories and the machine's settings
for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.conductor.errors import JarUnavailable


@dataclass(frozen=True, slots=True)
class Coordinate:
    """The name of one file in a Maven repository."""

    group: str
    artifact: str
    version: str
    classifier: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}:{self.classifier}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the file is, or shall be, and the URLs that give it, the first to be asked first."""

    jar: Path
    urls: tuple[str, ...]


def server_jar(version: str) -> Coordinate:
    """The Conductor server of *version*: until 3.15 it was Netflix's, then conductor-oss's."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.\d+[\w.-]*", version)
    if not found:
        raise InvalidSetting("conductor-version", f"{version!r} is no version like 3.32.3")
    theirs = (int(found[1]), int(found[2])) <= (3, 15)
    group = "com.netflix.conductor" if theirs else "org.conductoross"
    return Coordinate(group, "conductor-server", version, "boot")


CONDUCTOR_OSS = server_jar("3.32.3")
CONDUCTOR_3_15 = server_jar("3.15.0")


def locate(coordinate: Coordinate, cache: Path | None = None) -> Place:
    """The place of *coordinate* in *cache*, or in the user's own local Maven repository."""
    try:
        from jgo.config import GlobalSettings  # noqa: PLC0415 - an extra, needed only here
        from jgo.maven import MavenContext  # noqa: PLC0415
    except ImportError as error:
        hint = "jgo is missing, `pip install 'scheduledwf[embedded]'` brings it"
        raise JarUnavailable(str(coordinate), hint) from error
    configured = GlobalSettings.load()
    context = MavenContext(repo_cache=cache or Path(configured.repo_cache).expanduser())
    context.remote_repos.update(configured.repositories)
    artifact = context.create_dependency(str(coordinate)).artifact
    folder = artifact.component.path_prefix.as_posix()
    urls = [
        f"{url.rstrip('/')}/{folder}/{artifact.filename}" for url in context.remote_repos.values()
    ]
    return Place(Path(str(artifact.cached_path)), tuple(urls))
