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
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import javaproperties

from scheduledwf_core.config import CoreSettings
from scheduledwf_core.errors import InvalidSchedule, InvalidSetting
from scheduledwf_core.model.node import Role
from scheduledwf_core.triggers import parse_duration
from scheduledwf_server.schedule_wf.settings import ScheduleWfSettings
from scheduledwf_server.settings import Auth, EmbeddingSettings, ServerSettings, WebSettings

OURS = "scheduledwf."
ENVIRONMENT = "SCHEDULEDWF_"
#: Environment variables that belong to the command line or to tests.
NOT_SETTINGS = re.compile("SCHEDULEDWF_(SERVER|API_KEY|CONFIG|TEST_.*)")
#: Variables that Kubernetes gives every pod beside a service called ``scheduledwf``.
_SERVICE_LINKS = re.compile(
    r"SCHEDULEDWF_(SERVICE_(HOST|PORT)(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_.*)?)"
)
_SERVICE_URL = re.compile(r"(tcp|udp|sctp)://")
_THEIRS = re.compile(r"(conductor|spring|management|logging|springdoc)\.")
_JDBC = re.compile(r"jdbc:(mysql|mariadb)://(?P<where>[^?]+)(\?(?P<how>.*))?")
_TLS = re.compile(r"(?i)(usessl=true|requiressl=true|sslmode=(required|verify|trust))")
_OURS_TOO = {"mysql", "mariadb"}  # kinds of database that Conductor and we have in common

E = TypeVar("E", bound=StrEnum)
Read = Callable[[str, str], object]


def _text(key: str, value: str) -> str:
    if not value.strip():
        raise InvalidSetting(key, "must not be empty")
    return value.strip()


def _path(key: str, value: str) -> Path:
    return Path(_text(key, value)).expanduser()


