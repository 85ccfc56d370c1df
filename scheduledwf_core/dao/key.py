"""Where API keys live, hashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key as the store knows it: never the secret, only its hash."""

    id: str
    name: str
    secret_hash: str
    created_at: datetime


class ApiKeyDAO(Protocol):
    """API keys by id. Every call belongs to the transaction it was got from."""

    def add(self, key: ApiKey) -> None:
        """Write a new key."""
        ...

    def get(self, key_id: str) -> ApiKey | None:
        """The key of that id, or None."""
        ...

    def all(self) -> Sequence[ApiKey]:
        """Every key, the oldest first."""
        ...

    def remove(self, key_id: str) -> bool:
        """Forget a key; whether there was one."""
        ...
