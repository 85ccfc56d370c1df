"""Logging: set up once, constant messages with their fields, as text or as JSON, no secrets."""

from __future__ import annotations

import json as jsonlib
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from scheduledwf_core.instants import iso

HIDDEN = "***"
_SECRET_NAMES = re.compile(r"(?i)(password|passwd|secret|token|credential|authorization|api_?key)")
_SECRETS = (
    (re.compile(r"\bswf_([0-9a-z]+)_[0-9A-Za-z]+"), rf"swf_\1_{HIDDEN}"),
    # up to the last @ of the word: a password may hold any letter, a second @ and a / included;
    # but digits and a / are a port
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):(?!\d+/)\S*@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
)
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CHATTY = ("werkzeug", "urllib3", "httpx", "httpcore", "alembic")


def set_up_logging(
    *, json: bool = False, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send every log message to *stream*, standard error unless given; in place of before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json else TextFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


class TextFormatter(logging.Formatter):
    """One line for a person: time, level, logger, message, and the fields as ``name=value``."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_plain(value)}" for name, value in _fields(record).items())
        where = record.name.removeprefix("scheduledwf_")
        line = f"{_time(record)} {record.levelname:<7} {where}: {record.getMessage()}{fields}"
        trace = _trace(self, record)
        return without_secrets(f"{line}\n{trace}" if trace else line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for a machine."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        trace = _trace(self, record)
        if trace:
            said["exception"] = trace
        return jsonlib.dumps(_cleaned(said), ensure_ascii=False, default=str)


def without_secrets(text: str) -> str:
    """*text* with everything masked that looks like a key, a password in a URL or a token."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """What was given as ``extra``; a field whose name speaks of a secret is masked."""
    extra = vars(record).items()
    return {
        name: HIDDEN if _SECRET_NAMES.search(name) else value
        for name, value in extra
        if name not in _OF_EVERY_RECORD
    }


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _cleaned(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value if isinstance(value, int | float | bool | None) else without_secrets(str(value))


def _plain(value: object) -> str:
    text = str(value)
    needs_quotes = not text or re.search(r"[\s\"=]", text)
    return jsonlib.dumps(text, ensure_ascii=False) if needs_quotes else text


def _time(record: logging.LogRecord) -> str:
    return iso(datetime.fromtimestamp(record.created, UTC))


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""
