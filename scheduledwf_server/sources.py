"""Where settings come from: a properties file, the environment, the command line.

A later one wins. The file is the one Conductor reads: our keys begin with ``scheduledwf.``,
``conductor.*`` and ``spring.*`` reach the embedded Conductor, and a few of them mean the same
to us: where Conductor is, which database, which modules. docs/reference/settings.md lists all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import javaproperties

from scheduledwf_core.config import CoreSettings
from scheduledwf_core.errors import InvalidSchedule, InvalidSetting
from scheduledwf_core.model.node import Role
from scheduledwf_core.triggers import parse_duration
from scheduledwf_server.settings import Auth, EmbeddingSettings, ServerSettings, WebSettings

OURS = "scheduledwf."
ENVIRONMENT = "SCHEDULEDWF_"
#: Environment variables that belong to the command line client or to tests.
NOT_SETTINGS = frozenset({"SCHEDULEDWF_SERVER", "SCHEDULEDWF_API_KEY"})
_THEIRS = re.compile(r"(conductor|spring|management|logging|springdoc)\.")
_JDBC = re.compile(r"jdbc:(mysql|mariadb)://(?P<rest>[^?]*)")


def _text(key: str, value: str) -> str:
    del key
    return value


def _path(key: str, value: str) -> Path:
    del key
    return Path(value).expanduser()


def _number(key: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InvalidSetting(key, f"must be a whole number, not {value!r}") from None


def _flag(key: str, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise InvalidSetting(key, f"must be true or false, not {value!r}")
    return value.lower() == "true"


def _duration(key: str, value: str) -> timedelta:
    try:
        return parse_duration(key, value)
    except InvalidSchedule as error:
        raise InvalidSetting(key, error.reason) from None


def _auth(key: str, value: str) -> Auth:
    return _member(key, Auth, value)


def _role(key: str, value: str) -> Role:
    return _member(key, Role, value)


def _member(key: str, kinds: Any, value: str) -> Any:  # noqa: ANN401 - any of our enums
    try:
        return kinds(value.lower())
    except ValueError:
        known = ", ".join(kind.value for kind in kinds)
        raise InvalidSetting(key, f"{value!r} is none of {known}") from None


Read = Callable[[str, str], object]

_CORE: dict[str, Read] = {
    field.name.replace("_", "-"): _duration if "timedelta" in str(field.type) else _number
    for field in fields(CoreSettings)
}
_WEB: dict[str, Read] = {
    "host": _text,
    "port": _number,
    "auth": _auth,
    "insecure": _flag,
    "threads": _number,
    "longest-body": _number,
}
_EMBEDDING: dict[str, Read] = {
    "conductor-version": _text,
    "conductor-port": _number,
    "conductor-heap": _text,
    "conductor-jars": _path,
}
_SERVER: dict[str, Read] = {
    "store": _text,
    "data-dir": _path,
    "role": _role,
    "verify": _flag,
}
KEYS: dict[str, Read] = {**_CORE, **_WEB, **_EMBEDDING, **_SERVER}


def read_file(path: Path) -> dict[str, str]:
    """The keys of a Java properties file; raises InvalidSetting if it cannot be read."""
    try:
        with path.open(encoding="utf8") as lines:
            return dict(javaproperties.load(lines))
    except OSError as error:
        raise InvalidSetting("config", f"cannot read {path}: {error.strerror}") from None
    except (javaproperties.InvalidUEscapeError, UnicodeDecodeError) as error:
        raise InvalidSetting("config", f"{path} is no properties file: {error}") from None


def from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Our keys among environment variables: ``SCHEDULEDWF_DATA_DIR`` is ``scheduledwf.data-dir``."""
    return {
        OURS + name.removeprefix(ENVIRONMENT).lower().replace("_", "-"): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT)
        and name not in NOT_SETTINGS
        and not name.startswith("SCHEDULEDWF_TEST_")
    }


def settings_of(properties: Mapping[str, str]) -> ServerSettings:
    """The settings that *properties* say; raises InvalidSetting for what nobody knows."""
    given = {
        key.removeprefix(OURS): value for key, value in properties.items() if key.startswith(OURS)
    }
    for name in given:
        _refuse_unknown(name)
    theirs = {key: value for key, value in properties.items() if _THEIRS.match(key)}
    embedding = {name.removeprefix("conductor-"): value for name, value in _part(given, _EMBEDDING)}
    conductor_url = properties.get("conductor.server.url")
    server = dict(_part(given, _SERVER))
    server.setdefault("store", store_of(properties))
    return ServerSettings(
        core=CoreSettings(**_named(_part(given, _CORE))),
        web=WebSettings(**_named(_part(given, _WEB))),
        embedding=EmbeddingSettings(**embedding, properties=theirs),  # type: ignore[arg-type]
        conductor_url=conductor_url.rstrip("/").removesuffix("/api") if conductor_url else None,
        modules=_modules(properties),
        **_named(server.items()),
    )


def store_of(properties: Mapping[str, str]) -> str | None:
    """The store's URL as a Conductor-style file says it; None if it says nothing of one.

    ``db=MYSQL`` (as of old) or ``conductor.db.type=mysql`` with ``jdbc.*`` or
    ``spring.datasource.*`` beside it. Conductor's SQLite and memory say nothing about ours.
    """
    kind = (properties.get("db") or properties.get("conductor.db.type") or "").lower()
    if kind not in {"mysql", "mariadb"}:
        return None
    url = properties.get("jdbc.url") or properties.get("spring.datasource.url") or ""
    match = _JDBC.match(url)
    if match is None:
        raise InvalidSetting("spring.datasource.url", "must be jdbc:mysql://host:port/database")
    user = properties.get("jdbc.username") or properties.get("spring.datasource.username") or ""
    word = properties.get("jdbc.password") or properties.get("spring.datasource.password") or ""
    return f"mysql://{quote(user, safe='')}:{quote(word, safe='')}@{match['rest']}"


def _modules(properties: Mapping[str, str]) -> tuple[str, ...]:
    listed = properties.get("conductor.additional.modules", "")
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def _part(given: Mapping[str, str], readers: Mapping[str, Read]) -> list[tuple[str, object]]:
    return [
        (name, read(OURS + name, given[name])) for name, read in readers.items() if name in given
    ]


def _named(pairs: Any) -> dict[str, Any]:  # noqa: ANN401 - keyword arguments of several classes
    return {name.replace("-", "_"): value for name, value in pairs}


def _refuse_unknown(name: str) -> None:
    if name in KEYS:
        return
    near = difflib.get_close_matches(name, KEYS, n=1)
    hint = f"; did you mean {OURS}{near[0]}?" if near else ""
    raise InvalidSetting(OURS + name, f"is no setting{hint}")