def _number(key: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InvalidSetting(key, f"must be a whole number, not {value!r}") from None


def _flag(key: str, value: str) -> bool:
    if value.strip().lower() not in {"true", "false"}:
        raise InvalidSetting(key, f"must be true or false, not {value!r}")
    return value.strip().lower() == "true"


def _duration(key: str, value: str) -> timedelta:
    try:
        return parse_duration(key, value.strip())
    except InvalidSchedule as error:
        raise InvalidSetting(key, error.reason) from None


def _one_of(kinds: type[E]) -> Callable[[str, str], E]:
    def read(key: str, value: str) -> E:
        try:
            return kinds(value.strip().lower())
        except ValueError:
            raise InvalidSetting(key, f"{value!r} is none of {', '.join(kinds)}") from None

    return read


def _names(key: str, value: str) -> tuple[str, ...]:
    del key
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _conductor(key: str, value: str) -> str:
    """Where Conductor is; its clients are given the URL with ``/api``, its servers without."""
    url = _text(key, value).rstrip("/").removesuffix("/api")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidSetting(key, "must be a URL like http://127.0.0.1:8080")
    return url


_CORE: dict[str, Read] = {
    field.name.replace("_", "-"): _duration if "timedelta" in str(field.type) else _number
    for field in fields(CoreSettings)
}
_WEB: dict[str, Read] = {
    "host": _text,
    "port": _number,
    "auth": _one_of(Auth),
    "insecure": _flag,
    "threads": _number,
    "longest-body": _number,
}
_SCHEDULE_WF: dict[str, Read] = {
    "schedule-wf-zone": _text,
    "schedule-wf-unknown-is-empty": _flag,
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
    "conductor-url": _conductor,
    "role": _one_of(Role),
    "modules": _names,
    "verify": _flag,
}
#: Every setting, and how its value is read.
KEYS: dict[str, Read] = {**_CORE, **_WEB, **_SCHEDULE_WF, **_EMBEDDING, **_SERVER}

#: Keys of Conductor's that say the same as one of ours; ours counts where both are given.
SAME = {"conductor.server.url": "conductor-url", "conductor.additional.modules": "modules"}


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
    """Our keys among environment variables: ``SCHEDULEDWF_DATA_DIR`` for ``scheduledwf.data-dir``.

    Raises InvalidSetting for a variable that looks like one of ours and is none.
    """
    found = {}
    for variable, value in environment.items():
        if not variable.startswith(ENVIRONMENT) or _is_somebody_elses(variable, value):
            continue
        name = variable.removeprefix(ENVIRONMENT).lower().replace("_", "-")
        _refuse_unknown(variable, name, _variable)
        found[OURS + name] = value
    return found


def settings_of(properties: Mapping[str, str]) -> ServerSettings:
    """The settings that *properties* say; raises InvalidSetting for what nobody knows."""
    keys = {name: theirs for theirs, name in SAME.items() if theirs in properties}
    for key in properties:
        if key.startswith(OURS):
            name = key.removeprefix(OURS)
            _refuse_unknown(key, name, lambda known: OURS + known)
            keys[name] = key
    read = {name: KEYS[name](key, properties[key]) for name, key in keys.items()}
    read.setdefault("store", store_of(properties) if "store" not in read else None)
    embedding = {name.removeprefix("conductor-"): read[name] for name in _EMBEDDING if name in read}
    return ServerSettings(
        core=CoreSettings(**_arguments(read, _CORE)),
        web=WebSettings(**_arguments(read, _WEB), schedule_wf=_schedule_wf(read)),
        embedding=EmbeddingSettings(**embedding, properties=for_conductor(properties)),  # type: ignore[arg-type]  # read by the table above
        **_arguments(read, _SERVER),
    )


def for_conductor(properties: Mapping[str, str]) -> dict[str, str]:
    """What of *properties* reaches the embedded Conductor.

    Not what is said of the database that ``db`` names: that is ours, and where Conductor shall
    have it too it is told so by ``conductor.db.type``. Queues are kept in the same kind then, and
    nothing is indexed, unless the file says otherwise: what we preset is for SQLite only.
    """
    kind = _kind(properties, "conductor.db.type")
    ours = _kind(properties, "db") in _OURS_TOO and not kind
    theirs = {
        key: value
        for key, value in properties.items()
        if _THEIRS.match(key) and not (ours and key.startswith("spring.datasource."))
    }
    if kind in {"", "sqlite"}:
        return theirs
    return {"conductor.queue.type": kind, "conductor.indexing.enabled": "false", **theirs}


def store_of(properties: Mapping[str, str]) -> str | None:
    """The store's URL as a Conductor-style file says it; None if it says nothing of one.

    ``db=MYSQL`` (as of old) or ``conductor.db.type=mysql`` with ``jdbc.*`` or
    ``spring.datasource.*`` beside it. Conductor's SQLite and memory say nothing about ours.
    """
    if (_kind(properties, "db") or _kind(properties, "conductor.db.type")) not in _OURS_TOO:
        return None
    key = "jdbc.url" if properties.get("jdbc.url") else "spring.datasource.url"
    match = _JDBC.fullmatch(properties.get(key, "").strip())
    if match is None:
        raise InvalidSetting(key, "must be like jdbc:mysql://host:3306/database")
    if _TLS.search(match["how"] or ""):
        hint = f"{OURS}store=mysql://user:password@host/database?ssl_ca=FILE"
        raise InvalidSetting(key, f"asks for TLS, which has to be said as {hint}")
    return f"mysql://{_login(properties)}{match['where']}"


def _kind(properties: Mapping[str, str], key: str) -> str:
    return properties.get(key, "").strip().lower()


def _login(properties: Mapping[str, str]) -> str:
    def said(what: str) -> str:
        found = properties.get(f"jdbc.{what}") or properties.get(f"spring.datasource.{what}")
        return quote(found or "", safe="")

    user, word = said("username"), said("password")
    return f"{user}:{word}@" if word else f"{user}@" if user else ""


def _arguments(read: Mapping[str, object], part: Mapping[str, Read]) -> dict[str, Any]:
    return {name.replace("-", "_"): read[name] for name in part if name in read}


def _schedule_wf(read: Mapping[str, object]) -> ScheduleWfSettings:
    prefix = "schedule_wf_"
    given = {
        name.removeprefix(prefix): value for name, value in _arguments(read, _SCHEDULE_WF).items()
    }
    return ScheduleWfSettings(**given)


def _is_somebody_elses(variable: str, value: str) -> bool:
    return bool(
        NOT_SETTINGS.fullmatch(variable)
        or _SERVICE_LINKS.fullmatch(variable)
        or _SERVICE_URL.match(value)
    )


def _variable(name: str) -> str:
    return ENVIRONMENT + name.upper().replace("-", "_")


def _refuse_unknown(given: str, name: str, shown: Callable[[str], str]) -> None:
    if name in KEYS:
        return
    near = difflib.get_close_matches(name, KEYS, n=1)
    hint = f"; did you mean {shown(near[0])}?" if near else ""
    raise InvalidSetting(given, f"is no setting{hint}")
