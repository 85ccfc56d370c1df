"""How instants, documents and long texts are kept in a column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from scheduledwf_core.instants import from_microseconds, microseconds

Document = Mapping[str, Any]

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant in a column that knows no zone; the session's zone plays no part."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(mysql.DATETIME(fsp=6))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else value.replace(tzinfo=UTC)


class UtcMicroseconds(TypeDecorator[datetime]):
    """An aware UTC instant as whole microseconds since 1970: a number, so it compares right."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else microseconds(in_utc(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else from_microseconds(value)


class JsonDoc(TypeDecorator[Document]):
    """A JSON object as text: its members keep their order and their letters."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return LONG_TEXT.dialect_impl(dialect)

    def process_bind_param(self, value: Document | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return document_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Document | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else json.loads(value)


#: SQLite gives up the rowid of a table whose key is an INTEGER, and only then.
ID = BigInteger().with_variant(Integer(), "sqlite")
INSTANT = UtcDateTime().with_variant(UtcMicroseconds(), "sqlite")
LONG_TEXT = Text().with_variant(mysql.LONGTEXT(), "mysql")


def in_utc(instant: datetime) -> datetime:
    """*instant* in UTC; refuses one without an offset, for nobody could tell which it means."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no offset")
    return instant.astimezone(UTC)


def document_text(document: Document | None) -> str | None:
    """*document* as the store keeps it."""
    return None if document is None else compact(document)


def compact(document: object) -> str:
    """*document* as JSON without a blank, its letters as they are."""
    return _COMPACT.encode(document)
