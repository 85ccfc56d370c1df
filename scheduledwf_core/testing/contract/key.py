"""What every ApiKeyDAO promises."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

import pytest

from scheduledwf_core.dao.key import ApiKey
from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import DuplicateKey
from scheduledwf_core.testing.contract.samples import NOON, TICK, do


class ApiKeyContract:
    """API keys by id."""

    def test_a_key_is_read_as_it_was_written(self, store: Store) -> None:
        key = api_key("k1", name="ci 🚀", created_at=NOON + TICK)
        do(store, lambda tx: tx.keys.add(key))

        assert do(store, lambda tx: tx.keys.get("k1")) == key
        assert do(store, lambda tx: tx.keys.get("K1")) is None

    def test_an_id_is_given_once(self, store: Store) -> None:
        do(store, lambda tx: tx.keys.add(api_key("k1")))

        with pytest.raises(DuplicateKey):
            do(store, lambda tx: tx.keys.add(api_key("k1", name="other")))

    def test_keys_come_the_oldest_first(self, store: Store) -> None:
        young, old = api_key("a", created_at=NOON + TICK), api_key("b")
        for key in (young, old):
            do(store, lambda tx: tx.keys.add(key))  # noqa: B023 - it is called at once

        assert list(do(store, lambda tx: tx.keys.all())) == [old, young]

    def test_a_removed_key_is_gone(self, store: Store) -> None:
        do(store, lambda tx: tx.keys.add(api_key("k1")))

        assert do(store, lambda tx: tx.keys.remove("k1"))
        assert not do(store, lambda tx: tx.keys.remove("k1"))
        assert do(store, lambda tx: tx.keys.get("k1")) is None


def api_key(key_id: str, **members: object) -> ApiKey:
    plain = {"name": "ci", "secret_hash": "sha256:00", "created_at": NOON}
    return ApiKey(id=key_id, **{**plain, **members})  # type: ignore[arg-type]  # a test names what it needs
