"""Permits and API keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduledwf_core.dao.key import ApiKey
from scheduledwf_core.dao.memory.tables import PermitRow, Tables
from scheduledwf_core.errors import DuplicateKey


class MemoryPermitDAO:
    """Permits by attempt key."""

    def __init__(self, tables: Tables) -> None:
        self._permits = tables.permits

    def issue(self, key: str, *, holder: str, now: datetime, until: datetime) -> bool:
        row = self._permits.rows.get(key)
        if row is not None and (row.spent or row.expires_at > now):
            return False
        self._permits.put(key, PermitRow(holder, until))
        return True

    def give_back(self, key: str, *, holder: str, now: datetime) -> bool:
        row = self._permits.rows.get(key)
        if row is None or row.holder != holder or row.spent or row.expires_at <= now:
            return False
        self._permits.put(key, replace(row, spent=True))
        return True

    def forget(self, *, expired_before: datetime) -> int:
        old = [key for key, row in self._permits.rows.items() if row.expires_at < expired_before]
        return sum(self._permits.drop(key) for key in old)


class MemoryApiKeyDAO:
    """API keys by id."""

    def __init__(self, tables: Tables) -> None:
        self._keys = tables.keys

    def add(self, key: ApiKey) -> None:
        if key.id in self._keys.rows:
            raise DuplicateKey(f"api key {key.id}")
        self._keys.put(key.id, key)

    def get(self, key_id: str) -> ApiKey | None:
        return self._keys.rows.get(key_id)

    def all(self) -> Sequence[ApiKey]:
        return sorted(self._keys.rows.values(), key=lambda key: (key.created_at, key.id))

    def remove(self, key_id: str) -> bool:
        return self._keys.drop(key_id)
