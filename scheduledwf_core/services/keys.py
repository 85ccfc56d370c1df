"""API keys: made once, kept as a hash, checked at each call."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from scheduledwf_core.dao.key import ApiKey
from scheduledwf_core.errors import NotFound
from scheduledwf_core.services.desk import Desk

PREFIX = "swf"


class KeyService:
    """The keys that open the API.

    A key reads ``swf_<id>_<secret>``. The secret has 256 random bits, so one round of SHA-256
    hides it as well as a slow hash would.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def create(self, name: str) -> tuple[ApiKey, str]:
        """A new key for *name*, and the text that opens the API; nobody can read it again."""
        key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
        key = ApiKey(
            id=key_id,
            name=name,
            secret_hash=_hashed(secret),
            created_at=self._desk.clock.now(),
        )
        with self._desk.store.transaction() as tx:
            tx.keys.add(key)
        return key, f"{PREFIX}_{key_id}_{secret}"

    def holder(self, text: str) -> str | None:
        """The name the key *text* was made for; None if it opens nothing."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        with self._desk.store.transaction() as tx:
            key = tx.keys.get(key_id)
        if key is None or not hmac.compare_digest(key.secret_hash, _hashed(secret)):
            return None
        return key.name

    def all(self) -> Sequence[ApiKey]:
        """Every key, the oldest first."""
        with self._desk.store.transaction() as tx:
            return tx.keys.all()

    def revoke(self, key_id: str) -> None:
        """Let the key open nothing any more; raises NotFound."""
        with self._desk.store.transaction() as tx:
            if not tx.keys.remove(key_id):
                raise NotFound("api key", key_id)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
