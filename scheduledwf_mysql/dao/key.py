"""API keys over SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from scheduledwf_core.dao.key import ApiKey
from scheduledwf_mysql.dao.session import Record, Session
from scheduledwf_mysql.tables import api_key

_ADD = insert(api_key)
_GET = select(*api_key.c).where(api_key.c.id == bindparam("key"))
_ALL = select(*api_key.c).order_by(api_key.c.created_at, api_key.c.id)
_REMOVE = delete(api_key).where(api_key.c.id == bindparam("key"))


class SqlApiKeyDAO:
    """API keys by id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: ApiKey) -> None:
        values = {
            "id": key.id,
            "name": key.name,
            "secret_hash": key.secret_hash,
            "created_at": key.created_at,
        }
        self._session.write(_ADD, values)

    def get(self, key_id: str) -> ApiKey | None:
        row = self._session.first(_GET, {"key": key_id})
        return None if row is None else _key(row)

    def all(self) -> Sequence[ApiKey]:
        return [_key(row) for row in self._session.all(_ALL)]

    def remove(self, key_id: str) -> bool:
        return self._session.write(_REMOVE, {"key": key_id}) == 1


def _key(row: Record) -> ApiKey:
    return ApiKey(id=row[0], name=row[1], secret_hash=row[2], created_at=row[3])
